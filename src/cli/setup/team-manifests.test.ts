import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { teamManifests } from './team-manifests.ts';

interface Rules {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly resources: readonly string[] }[];
}

/** The sample shows one thing more: an account of another name, which init does not make. */
const isOfOtherAccounts = ({ resources }: { readonly resources: readonly string[] }) =>
  resources.some((resource) => resource.startsWith('serviceaccounts'));

it('gives a team what the sample for administrators gives', () => {
  const text = readFileSync(new URL('../../../config/samples/team.yaml', import.meta.url), 'utf8');
  const sample = parseAllDocuments(text).map((document) => document.toJS() as Rules);
  const wanted = sample.map(({ rules, ...rest }) => ({
    ...rest,
    ...(rules && { rules: rules.filter((rule) => !isOfOtherAccounts(rule)) }),
  }));

  const made = teamManifests('team-a', 'swarm-system').map((manifest) => {
    return { ...manifest, metadata: { name: manifest.metadata.name } };
  });

  expect(made.map(({ kind, metadata }) => [kind, metadata.name])).toEqual(
    wanted.map(({ kind, metadata }) => [kind, metadata.name]),
  );
  const rulesOf = (manifests: readonly object[]) => manifests.map((manifest) => (manifest as Rules).rules);
  expect(rulesOf(made)).toEqual(rulesOf(wanted));
});
