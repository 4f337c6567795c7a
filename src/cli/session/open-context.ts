import { randomBytes } from 'node:crypto';
import { delimiter } from 'node:path';
import { systemRandom } from '../../base/backoff.ts';
import { systemClock } from '../../base/clock.ts';
import { createUserClient, type UserClientOptions } from '../../kube/user-client.ts';
import { type Layout, lookFor } from '../display/look.ts';
import { type GlobalFlags } from '../options/kubectl-flags.ts';
import { version } from '../version.ts';
import { CliError } from './cli-error.ts';
import { type CliContext } from './cli-context.ts';
import { exitCodes } from './exit-codes.ts';
import { type Interrupts } from './interrupts.ts';
import { type Output, type Shell } from './shell.ts';

const requestVerbosity = 6;

/** Reads the kubeconfig; connects with the first request. */
export function openContext(flags: GlobalFlags, shell: Shell, interrupts: Interrupts): CliContext {
  const verbosity = flags.v ?? 0;
  const kube = createUserClient({
    ...connectionOf(flags, shell),
    clock: systemClock,
    random: systemRandom,
    userAgent: `kubectl-swarm/${version}`,
    ...(flags.requestTimeout !== undefined && flags.requestTimeout > 0 && { requestTimeoutMs: flags.requestTimeout }),
    ...(verbosity >= requestVerbosity && {
      onRequest: ({ method, url, status, durationMs }) => {
        shell.stderr.write(`${method} ${url} ${status} ${Math.round(durationMs)}ms\n`);
      },
    }),
  });
  return {
    shell,
    kube,
    namespace: flags.namespace ?? kube.defaultNamespace ?? 'default',
    layout: () => layoutOf(shell.stdout, flags, shell),
    errorLayout: () => layoutOf(shell.stderr, flags, shell),
    clock: systemClock,
    random: systemRandom,
    randomBytes,
    signal: interrupts.signal,
    interrupts,
    verbosity,
  };
}

export function layoutOf(output: Output, flags: GlobalFlags, { environment }: Shell): Layout {
  const isTTY = output.isTTY === true;
  return { look: lookFor({ environment, flags, isTTY }), columns: isTTY ? (output.columns ?? 80) : Infinity };
}

function connectionOf(
  flags: GlobalFlags,
  { environment }: Shell,
): Omit<UserClientOptions, 'clock' | 'random' | 'userAgent'> {
  const { context, cluster, user, namespace, server, token, tlsServerName } = flags;
  const { certificateAuthority, clientCertificate, clientKey, insecureSkipTlsVerify } = flags;
  const kubeconfig = flags.kubeconfig ?? kubeconfigsOf(environment['KUBECONFIG']);
  const impersonate = impersonationOf(flags);
  const given = {
    ...{ kubeconfig, context, cluster, user, namespace, server, token, tlsServerName, impersonate },
    ...{ certificateAuthority, clientCertificate, clientKey, insecureSkipTlsVerify },
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function kubeconfigsOf(variable: string | undefined): readonly string[] | undefined {
  const files = variable?.split(delimiter).filter((file) => file !== '') ?? [];
  return files.length === 0 ? undefined : files;
}

function impersonationOf({ as, asGroup, asUid }: GlobalFlags): UserClientOptions['impersonate'] {
  if (as === undefined) {
    if (asGroup === undefined && asUid === undefined) return undefined;
    throw new CliError(exitCodes.usage, '--as-group and --as-uid need --as: whom to impersonate');
  }
  return { user: as, ...(asGroup && { groups: asGroup }), ...(asUid !== undefined && { uid: asUid }) };
}
