import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { operatorRights, type OperatorRight } from '../../src/compose/operator-rights.ts';
import { type TestCluster } from '../support/test-cluster.ts';

/** What we read of an event of the API server's audit log. */
interface Request {
  readonly requestReceivedTimestamp: string;
  readonly verb: string;
  readonly impersonatedUser?: object;
  readonly objectRef?: {
    readonly apiGroup?: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code: number };
}

/** `verb resource[/subresource].group` of all that the roles of the operator grant. */
export function grantedRights(): readonly string[] {
  const rights: readonly OperatorRight[] = Object.values(operatorRights).flat();
  return rights.flatMap(({ group, resources, verbs }) =>
    resources.flatMap((resource) => verbs.map((verb) => rightOf(verb, resource, group))),
  );
}

/** What the operator was let do as itself since then. */
export function usedRights(cluster: TestCluster, since: Date): ReadonlySet<string> {
  const allowed = requests(cluster, since).filter((request) => request.responseStatus?.code !== 403);
  return new Set(allowed.filter((request) => !isForTeam(request)).map(rightNeeded));
}

/** What it was refused as itself since then. */
export function deniedRequests(cluster: TestCluster, since: Date): readonly string[] {
  const denied = requests(cluster, since).filter((request) => request.responseStatus?.code === 403);
  return denied.filter((request) => request.impersonatedUser === undefined).map((request) => JSON.stringify(request));
}

function requests({ kubeconfig }: TestCluster, since: Date): readonly Request[] {
  const log = readFileSync(join(dirname(kubeconfig), 'logs/operator-requests.log'), 'utf8');
  const complete = log.split('\n').slice(0, -1);
  return complete
    .map((line) => JSON.parse(line) as Request)
    .filter(({ requestReceivedTimestamp }) => new Date(requestReceivedTimestamp) > since);
}

function rightNeeded({ verb, impersonatedUser, objectRef }: Request): string {
  // Whoever it acts as needs the rest.
  if (impersonatedUser !== undefined) return rightOf('impersonate', 'serviceaccounts', '');
  const { resource = '', subresource, apiGroup = '' } = objectRef ?? {};
  return rightOf(verb, subresource === undefined ? resource : `${resource}/${subresource}`, apiGroup);
}

/** Secrets are granted by the Role of a namespace, one by one (config/samples/team.yaml). */
function isForTeam({ objectRef, impersonatedUser }: Request): boolean {
  return impersonatedUser === undefined && objectRef?.resource === 'secrets';
}

function rightOf(verb: string, resource: string, group: string): string {
  return group === '' ? `${verb} ${resource}` : `${verb} ${resource}.${group}`;
}
