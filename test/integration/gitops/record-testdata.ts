import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { act, actionsOf, customizations, healthOf } from './customizations.ts';

export interface Sighting {
  /** For example `awaiting-approval`. */
  readonly state: string;
  readonly object: { readonly kind: string; readonly metadata: { readonly namespace: string } };
}

const allActions: Readonly<Record<string, readonly string[]>> = {
  Conversation: ['approve', 'deny', 'retry'],
  Intent: ['approve', 'deny', 'cancel', 'retry'],
  Turn: ['approve', 'deny', 'cancel', 'retry'],
};

/** Writes objects as the operator left them, with what the scripts make of them, in the layout of Argo CD's own tests. */
export function recordTestdata(sightings: readonly Sighting[]): void {
  for (const [kind, ofKind] of Map.groupBy(sightings, ({ object }) => object.kind)) {
    const place = join(customizations, kind);
    const objects = ofKind.map((sighting) => ({
      path: `testdata/${sighting.state}.yaml`,
      object: asInTeamA(sighting),
    }));
    clear(join(place, 'testdata'));
    for (const { path, object } of objects) write(join(place, path), object);
    const tests = objects.map(({ path, object }) => ({ inputPath: path, healthStatus: healthOf(object) }));
    write(join(place, 'health_test.yaml'), { tests });
    if (allActions[kind]) recordActions(join(place, 'actions'), allActions[kind], objects);
  }
}

type Recorded = readonly { readonly path: string; readonly object: Sighting['object'] }[];

/** The paths in action_test.yaml begin at its folder. */
function recordActions(place: string, names: readonly string[], objects: Recorded): void {
  clear(join(place, 'testdata'));
  const discoveryTests = objects.map(({ path, object }) => {
    const enabled = actionsOf(object);
    return { inputPath: `../${path}`, result: names.map((name) => ({ name, disabled: !enabled.includes(name) })) };
  });
  const actionTests = names.flatMap((action) => {
    const first = objects.find(({ object }) => actionsOf(object).includes(action));
    if (!first) return [];
    const parameters = action === 'deny' ? { parameters: { reason: 'not today' } } : {};
    const expectedOutputPath = `testdata/${action}.yaml`;
    write(join(place, expectedOutputPath), outputOf(act(first.object, action, parameters.parameters)));
    return [{ action, inputPath: `../${first.path}`, ...parameters, expectedOutputPath }];
  });
  write(join(place, 'action_test.yaml'), { discoveryTests, actionTests });
}

/** Argo CD's tests expect the object that is patched, or a list of those that are created. */
export function outputOf(result: unknown): unknown {
  return Array.isArray(result) ? (result as { resource: unknown }[]).map(({ resource }) => resource) : result;
}

/** As a team would have it: who wrote which field, and our namespace of the day, say nothing. */
function asInTeamA({ object }: Sighting): Sighting['object'] {
  const plain = { ...object, metadata: { ...object.metadata, managedFields: undefined } };
  return JSON.parse(JSON.stringify(plain).replaceAll(object.metadata.namespace, 'team-a')) as Sighting['object'];
}

function clear(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
}

function write(path: string, value: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, stringify(value, { lineWidth: 0 }));
}
