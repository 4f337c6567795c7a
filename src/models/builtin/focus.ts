import type { InventoryEntry } from '../language-model.ts';
import type { Spoken } from './arguments.ts';
import { mentionOf, read } from './mentions.ts';

export interface PlannedCall {
  readonly agent: string;
  readonly tool: string;
  /** Strings in it may hold what `comes` writes. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly writes: boolean;
  /** The words that asked for it. */
  readonly words: string;
}

/** Stands for a name, or a text, that an earlier call of the plan will bring. */
export const comes = (kind: string, how: 'started' | 'found'): string => `<${kind} ${how} before>`;

export interface Coming {
  readonly sign: string;
  readonly kind: string;
}

/** What a text expects of earlier calls. */
export function comingIn(text: string): readonly Coming[] {
  return [...text.matchAll(/<([\w-]+) (?:started|found) before>/g)].map(([sign, kind = '']) => ({ sign, kind }));
}

export function startsRun({ tool, writes }: Pick<PlannedCall, 'tool' | 'writes'>): boolean {
  return writes && /^(?:run_|rerun|retry)/.test(tool);
}

/** What was spoken of, newest first: by the calls of the plan so far, then by the conversation. */
export function focusOf(
  before: readonly PlannedCall[],
  history: readonly { readonly text: string }[],
  inventory: readonly InventoryEntry[],
): readonly Spoken[] {
  const said = history.slice(-6).toReversed();
  const spoken = said.flatMap(({ text }) => read(text, inventory).mentions.toReversed());
  return [...before.toReversed().flatMap((call) => spokenIn(call, inventory)), ...spoken];
}

/** What a call brings, makes or speaks of; of a copy, the copy is what counts from then on. */
function spokenIn(call: PlannedCall, inventory: readonly InventoryEntry[]): readonly Spoken[] {
  const { agent, tool, args } = call;
  const one = (kind: string, name: string, isComing = true): Spoken => ({
    kind,
    name,
    agent,
    start: 0,
    end: 0,
    isComing,
  });
  const [, found] = /^(?:list|find)_(run|object|pipeline|experiment|schedule)s$/.exec(tool) ?? [];
  const [bucket, key] = [args['toBucket'] ?? args['bucket'], args['toKey'] ?? args['key']];
  const things = ['pipeline', 'run', 'experiment', 'schedule', 'bucket', 'version'].flatMap((kind): Spoken[] => {
    const name = args[kind];
    const entry = inventory.find((item) => item.kind === kind && item.name === name && item.agent === agent);
    const isMade = tool === `create_${kind}` || tool.startsWith('upload_');
    if (typeof name !== 'string' || comingIn(name).length > 0) return [];
    return [entry ? mentionOf(entry) : one(kind, name, isMade)];
  });
  return [
    ...(startsRun(call) ? [one('run', comes('run', 'started'))] : []),
    ...(found === undefined
      ? []
      : [{ ...one(found, comes(found, 'found')), ...(found === 'object' && { bucket: comes('bucket', 'found') }) }]),
    ...(typeof key === 'string' && typeof bucket === 'string' ? [{ ...one('object', key, false), bucket }] : []),
    ...things,
    one('text', comes('text', 'found')),
  ];
}
