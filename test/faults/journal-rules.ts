import { type TestCluster } from '../support/test-cluster.ts';

/**
 * Takes the rules out of the Turn's schema that make the API server itself refuse a rewritten journal. They are a second
 * line of defence, behind which a missing compare-and-swap would not show. Installing Swarm again brings them back.
 */
export async function dropJournalRules({ kubectl }: TestCluster): Promise<void> {
  const definition = await kubectl.run('get', 'crd', 'turns.swarm.mlops.dev', '-o', 'json');
  const withoutRules = JSON.stringify(JSON.parse(definition), (key, value: unknown) =>
    key === 'x-kubernetes-validations' || key === 'managedFields' ? undefined : value,
  );
  await kubectl.pipe(withoutRules, 'replace', '-f', '-');
}
