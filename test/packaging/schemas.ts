import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestCluster } from '../support/test-cluster.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly [key: string]: unknown;
}

interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const prefix = '#/definitions/';

/** Both are written as a text or a number, which version 2 of OpenAPI cannot say. */
const eitherTextOrNumber = [
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  'io.k8s.apimachinery.pkg.api.resource.Quantity',
];

/**
 * Schemas for kubeconform from what the API server itself publishes, one file for each kind that occurs.
 * @returns the folder; files are called `<group>-<version>-<kind>.json`.
 */
export async function writeSchemas(
  { kubectl }: TestCluster,
  manifests: readonly { readonly apiVersion: string; readonly kind: string }[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-schemas-'));
  const { definitions } = JSON.parse(await kubectl.run('get', '--raw', '/openapi/v2')) as OpenApi;
  for (const { apiVersion, kind } of manifests) {
    const [version = '', group = ''] = apiVersion.split('/').reverse();
    const name = Object.keys(definitions).find((candidate) => isOf(definitions[candidate], { group, version, kind }));
    if (name === undefined) throw new Error(`the API server publishes no schema of ${kind} in ${apiVersion}`);
    const reachable = Object.fromEntries(
      [...reach(definitions, name)].map((found) => [found, strict(definitions, found)]),
    );
    // kubeconform takes the version for the group where there is none.
    const file = `${group === '' ? version : group}-${version}-${kind.toLowerCase()}.json`;
    writeFileSync(join(folder, file), JSON.stringify({ $ref: prefix + name, definitions: reachable }));
  }
  return folder;
}

function isOf(schema: Schema | undefined, wanted: GroupVersionKind): boolean {
  const all = (schema?.['x-kubernetes-group-version-kind'] ?? []) as readonly GroupVersionKind[];
  const [only] = all;
  return (
    all.length === 1 && only?.group === wanted.group && only.version === wanted.version && only.kind === wanted.kind
  );
}

function reach(definitions: OpenApi['definitions'], from: string, seen = new Set<string>()): Set<string> {
  if (seen.has(from)) return seen;
  seen.add(from);
  for (const [, name] of JSON.stringify(definitions[from]).matchAll(/"\$ref":"#\/definitions\/([^"]+)"/g)) {
    if (name !== undefined) reach(definitions, name, seen);
  }
  return seen;
}

function strict(definitions: OpenApi['definitions'], name: string): Schema {
  if (eitherTextOrNumber.includes(name)) return { type: ['string', 'number'] };
  return closed(definitions[name] ?? {});
}

/** A name that the schema does not know is a mistake, and null stands for absent. */
function closed(schema: Schema): Schema {
  const { properties, ...rest } = schema;
  if (schema['x-kubernetes-preserve-unknown-fields'] === true || properties === undefined) return rest;
  const inner = Object.entries(properties).map(([key, field]) => [key, closed(field)] as const);
  return { ...rest, properties: Object.fromEntries(inner), additionalProperties: rest.additionalProperties ?? false };
}
