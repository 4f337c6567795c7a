import { readFileSync } from 'node:fs';
import { kinds } from '../../src/api/group.ts';
import { buildOperator } from '../../hack/build/operator.ts';
import { projectRoot, type TestCluster } from '../support/test-cluster.ts';
import { waitFor } from '../support/wait-for.ts';
import { testBed } from './programs.ts';

export const systemNamespace = 'swarm-system';

interface Named {
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** Takes everything of Swarm away, also what earlier suites left behind without an operator to let it go. */
export async function removeSwarm({ kubectl }: TestCluster): Promise<void> {
  for (const { plural, group } of Object.values(kinds)) {
    const resource = `${plural}.${group}`;
    if (!(await kubectl.exists('crd', resource))) continue;
    for (const { metadata } of await kubectl.list<Named>(resource, '--all-namespaces')) {
      await kubectl
        .in(metadata.namespace ?? '')
        .run('patch', resource, metadata.name, '--type=merge', '--patch={"metadata":{"finalizers":null}}')
        // It may be on its way out already.
        .catch(() => undefined);
    }
  }
  await kubectl.run('delete', '--ignore-not-found', '--timeout=120s', '-k', `${projectRoot}/config/default`);
}

/** The namespace as an administrator prepares it: nothing but restricted pods. */
export async function createSystemNamespace({ kubectl }: TestCluster): Promise<void> {
  await kubectl.apply(readFileSync(`${projectRoot}/config/rbac/namespace.yaml`, 'utf8'));
  await waitFor(
    'the default ServiceAccount exists',
    () => kubectl.in(systemNamespace).exists('serviceaccount', 'default'),
    {
      withinMs: 30_000,
    },
  );
}

/** Bundles the operator and packs its image. @returns its reference. */
export async function loadOperatorImage(): Promise<string> {
  await buildOperator();
  return testBed('operator-image');
}

/** Whether pods really run: a fake node only says so. */
export function podsRun(): boolean {
  const labels = testBed('exec', '--', 'kubectl', 'get', 'nodes', '-o', 'jsonpath={.items[*].metadata.annotations}');
  return !labels.includes('kwok.x-k8s.io/node');
}
