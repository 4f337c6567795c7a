import type { InventoryEntry } from '../language-model.ts';
import { type Filled, inventoryKind, propertiesOf } from './arguments.ts';
import { type Mention, mentionOf, read, type Reading } from './mentions.ts';
import type { Candidate } from './ranking.ts';

export interface PlannedCall {
  readonly agent: string;
  readonly tool: string;
  /** A value may be `startedRun` or `resultBefore`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly writes: boolean;
  /** The words that asked for it. */
  readonly words: string;
}

/** Stands for the name of the run that an earlier call of the plan starts. */
export const startedRun = '<the run started before>';
/** Stands for what the call before brought. */
export const resultBefore = '<the result before>';

export interface Said {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export function startsRun({ tool, writes }: PlannedCall): boolean {
  return writes && /^(?:run_|rerun|retry)/.test(tool);
}

/** What was spoken of, newest first: by the calls of the plan so far, then by the conversation. */
export function focusOf(
  before: readonly PlannedCall[],
  history: readonly Said[],
  inventory: readonly InventoryEntry[],
): readonly Mention[] {
  const spoken = history
    .slice(-6)
    .toReversed()
    .flatMap(({ text }) => read(text, inventory).mentions.toReversed());
  return [...before.toReversed().flatMap((call) => mentionsIn(call, inventory)), ...spoken];
}

/** What a call speaks of or makes; of a copy, the copy is what counts from then on. */
function mentionsIn({ agent, args }: PlannedCall, inventory: readonly InventoryEntry[]): readonly Mention[] {
  const nowhere = { agent, start: 0, end: 0 };
  const [bucket, key] = [args['toBucket'] ?? args['bucket'], args['toKey'] ?? args['key']];
  const object =
    typeof key === 'string' && typeof bucket === 'string' ? [{ ...nowhere, kind: 'object', name: key, bucket }] : [];
  const others = ['pipeline', 'run', 'experiment', 'schedule', 'bucket'].flatMap((kind): Mention[] => {
    const name = args[kind];
    const entry = inventory.find((item) => item.kind === kind && item.name === name && item.agent === agent);
    if (entry) return [mentionOf(entry)];
    return typeof name === 'string' ? [{ ...nowhere, kind, name }] : [];
  });
  return [...object, ...others];
}

/** Arguments that earlier calls of the plan give: the run they start, the thing they make, the text they bring. */
export function argumentsFrom(
  before: readonly PlannedCall[],
  { tool, filled }: { tool: Candidate['tool']; filled: Filled },
  clause: Reading,
): Record<string, unknown> {
  const namesRun = clause.mentions.some(({ kind }) => kind === 'run' || kind === 'pipeline');
  const given = propertiesOf(tool).map(([property, schema]) => {
    if (property === 'run' && !namesRun && before.some(startsRun)) return [property, startedRun];
    if (filled.args[property] !== undefined) return [];
    if (property === 'content' && before.length > 0) return [property, resultBefore];
    const kind = property === 'version' ? property : inventoryKind(schema);
    const made = before.findLast((call) => isMadeBy(call, kind, filled.args));
    return made && kind !== undefined ? [property, made.args[kind]] : [];
  });
  return Object.fromEntries(given.filter((pair) => pair.length > 0)) as Record<string, unknown>;
}

/** A version belongs to the pipeline that was uploaded; other new things may be used anywhere. */
function isMadeBy({ tool, args }: PlannedCall, kind: string | undefined, wanted: Filled['args']): boolean {
  if (kind === undefined || args[kind] === undefined) return false;
  return kind === 'version'
    ? tool.startsWith('upload') && args['pipeline'] === wanted['pipeline']
    : tool === `create_${kind}`;
}

/** `Run it and tell me the score`: what comes after a start, and names nothing else, asks about the new run. */
export function reportOf(
  before: readonly PlannedCall[],
  ranked: readonly Candidate[],
  leastScore: number,
): Candidate | undefined {
  const start = before.findLast(startsRun);
  const about = ranked.filter(
    ({ agent, tool }) =>
      agent === start?.agent && !tool.writes && propertiesOf(tool).some(([property]) => property === 'run'),
  );
  const [best] = about;
  return best && best.score >= leastScore ? best : (about.find(({ tool }) => tool.name === 'get_run') ?? best);
}
