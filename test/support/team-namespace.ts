import { randomBytes } from 'node:crypto';
import { type Kubectl } from './kubectl.ts';
import { waitFor } from './wait-for.ts';

/** What a cluster administrator gives a team: a namespace, the account its agents act as, and that account's rights. */
export interface TeamNamespace {
  readonly name: string;
  readonly kubectl: Kubectl;
  /** Asks for the deletion and does not wait for it. */
  remove(): Promise<void>;
}

export async function createTeamNamespace(
  kubectl: Kubectl,
  purpose: string,
  namespaceLabels: Readonly<Record<string, string>> = {},
): Promise<TeamNamespace> {
  const name = `${purpose}-${randomBytes(3).toString('hex')}`;
  await kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: namespaceLabels } });
  const inside = kubectl.in(name);
  await inside.apply({ apiVersion: 'v1', kind: 'List', items: runnerAccount });
  // A pod created before the controllers have made this account would be refused.
  await waitFor('the default ServiceAccount exists', () => inside.exists('serviceaccount', 'default'), {
    withinMs: 30_000,
  });
  return {
    name,
    kubectl: inside,
    remove: async () => {
      await kubectl.run('delete', 'namespace', name, '--wait=false');
    },
  };
}

const rbac = 'rbac.authorization.k8s.io';
const runner = 'swarm-runner';
const runnerAccount = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: runner } },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata: { name: runner },
    rules: [
      { apiGroups: ['tekton.dev'], resources: ['pipelines', 'tasks', 'taskruns'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['tekton.dev'], resources: ['pipelineruns'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
      { apiGroups: [''], resources: ['pods', 'pods/log', 'events'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['get', 'list', 'watch'] },
    ],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name: runner },
    roleRef: { apiGroup: rbac, kind: 'Role', name: runner },
    subjects: [{ kind: 'ServiceAccount', name: runner }],
  },
];
