import { group } from '../../api/group.ts';
import { messageOf, RetryableError, TerminalError } from '../../base/errors.ts';
import { KubeApiError } from '../../kube/errors.ts';
import { CliError } from './cli-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { installCommand } from './install-command.ts';

/** What went wrong in one sentence, what to do next, and the exit code; undefined for what only a bug explains. */
export function explainError(error: unknown): CliError | undefined {
  if (error instanceof CliError) return error;
  if (error instanceof KubeApiError) return explained(error);
  if (error instanceof TerminalError) return terminal(error);
  if (error instanceof RetryableError) {
    return new CliError(exitCodes.unreachable, messageOf(error), { next: 'kubectl swarm doctor', cause: error });
  }
  return undefined;
}

function explained(error: KubeApiError): CliError {
  if (error.status === 0) {
    return failed(
      exitCodes.unreachable,
      `the API server cannot be reached: ${error.message}`,
      error,
      'kubectl cluster-info',
    );
  }
  if (isAbsentKind(error)) {
    return failed(exitCodes.unreachable, 'Swarm is not installed in this cluster', error, installCommand());
  }
  if (error.status === 401) {
    return failed(
      exitCodes.forbidden,
      'the API server does not accept the credentials of the kubeconfig',
      error,
      'kubectl auth whoami',
    );
  }
  if (error.status === 403) return forbidden(error);
  if (error.status === 422 || error.status === 400) return failed(exitCodes.usage, error.message, error);
  if (error.status >= 500 || error.status === 429) {
    return failed(
      exitCodes.unreachable,
      `the API server answers with an error: ${error.message}`,
      error,
      'kubectl swarm doctor',
    );
  }
  return failed(exitCodes.failed, error.message, error);
}

/** 404 for a path of the group: an object that is absent has a name in the message. */
export function isAbsentKind(error: unknown): boolean {
  if (!(error instanceof KubeApiError) || error.status !== 404) return false;
  return /could not find the requested resource|404 page not found|no matches for kind/i.test(error.message);
}

const refusal =
  /^(?:\S+ (?:"[^"]*" )?is forbidden: )?User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)")?/;

function forbidden(error: KubeApiError): CliError {
  const [, user, verb, resource, apiGroup, namespace] = refusal.exec(error.message) ?? [];
  if (user === undefined || verb === undefined || resource === undefined) {
    return failed(exitCodes.forbidden, error.message, error);
  }
  const qualified = apiGroup === '' ? resource : `${resource}.${apiGroup ?? ''}`;
  const where = namespace === undefined ? 'in all namespaces' : `in namespace ${namespace}`;
  const role = apiGroup === group ? roleFor(user, namespace) : undefined;
  return failed(exitCodes.forbidden, `${user} may not ${verb} ${qualified} ${where}`, error, role);
}

/** The roles that come with Swarm join the cluster's own view, edit and admin. */
function roleFor(user: string, namespace: string | undefined): string | undefined {
  if (namespace === undefined) return undefined;
  const subject = user.startsWith('system:serviceaccount:')
    ? `--serviceaccount=${user.slice('system:serviceaccount:'.length)}`
    : `--user=${user}`;
  return `kubectl create rolebinding swarm-user --clusterrole=edit ${subject} -n ${namespace}`;
}

const kubeconfigReasons = new Set(['InvalidKubeconfig', 'NoContext', 'NoCluster', 'NoUser']);

function terminal(error: TerminalError): CliError {
  if (kubeconfigReasons.has(error.reason)) {
    return failed(exitCodes.unreachable, error.message, error, 'kubectl config get-contexts');
  }
  return failed(exitCodes.failed, error.message, error);
}

// eslint-disable-next-line max-params -- one call each, above
function failed(code: ExitCode, message: string, cause: unknown, next?: string): CliError {
  return new CliError(code, message, { cause, ...(next !== undefined && { next }) });
}
