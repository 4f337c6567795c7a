import type { InventoryEntry } from '../../src/models/language-model.ts';
import type { Call } from './utterance-set.ts';

interface Result {
  readonly summary: string;
  readonly data: object;
}

/** What a tool would answer in the world of a set, as far as a later step may need it. */
export function resultOf(call: Call, inventory: readonly InventoryEntry[]): Result {
  const { agent, tool, args } = call;
  if (/^(?:run_pipeline|rerun|retry_run)$/.test(tool))
    return { summary: 'Started run new-run-1.', data: { run: { name: 'new-run-1' } } };
  if (tool === 'wait_for_run') return { summary: 'Run new-run-1 succeeded.', data: { run: args['run'], results: {} } };
  if (tool === 'find_objects' || tool === 'list_objects') return objects(call, inventory);
  if (tool !== 'list_runs') return { summary: `${tool} is done.`, data: {} };
  const runs = inventory
    .filter((entry) => entry.kind === 'run' && entry.agent === agent && isWanted(entry, args))
    .toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)))
    .map(({ name, attributes }) => ({ name, pipeline: attributes['pipeline'], state: attributes['state'] }));
  return { summary: `There are ${runs.length} such runs.`, data: { runs } };
}

function objects({ args }: Call, inventory: readonly InventoryEntry[]): Result {
  const said = (name: string): string => (typeof args[name] === 'string' ? args[name] : '');
  const part = said('nameContains').toLowerCase();
  const found = inventory
    .filter(({ kind, name }) => kind === 'object' && name.toLowerCase().includes(part))
    .filter(({ name }) => name.endsWith(said('extension')) && name.startsWith(said('prefix')))
    .filter(({ attributes }) => attributes['bucket'] === (args['bucket'] ?? attributes['bucket']))
    .toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)))
    .slice(0, Number(args['limit'] ?? 20))
    .map(({ name, attributes }) => ({ bucket: attributes['bucket'], key: name }));
  return { summary: `There are ${found.length} such objects.`, data: { objects: found } };
}

function isWanted(run: InventoryEntry, args: Call['args']): boolean {
  const { pipeline, state = '' } = run.attributes;
  const wanted = typeof args['state'] === 'string' ? args['state'].toLowerCase().slice(0, 6) : '';
  const since = typeof args['since'] === 'string' ? args['since'] : '';
  const isIn = state.toLowerCase().startsWith(wanted) && timeOf(run) >= since;
  return isIn && pipeline === (args['pipeline'] ?? pipeline);
}

function timeOf({ attributes }: InventoryEntry): string {
  return attributes['createdAt'] ?? attributes['lastModified'] ?? '';
}
