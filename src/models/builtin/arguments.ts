import type { InventoryEntry, ToolSchema } from '../language-model.ts';
import { states } from './lexicon.ts';
import { type Mention, mentionOf, pointsBack, type Reading } from './mentions.ts';
import { bindParameters, pairsIn } from './parameters.ts';
import { newest, resolve, type Resolved } from './resolve.ts';
import { newNameIn, readSlot } from './slots.ts';
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

export function propertiesOf(tool: ToolSchema): readonly (readonly [string, Schema])[] {
  return Object.entries((tool.parameters['properties'] ?? {}) as Record<string, Schema>);
}

export function inventoryKind(schema: Schema): string | undefined {
  const items = schema['items'] as Schema | undefined;
  return (schema['x-inventory'] ?? items?.['x-inventory']) as string | undefined;
}

export function fillArguments(tool: ToolSchema, scene: Scene): Filled {
  const required = new Set((tool.parameters['required'] ?? []) as readonly string[]);
  const args: Record<string, unknown> = {};
  const options: string[] = [];
  let told = 0;
  const used = new Set<Mention>();
  for (const [property, schema] of propertiesOf(tool)) {
    const isRequired = required.has(property) || isSubject(tool, property);
    const slot = { property, schema, tool, scene, isRequired, used, args };
    const found = inventoryKind(schema) === undefined ? plainValue(slot) : namedThing(slot);
    if (found.options) options.push(...found.options);
    if (found.isTold) told += 1;
    if (found.value !== undefined && found.value !== '') args[property] = found.value;
  }
  const missing = [...required].filter((property) => args[property] === undefined);
  // "Run or pipeline" questions need one of the two.
  if (isSubject(tool, 'run') && args['run'] === undefined && args['pipeline'] === undefined) missing.push('run');
  return { args, missing, options, told };
}

interface Slot {
  readonly property: string;
  readonly schema: Schema;
  readonly tool: ToolSchema;
  readonly scene: Scene;
  readonly isRequired: boolean;
  readonly used: Set<Mention>;
  readonly args: Record<string, unknown>;
}

interface Value {
  readonly value?: unknown;
  readonly isTold?: boolean;
  readonly options?: readonly string[];
}

/** Tools about one run take it as `run`, or `pipeline` for its newest one. */
function isSubject(tool: ToolSchema, property: string): boolean {
  return property === 'run' && propertiesOf(tool).some(([name]) => name === 'run');
}

function plainValue(slot: Slot): Value {
  const { property, schema, tool, scene, args } = slot;
  const { reading, now, inventory, agent } = scene;
  if (property === 'params') {
    const pipeline = pipelineOf(args, inventory, agent);
    const params = bindParameters(pipeline, reading, now);
    return Object.keys(params).length > 0 ? { value: params } : {};
  }
  if (property === 'state')
    return {
      value: Object.entries(states).find(
        ([name, expression]) => expression.test(reading.masked) || isPair(reading, 'state', name),
      )?.[0],
    };
  if (/^(?:to)?key$/i.test(property)) return { value: newKeyIn(reading, args, property) };
  if (/^(?:x|y)$/.test(property)) return { value: columnsIn(reading)[property === 'x' ? 0 : 1] };
  if (property === 'version' && pipelineOf(args, inventory, agent)?.parameters?.some(({ name }) => name === 'version'))
    return {};
  const isNew = new RegExp(`^(?:create|upload)_${property}$`).test(tool.name) || property === 'runName';
  if (isNew) return { value: newName(property, reading, scene) };
  if (property === 'prefix') return { value: prefixIn(slot) };
  return { value: readSlot(property, { reading, now, schema, tool: tool.name }) };
}

function prefixIn({ property, schema, tool, scene, args }: Slot): string | undefined {
  const said = readSlot(property, { ...scene, schema, tool: tool.name });
  const inside = `${String(args['bucket'])}/`;
  return typeof said === 'string' && said.startsWith(inside) ? said.slice(inside.length) : (said as string | undefined);
}

function isPair(reading: Reading, key: string, value: string): boolean {
  return pairsIn(reading).some(
    ([name, text]) => name === key && fold(text).startsWith(value.toLowerCase().slice(0, 6)),
  );
}

/** A new thing may have the name of one that exists: a new version of a pipeline, a run called like its pipeline. */
function newName(property: string, reading: Reading, { inventory }: Scene): string | undefined {
  const kind = property === 'runName' ? 'run' : property;
  const called = newNameIn(reading);
  const known = reading.mentions.find((mention) => mention.kind === kind)?.name;
  const as =
    kind === 'pipeline'
      ? /(?:\bas|\bto)\s+(?:a (?:new )?(?:pipeline|version)\s+)?([\w-]+)/i.exec(reading.text)?.[1]
      : undefined;
  const noun = property === 'runName' ? 'call it|name it' : `${kind}|mb|exp`;
  const named = newNameIn(reading, noun);
  const isKnownElsewhere = inventory.some(({ name }) => name === named);
  return (
    called ??
    known ??
    (property === 'runName' || (isKnownElsewhere && kind !== 'pipeline') ? undefined : named) ??
    (as === 'a' ? undefined : as)
  );
}

function namedThing(slot: Slot): Value {
  const { property, schema, scene, used } = slot;
  const kind = inventoryKind(schema) ?? '';
  if (schema['type'] === 'array') return several(kind, scene);
  if (property === 'source') return { value: sourceOf(scene) };
  if (kind === 'bucket') return { value: bucketOf(slot) };
  if (kind === 'task') return { value: taskOf(scene) };
  if (kind === 'knowledge-base') return { value: knowledgeBaseOf(scene) };
  const mention = candidates(kind, scene).find((candidate) => !used.has(candidate));
  if (mention) {
    used.add(mention);
    if (mention.kind === 'object' && mention.bucket !== undefined) slot.args['bucket'] ??= mention.bucket;
    return { value: mention.name };
  }
  return slot.isRequired ? described(slot, kind) : {};
}

function described(slot: Slot, kind: string): Value {
  const { scene, args } = slot;
  const found = theNewest(resolve({ ...scene, kind }), slot);
  if (found.fit === 'one') {
    const { name, bucket } = mentionOf(found.entry);
    if (bucket !== undefined) args['bucket'] = bucket;
    return { value: name, isTold: found.isTold };
  }
  if (kind === 'run' && scene.reading.mentions.some((mention) => mention.kind === 'pipeline')) return {};
  const before = scene.focus.find((mention) => mention.kind === kind && isServed(mention, scene.agent));
  if (before && (found.fit === 'none' || pointsBack(scene.reading))) {
    if (before.bucket !== undefined) args['bucket'] ??= before.bucket;
    return { value: before.name };
  }
  return found.fit === 'several' ? { options: found.entries.map(({ name }) => name).slice(0, 10) } : {};
}

/** A question about runs of one pipeline is about its newest run; a change never guesses. */
function theNewest(found: Resolved, { tool, scene }: Slot): Resolved {
  if (found.fit !== 'several' || tool.writes) return found;
  const pipelines = new Set(found.entries.map(({ attributes }) => attributes['pipeline']));
  return pipelines.size === 1 && !pipelines.has(undefined) ? newest(found.entries, scene.now, true) : found;
}

function candidates(kind: string, { reading, agent }: Scene): readonly Mention[] {
  return reading.mentions.filter((mention) => mention.kind === kind && isServed(mention, agent));
}

function isServed(mention: Mention, agent: string): boolean {
  return (
    mention.agent === undefined || mention.agent === agent || mention.kind === 'namespace' || mention.kind === 'object'
  );
}

function several(kind: string, scene: Scene): Value {
  const said = [...new Set(candidates(kind, scene).map(({ name }) => name))];
  if (said.length > 1) return { value: said };
  const before = scene.focus
    .filter((mention) => mention.kind === kind && isServed(mention, scene.agent))
    .map(({ name }) => name);
  if (said.length === 1 || pointsBack(scene.reading)) {
    const both = [...new Set([...said, ...before])].slice(0, 2);
    if (both.length > 1) return { value: both };
  }
  const pipelines = candidates('pipeline', scene).map(({ name }) => name);
  const runs = scene.inventory.filter(
    (entry) =>
      entry.kind === kind &&
      entry.agent === scene.agent &&
      (pipelines.length === 0 || pipelines.includes(entry.attributes['pipeline'] ?? '')),
  );
  const count = Number(/(?:last|latest|newest) (\d)/.exec(scene.reading.masked)?.[1] ?? 2);
  const newest = runs.toSorted((a, b) =>
    (b.attributes['createdAt'] ?? '').localeCompare(a.attributes['createdAt'] ?? ''),
  );
  return /last|latest|newest/.test(scene.reading.masked) && newest.length > 1
    ? { value: newest.slice(0, count).map(({ name }) => name) }
    : {};
}

/** The bucket of the object, or one that is named; for a target the one after "to". */
function bucketOf({ property, scene, args, tool, isRequired }: Slot): string | undefined {
  const { reading, focus, agent } = scene;
  const objects = candidates('object', scene);
  const buckets = candidates('bucket', scene);
  const isTarget = property.startsWith('to');
  if (isTarget)
    return (
      objects[1]?.bucket ??
      buckets.find((mention) => isAfterTo(reading, mention))?.name ??
      buckets.at(-1)?.name ??
      pathInText(reading, 1)?.[0] ??
      newTarget(reading)
    );
  const direct =
    objects[0]?.bucket ?? buckets.find((mention) => !/copy/.test(tool.name) || !isAfterTo(reading, mention))?.name;
  if (direct !== undefined || !isRequired) return direct;
  const objectSlot = propertiesOf(tool).some(([, schema]) => inventoryKind(schema) === 'object');
  if (objectSlot) return (args['bucket'] as string | undefined) ?? pathInText(reading, 0)?.[0];
  return (
    focus.find((mention) => mention.kind === 'bucket' && isServed(mention, agent))?.name ??
    focus.find(({ bucket }) => bucket !== undefined)?.bucket
  );
}

function isAfterTo({ masked }: Reading, { start }: Mention): boolean {
  return /(?:to|into|->|=>|in|nach|vers|a|en|στο)\s+(?:the |my |our |bucket |den |le |el |il |bucket |⑤)*$/.test(
    masked.slice(0, start),
  );
}

function newTarget({ text }: Reading): string | undefined {
  return /(?:to|into)\s+(?:the )?(?:bucket )?([a-z0-9][a-z0-9.-]+)(?: bucket)?/.exec(text)?.[1];
}

/** `new-bucket/some/key.txt`, also where the bucket does not exist yet. */
function pathInText({ text }: Reading, position: number): readonly [string, string] | undefined {
  const paths = [...text.matchAll(/(?<![\w/.])(?:s3:\/\/)?([a-z0-9][a-z0-9.-]+)\/([\w./=-]*\w)/g)];
  const path = paths[position];
  return path ? [path[1] ?? '', path[2] ?? ''] : undefined;
}

function newKeyIn(reading: Reading, args: Readonly<Record<string, unknown>>, property: string): string | undefined {
  const objects = reading.mentions.filter(({ kind }) => kind === 'object');
  if (property === 'toKey') {
    const target = objects[1];
    const inside = `${String(args['toBucket'])}/`;
    if (target)
      return target.bucket === undefined && target.name.startsWith(inside)
        ? target.name.slice(inside.length)
        : target.name;
    const [bucket, key] = pathInText(reading, 1) ?? [];
    return bucket === undefined || bucket !== args['toBucket'] ? undefined : key;
  }
  return objects.at(-1)?.name ?? newNameIn(reading, 'as|file|under');
}

function sourceOf({ reading, focus }: Scene): string | undefined {
  const object = reading.mentions.find(({ kind }) => kind === 'object') ?? focus.find(({ kind }) => kind === 'object');
  return object && (object.bucket === undefined ? object.name : `${object.bucket}/${object.name}`);
}

function taskOf({ reading, inventory, agent, focus }: Scene): string | undefined {
  const pair = pairsIn(reading).find(([key]) => key === 'task' || key === 'step')?.[1];
  const named =
    /(?<!\p{L})(?:task|step|component|tache|tarea|aufgabe|εργασια\p{L}*) ["']?(?!of|in|from|logs?)([\p{L}\p{N}_-]+)|([\p{L}\p{N}_-]+)["']? (?:task|step|component|tache|tarea|aufgabe)(?!\p{L})/u.exec(
      reading.masked,
    );
  const run = [...reading.mentions, ...focus].find(({ kind }) => kind === 'run')?.entry?.attributes['pipeline'];
  const known = inventory.filter(
    (entry) =>
      entry.kind === 'task' &&
      entry.agent === agent &&
      (run === undefined || (entry.attributes['pipeline'] ?? run) === run),
  );
  const said = known.find(({ name }) =>
    new RegExp(
      `(?<![\\p{L}\\p{N}_-])${fold(name).replaceAll(/[.*+?^$()|[\]{}\\]/g, '\\$&')}(?![\\p{L}\\p{N}_-])`,
      'u',
    ).test(reading.masked),
  );
  return (
    pair ??
    said?.name ??
    named
      ?.slice(1)
      .find(
        (word) => word !== undefined && !/^(?:the|that|this|which|failed|failing|last|first|each|every)$/.test(word),
      )
  );
}

function knowledgeBaseOf({ reading, inventory, agent }: Scene): string | undefined {
  const bases = inventory.filter((entry) => entry.kind === 'knowledge-base');
  const direct = bases.find(({ name }) => reading.folded.includes(fold(name)));
  if (direct) return direct.name;
  const own =
    /(?<!\p{L})(?:our|we|us|company|internal|house|runbooks?|unser\p{L}*|notre|nuestr\p{L}*|nostr\p{L}*|μασ)(?!\p{L})/u.test(
      reading.masked,
    )
      ? 'own internal company team house runbook procedures conventions handbook'
      : '';
  const found = resolve({
    kind: 'knowledge-base',
    agent,
    inventory,
    now: new Date(0),
    reading: { ...reading, masked: `${reading.masked} ${own}` },
  });
  return found.fit === 'one' ? found.entry.name : undefined;
}

function columnsIn(reading: Reading): readonly (string | undefined)[] {
  const { text } = reading;
  const pair = /([\w]+) (?:against|versus|vs\.?|by|per|over|as a function of) ([\w]+)/i.exec(text);
  if (pair) return /against|versus|vs|over/i.test(pair[0]) ? [pair[2], pair[1]] : [pair[2], pair[1]];
  const word = /(?:of|column|for) (?!column|the)([A-Za-z_]\w*)/.exec(text)?.[1];
  return [word];
}

function pipelineOf(
  args: Readonly<Record<string, unknown>>,
  inventory: readonly InventoryEntry[],
  agent: string,
): InventoryEntry | undefined {
  const run = inventory.find((entry) => entry.kind === 'run' && entry.name === args['run']);
  const name = args['pipeline'] ?? run?.attributes['pipeline'];
  return inventory.find((entry) => entry.kind === 'pipeline' && entry.agent === agent && entry.name === name);
}
