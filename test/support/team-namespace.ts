import { randomBytes } from 'node:crypto';
import { type Kubectl } from './kubectl.ts';
import { projectRoot } from './test-cluster.ts';
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
  await inside.run('apply', '-f', `${projectRoot}/config/samples/team.yaml`);
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
