import type { InventoryEntry, ToolSchema } from '../language-model.ts';
import { type Mention, mentionOf, pointsBack, type Reading } from './mentions.ts';
import { bindParameters, pairsIn } from './parameters.ts';
import { newest, resolve, type Resolved } from './resolve.ts';
import { firstGroup, newNameIn, pathsIn, readSlot } from './slots.ts';
import { fold } from './text.ts';

/** Everything that arguments can be taken from. */
export interface Scene {
  readonly reading: Reading;
  readonly agent: string;
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
  /** What was spoken of before, newest first. */
  readonly focus: readonly Mention[];
  readonly impliedStates?: readonly string[];
}

export interface Filled {
  readonly args: Readonly<Record<string, unknown>>;
  /** Required arguments that nothing gives. */
  readonly missing: readonly string[];
  /** How many arguments a description told, where no name was given. */
  readonly told: number;
  /** Names that fit an argument equally well. */
  readonly options: readonly string[];
}

type Schema = Readonly<Record<string, unknown>>;

interface Slot extends Scene {
  readonly property: string;
  readonly schema: Schema;
  readonly tool: ToolSchema;
  readonly isRequired: boolean;
  readonly args: Record<string, unknown>;
}

interface Value {
  readonly value?: unknown;
  readonly isTold?: boolean;
  readonly options?: readonly string[];
}

export function propertiesOf(tool: ToolSchema): readonly (readonly [string, Schema])[] {
  return Object.entries((tool.parameters['properties'] ?? {}) as Record<string, Schema>);
}

export function inventoryKind(schema: Schema): string | undefined {
  const items = schema['items'] as Schema | undefined;
  return (schema['x-inventory'] ?? items?.['x-inventory']) as string | undefined;
}

export function fillArguments(tool: ToolSchema, scene: Scene): Filled {
  const required = (tool.parameters['required'] ?? []) as readonly string[];
  const takesRun = propertiesOf(tool).some(([property]) => property === 'run');
  const args: Record<string, unknown> = {};
  const values = propertiesOf(tool).map(([property, schema]) => {
    const isRequired = required.includes(property) || property === 'run';
    const found = valueOf({ ...scene, property, schema, tool, isRequired, args });
    if (found.value !== undefined && found.value !== '') args[property] = found.value;
    return found;
  });
  // A question about a run needs the run or its pipeline.
  const needed = takesRun && args['pipeline'] === undefined ? [...new Set([...required, 'run'])] : required;
  return {
    args,
    missing: needed.filter((property) => args[property] === undefined),
    told: values.filter(({ isTold }) => isTold === true).length,
    options: values.flatMap(({ options = [] }) => options),
  };
}

function valueOf(slot: Slot): Value {
  const kind = inventoryKind(slot.schema);
  const special = bySort[slot.property] ?? bySort[kind ?? ''];
  if (special) return { value: special(slot) };
  if (slot.schema['type'] === 'array' && kind !== undefined) return { value: several(kind, slot) };
  if (kind !== undefined) return namedThing(slot, kind);
  if (new RegExp(`^(?:create|upload)_${slot.property}$`).test(slot.tool.name)) return { value: newName(slot) };
  return { value: readSlot(slot.property, { ...slot, tool: slot.tool.name }) };
}

/** Arguments that take more than their own words, by their name or by the kind of thing they name. */
const bySort: Readonly<Record<string, (slot: Slot) => unknown>> = {
  params: ({ args, reading, now, ...scene }) => {
    const params = bindParameters(pipelineOf(args, scene), reading, now);
    return Object.keys(params).length > 0 ? params : undefined;
  },
  // A pipeline may have a parameter of that name: then the value is its own.
  version: (slot) =>
    pipelineOf(slot.args, slot)?.parameters?.some(({ name }) => name === 'version') === true
      ? undefined
      : readSlot('version', { ...slot, tool: slot.tool.name }),
  runName: ({ reading }) => newNameIn(reading),
  prefix: (slot) => {
    const said = readSlot('prefix', { ...slot, tool: slot.tool.name });
    return typeof said === 'string' ? said.replace(`${String(slot.args['bucket'])}/`, '') : said;
  },
  source: (slot) => {
    const object = [...candidates('object', slot), ...slot.focus].find(({ kind }) => kind === 'object');
    return object && (object.bucket === undefined ? object.name : `${object.bucket}/${object.name}`);
  },
  toBucket: (slot) => {
    const [, path] = pathsIn(slot.reading);
    const buckets = candidates('bucket', slot);
    const target = buckets.find((mention) => isTarget(slot.reading, mention)) ?? buckets.at(-1);
    return (
      candidates('object', slot)[1]?.bucket ?? target?.name ?? path?.bucket ?? newTarget.exec(slot.reading.text)?.[1]
    );
  },
  toKey: ({ reading, args, ...scene }) => {
    const [, path] = pathsIn(reading);
    const inside = path !== undefined && path.bucket === args['toBucket'] ? path.key : undefined;
    return inside ?? candidates('object', { ...scene, reading })[1]?.name;
  },
  bucket: (slot) => (slot.tool.name === 'create_bucket' ? newName(slot) : bucketOf(slot)),
  task: taskOf,
  'knowledge-base': ({ reading, inventory, agent, now }) => {
    const isOwn = ownWords.test(reading.masked);
    const own = isOwn ? ' own internal company team runbook procedures conventions handbook' : '';
    const bases = inventory.filter(
      ({ kind, name }) => kind === 'knowledge-base' && reading.folded.includes(fold(name)),
    );
    const found = resolve({
      kind: 'knowledge-base',
      agent,
      inventory,
      now,
      reading: { ...reading, masked: reading.masked + own },
    });
    return bases[0]?.name ?? (found.fit === 'one' ? found.entry.name : undefined);
  },
};

const newTarget = /(?:to|into)\s+(?:the )?(?:bucket )?([a-z0-9][a-z0-9.-]+)(?: bucket)?/;
const ownWords =
  /(?<!\p{L})(?:our|we|us|company|internal|house|runbooks?|unser\p{L}*|notre|nuestr\p{L}*|nostr\p{L}*|μασ)(?!\p{L})/u;

/** A new thing may have the name of one that exists: a new version of a pipeline is uploaded under its name. */
function newName({ reading, inventory, property }: Slot): string | undefined {
  const known = reading.mentions.find(({ kind }) => kind === property)?.name;
  const named = newNameIn(reading) ?? known ?? newNameIn(reading, `${property}|mb|exp`);
  const isOther = named !== undefined && named !== known && inventory.some(({ name }) => name === named);
  return isOther ? undefined : (named ?? /(?:\bas|\bto)\s+(?!a |new )([\w-]+)/i.exec(reading.text)?.[1]);
}

function namedThing(slot: Slot, kind: string): Value {
  const [mention] = candidates(kind, slot);
  if (mention) {
    if (mention.bucket !== undefined) slot.args['bucket'] ??= mention.bucket;
    return { value: mention.name };
  }
  if (slot.property === 'key') {
    const [path] = pathsIn(slot.reading);
    if (path !== undefined && slot.args['bucket'] === path.bucket) return { value: path.key };
  }
  return slot.isRequired ? described(slot, kind) : {};
}

function described(slot: Slot, kind: string): Value {
  const found = theNewest(resolve({ ...slot, kind }), slot);
  const before = slot.focus.find((mention) => mention.kind === kind && isServed(mention, slot.agent));
  if (found.fit === 'one') return place(slot, mentionOf(found.entry), found.isTold);
  const takesPipeline = propertiesOf(slot.tool).some(([property]) => property === 'pipeline');
  if (kind === 'run' && takesPipeline && candidates('pipeline', slot).length > 0) return {};
  if (before && (found.fit === 'none' || pointsBack(slot.reading))) return place(slot, before, false);
  return found.fit === 'several' ? { options: found.entries.map(({ name }) => name).slice(0, 10) } : {};
}

/** An object brings its bucket along. */
function place({ args }: Slot, { name, bucket }: Mention, isTold: boolean): Value {
  if (bucket !== undefined) args['bucket'] = bucket;
  return { value: name, isTold };
}

/** A question about runs of one pipeline is about its newest run; a change never guesses. */
function theNewest(found: Resolved, { tool, now }: Slot): Resolved {
  if (found.fit !== 'several' || tool.writes) return found;
  const pipelines = new Set(found.entries.map(({ attributes }) => attributes['pipeline']));
  return pipelines.size === 1 && !pipelines.has(undefined) ? newest(found.entries, now, true) : found;
}

function candidates(kind: string, { reading, agent }: Pick<Scene, 'reading' | 'agent'>): readonly Mention[] {
  return reading.mentions.filter((mention) => mention.kind === kind && isServed(mention, agent));
}

function isServed({ agent, kind }: Mention, asked: string): boolean {
  return agent === undefined || agent === asked || kind === 'namespace' || kind === 'object';
}

function several(kind: string, scene: Scene): readonly string[] | undefined {
  const { reading, inventory, agent, focus } = scene;
  const said = candidates(kind, scene).map(({ name }) => name);
  const before = focus.filter((mention) => mention.kind === kind && isServed(mention, agent)).map(({ name }) => name);
  const pipelines = candidates('pipeline', scene).map(({ name }) => name);
  const [, count] = /(?:last|latest|newest)\s?(\d|two|three)?/.exec(reading.masked) ?? [undefined, 'none'];
  const byAge = inventory
    .filter((entry) => entry.kind === kind && entry.agent === agent)
    .filter(({ attributes }) => pipelines.length === 0 || pipelines.includes(attributes['pipeline'] ?? ''))
    .toSorted((a, b) => (b.attributes['createdAt'] ?? '').localeCompare(a.attributes['createdAt'] ?? ''))
    .map(({ name }) => name);
  const latest = count === 'none' ? [] : byAge.slice(0, count === 'three' ? 3 : Number(count) || 2);
  const spoken = said.length === 1 || pointsBack(reading) ? [...said, ...before].slice(0, 2) : [];
  return [said, latest, spoken].map((names) => [...new Set(names)]).find((names) => names.length > 1);
}

/** The bucket of the object, or one that is named. */
function bucketOf(slot: Slot): string | undefined {
  const { reading, focus, tool, isRequired } = slot;
  const takesObject = propertiesOf(tool).some(([property]) => property === 'key');
  const isSource = (mention: Mention) => !tool.name.startsWith('copy') || !isTarget(reading, mention);
  const named = candidates('object', slot)[0]?.bucket ?? candidates('bucket', slot).find(isSource)?.name;
  const spoken = focus
    .map(({ kind, name, bucket }) => (kind === 'bucket' ? name : bucket))
    .find((name) => name !== undefined);
  const implied = takesObject ? pathsIn(reading)[0]?.bucket : spoken;
  return named ?? (isRequired ? implied : undefined);
}

function isTarget({ masked }: Reading, { start }: Mention): boolean {
  return /(?:to|into|->|=>|in|nach|vers|a|en|στο)\s+(?:the |my |our |bucket |den |le |el |il )*$/.test(
    masked.slice(0, start),
  );
}

const taskWord = '(?:task|step|component|tache|tarea|aufgabe|εργασια)';
const namedTask = new RegExp(
  String.raw`(?<!\p{L})${taskWord} ["']?(?!of|in|from|logs?)([\p{L}\p{N}_-]+)|([\p{L}\p{N}_-]+)["']? ${taskWord}(?!\p{L})`,
  'u',
);

function taskOf({ reading, inventory, agent, focus }: Slot): string | undefined {
  const pair = pairsIn(reading).find(([key]) => key === 'task')?.[1];
  const pipeline = [...reading.mentions, ...focus].find(({ kind }) => kind === 'run')?.entry?.attributes['pipeline'];
  const words = ` ${reading.masked.replaceAll(/[^\p{L}\p{N}_-]+/gu, ' ')} `;
  const known = inventory
    .filter((entry) => entry.kind === 'task' && entry.agent === agent)
    .filter(({ attributes }) => pipeline === undefined || (attributes['pipeline'] ?? pipeline) === pipeline)
    .find(({ name }) => words.includes(` ${fold(name)} `));
  const named = firstGroup(namedTask, reading.masked);
  return (
    pair ??
    known?.name ??
    (/^(?:the|that|this|which|failed|failing|last|first|each)$/.test(named ?? '') ? undefined : named)
  );
}

function pipelineOf(
  args: Slot['args'],
  { inventory, agent }: Pick<Scene, 'inventory' | 'agent'>,
): InventoryEntry | undefined {
  const run = inventory.find((entry) => entry.kind === 'run' && entry.name === args['run']);
  const name = args['pipeline'] ?? run?.attributes['pipeline'];
  return inventory.find((entry) => entry.kind === 'pipeline' && entry.agent === agent && entry.name === name);
}
