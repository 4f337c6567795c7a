import type { InventoryEntry, ToolSchema } from '../language-model.ts';
import { type Mention, mentionOf, pointsBack, type Reading } from './mentions.ts';
import { cronIn, durationIn, periodIn, sizeIn } from '../../language/moments.ts';
import { bindParameters } from './parameters.ts';
import { newest, resolve, type Resolved } from './resolve.ts';
import { phrases } from './lexicon.ts';
import { fold } from '../../language/text.ts';
import { inventoryKind, propertiesOf, type Schema } from './schema.ts';
import * as values from './values.ts';

/** Everything that arguments can be taken from. */
export interface Scene {
  readonly reading: Reading;
  readonly inventory: readonly InventoryEntry[];
  readonly now: Date;
  /** What was spoken of before, newest first. */
  readonly focus: readonly Spoken[];
  /** States that the deed implies, where a run is described: what is stopped runs, what is diagnosed has failed. */
  readonly impliedStates?: readonly string[];
}

export type Spoken = Mention & {
  /** An earlier call of the same plan makes or finds it: it is meant wherever nothing else is named. */
  readonly isComing?: boolean;
};

export interface Filled {
  readonly args: Readonly<Record<string, unknown>>;
  /** Required arguments that nothing gives. */
  readonly missing: readonly string[];
  /** Whether a description told an argument, where no name was given. */
  readonly isTold: boolean;
  /** Names that fit an argument equally well. */
  readonly options: readonly string[];
}

interface Slot extends Scene {
  readonly agent: string;
  readonly property: string;
  readonly schema: Schema;
  readonly tool: ToolSchema;
  readonly isRequired: boolean;
  /** What has been filled so far, in the order of the schema. */
  readonly args: Record<string, unknown>;
}

interface Value {
  readonly value?: unknown;
  readonly isTold?: boolean;
  readonly options?: readonly string[];
}

export function fillArguments({ agent, tool }: { agent: string; tool: ToolSchema }, scene: Scene): Filled {
  const declared = (tool.parameters['required'] ?? []) as readonly string[];
  const args: Record<string, unknown> = {};
  const found = propertiesOf(tool).map(([property, schema]) => {
    const isRequired = declared.includes(property) || property === 'run';
    const given = valueOf({ ...scene, agent, property, schema, tool, isRequired, args });
    if (given.value !== undefined && given.value !== '') args[property] = given.value;
    return { ...given, property };
  });
  // A question about a run needs the run or its pipeline.
  const needsRun = found.some(({ property }) => property === 'run') && args['pipeline'] === undefined;
  const required = new Set([...declared, ...(needsRun ? ['run'] : [])]);
  return {
    args,
    missing: [...required].filter((property) => args[property] === undefined),
    isTold: found.some(({ isTold }) => isTold === true),
    options: found.flatMap(({ options = [] }) => options),
  };
}

function valueOf(slot: Slot): Value {
  const { property, schema, tool } = slot;
  const kind = inventoryKind(schema);
  if (tool.name === `create_${property}` || tool.name === `upload_${property}`) return { value: newName(slot) };
  if (kind === undefined) return { value: plainValue(slot) };
  const find = finders[property] ?? finders[kind];
  if (find) return { value: find(slot) };
  return schema['type'] === 'array' ? { value: several(kind, slot) } : namedThing(slot, kind);
}

/** A pair says it, or one of the choices of the schema, or the way that people speak of such an argument. */
function plainValue(slot: Slot): unknown {
  const { property, schema, reading } = slot;
  if (property === 'state' || property === 'params') return readers[property]?.(slot);
  const pair = values.pairOf(property, reading);
  if (pair !== undefined) return schema['type'] === 'integer' ? Number(pair) || undefined : pair;
  const choices = schema['enum'] as readonly string[] | undefined;
  return choices ? values.choiceIn(choices, reading.masked) : readers[property]?.(slot);
}

type Reader = (slot: Slot) => unknown;
const written =
  (expression: RegExp): Reader =>
  ({ reading }) =>
    values.firstGroup(expression, reading.text);

const some = 'last|latest|newest|first|top|recent|limit|tail|final|head';
const ofTime = '[dhwm]\\b|days?|hours?|weeks?|months?|minutes?|lines?';
const aFile = /(?:newest|latest|most recent) (?:\p{L}+ )?(?:file|object|upload|csv|dataset|data set|pdf|report)(?!s)/u;
const format =
  /\*\.([a-z0-9]+)|(?<![\w/.-])\.?(csv|tsv|parquet|jsonl?|ya?ml|txt|pdf|pkl|pt|onnx|html|zip|png|jpe?g)s?\b/;
const axis = '(?:against|versus|vs\\.?|by|per|over)';

/** How plain values are read, by the name of the argument. */
const readers: Readonly<Record<string, Reader>> = {
  limit: ({ reading: { masked } }) => (aFile.test(masked) ? 1 : values.countIn(masked, some, ofTime)),
  tailLines: ({ reading }) => values.countIn(reading.masked, `${some}|(?:log )?(?:lines|rows)`),
  pages: ({ reading }) => values.rangeIn(reading.masked),
  lines: ({ reading }) => values.rangeIn(reading.masked),
  since: ({ reading, now }) => periodIn(reading.masked, now).since,
  until: ({ reading, now }) => periodIn(reading.masked, now).until,
  expiresIn: ({ reading }) => durationIn(reading.folded),
  minSize: ({ reading }) => sizeIn(reading.masked),
  cron: ({ reading }) => cronIn(reading.masked),
  state: ({ reading }) => values.stateIn(reading),
  enabled: ({ reading }) => values.switchIn(reading.masked),
  extension: ({ reading }) => values.firstGroup(format, reading.masked),
  metrics: ({ reading }) => (values.metricsIn(reading).length > 0 ? values.metricsIn(reading) : undefined),
  metric: ({ reading }) => values.metricsIn(reading)[0],
  x: written(new RegExp(String.raw`\w ${axis} (\w+)|(?:of|column|for|with) (?!column|the)([A-Za-z_]\w*)`, 'i')),
  y: written(new RegExp(String.raw`(\w+) ${axis} \w`, 'i')),
  grep: written(/(?:grep|search|filter)\b.{0,40}?\bfor ["']?([\w ]+?)["']?$|(?:containing|that mention) ["']?(\w+)/),
  step: ({ reading }) => values.firstGroup(/\bstep (?!of|in|from)([\w-]+)|([\w-]+) step\b/, reading.masked),
  sql: written(/(select\s.+)/i),
  query: ({ reading }) => reading.text.trim(),
  description: written(
    /(?:desc(?:ription)?|described as|about|purpose)\s?[:=]?\s["']?(.+?)["']?\.?$|(?:called|named|experiment)\s\S+\s.*?for\s["']?(.+?)["']?\.?$/i,
  ),
  content: (slot) =>
    written(
      /(?:^|\s)["“'‘]([^"”]+?)["”'’](?=[\s,.;!?]|$)|\s(\{.*\}|\[.*\])\s*$|(?:text|content|line|words?|note)[: ]+(?!["'“])(.+?) (?:to|into|in|as|under) /i,
    )(slot) ?? coming('text', slot),
  nameContains: (slot) =>
    written(
      /["'“]([\w. -]+)["'”]|(?:named|called|containing|matching) ([\w.-]+)|with ([\w.-]+) in (?:the |its )?name/i,
    )(slot) ?? (slot.tool.name.startsWith('find') ? values.searchedFor(slot.reading.masked) : undefined),
  params: ({ args, reading, now, ...scene }) => {
    const params = bindParameters(pipelineOf(args, scene), reading, now);
    return Object.keys(params).length > 0 ? params : undefined;
  },
  version: (slot) => {
    // A pipeline may have a parameter of that name: then the value is its own.
    if (pipelineOf(slot.args, slot)?.parameters?.some(({ name }) => name === 'version') === true) return undefined;
    const version = /(?<![\w-])(?:version\s?[:=]?\s?(v?\d[\w.-]*?)|(v\d[\w.-]*?))(?=[\s,;:?!)]|\.?$|\.\s)/i;
    return written(version)(slot) ?? coming('version', slot);
  },
  runName: ({ reading }) => values.newNameIn(reading),
  prefix: (slot) => {
    const prefix =
      /(?:under|folder|prefix|directory|below)[ =:]+(?:the )?["']?([\w./-]+?)(?:["']|\s|$|\?)|(?<![\w/])([a-z0-9][\w.-]*\/(?:[\w-]+\/)*[\w-]*)(?=\s|$|\?)/;
    return values.firstGroup(prefix, slot.reading.text)?.replace(`${String(slot.args['bucket'])}/`, '');
  },
  key: (slot) => named('object', slot).at(-1)?.name ?? values.newNameIn(slot.reading, 'as|file|under'),
  toKey: (slot) => named('object', slot)[1]?.name,
  schedule: ({ reading }) => values.newNameIn(reading),
};

/** How names of things that exist are found, where the names in the text alone do not say it: by argument or kind. */
const finders: Readonly<Record<string, Reader>> = {
  bucket: bucketOf,
  source: (slot) => {
    const [object] = [...named('object', slot), ...slot.focus.filter(({ kind }) => kind === 'object')];
    return object && (object.bucket === undefined ? object.name : `${object.bucket}/${object.name}`);
  },
  toBucket: (slot) => {
    const buckets = named('bucket', slot);
    const target = buckets.find((mention) => isTarget(slot.reading, mention)) ?? buckets.at(-1);
    const said = /(?:to|into)\s+(?:the )?(?:bucket )?([a-z0-9][a-z0-9.-]+)(?: bucket)?/.exec(slot.reading.text)?.[1];
    return named('object', slot)[1]?.bucket ?? target?.name ?? said;
  },
  task: ({ reading, inventory, agent, focus }) => {
    const run = [...reading.mentions, ...focus].find(({ kind }) => kind === 'run')?.entry?.attributes['pipeline'];
    const words = ` ${reading.masked.replaceAll(/[^\p{L}\p{N}_-]+/gu, ' ')} `;
    const known = inventory.find(
      ({ kind, agent: theirs, name, attributes: { pipeline = run } }) =>
        kind === 'task' && theirs === agent && (run ?? pipeline) === pipeline && words.includes(` ${fold(name)} `),
    );
    return (
      values.pairOf('task', reading) ??
      values.pairOf('t', reading) ??
      known?.name ??
      values.firstGroup(namedTask, reading.masked)
    );
  },
  'knowledge-base': (slot) => {
    const { inventory, reading } = slot;
    const own = /\b(?:our|we|us|company|internal|house|runbooks?)\b/.test(reading.masked) ? ` ${ownBase}` : '';
    const found = resolve({ ...slot, kind: 'knowledge-base', reading: { ...reading, masked: reading.masked + own } });
    const said = inventory.filter(({ kind, name }) => kind === 'knowledge-base' && reading.folded.includes(fold(name)));
    return [...said, ...(found.entries.length === 1 ? found.entries : [])][0]?.name;
  },
};

const namedTask =
  /\b(?:task|step|component) ["']?(?!of|in|from|logs?)([\w-]+)|(?!the|that|this|which|failed|failing|last|first|each)\b([\w-]+)["']? (?:task|step|component)\b/;
const ownBase = 'own internal company team runbook procedures conventions handbook rules';

/** A new thing may have the name of one that exists: a new version of a pipeline is uploaded under its name. */
function newName({ reading, inventory, property }: Slot): string | undefined {
  const known = reading.mentions.find(({ kind }) => kind === property)?.name;
  const said = values.newNameIn(reading) ?? known ?? values.newNameIn(reading, `${property}|mb|exp`);
  if (said !== undefined && said !== known && inventory.some(({ name }) => name === said)) return undefined;
  return said ?? /(?:\bas|\bto)\s+(?!a |new )([\w-]+)/i.exec(reading.text)?.[1];
}

function namedThing(slot: Slot, kind: string): Value {
  const [mention] = named(kind, slot);
  if (mention) return place(slot, mention, false);
  return slot.isRequired ? described(slot, kind) : { value: coming(kind, slot) };
}

/** By description; else what an earlier call brings; else what was spoken of. */
function described(slot: Slot, kind: string): Value {
  const { entries, isTold } = fitting(slot, kind);
  const before = spokenOf(slot, kind);
  const isComing = before?.isComing === true;
  const [only] = entries.length === 1 ? entries : [];
  if (only && (isTold || !isComing)) return place(slot, mentionOf(only), isTold);
  if (before && (isComing || entries.length === 0 || pointsBack(slot.reading))) return place(slot, before, false);
  return { options: entries.map(({ name }) => name).slice(0, 10) };
}

/** A question about runs of one pipeline is about its newest run; a change never guesses. */
function fitting(slot: Slot, kind: string): Resolved {
  const found = resolve({ ...slot, kind });
  const pipelines = new Set(found.entries.map(({ attributes }) => attributes['pipeline']));
  const mayGuess = kind === 'run' && !slot.tool.writes && pipelines.size === 1;
  return mayGuess ? { ...found, entries: newest(found.entries, slot.now) } : found;
}

/** Nothing that was spoken of is meant where the pipeline of a run is named. */
function spokenOf(slot: Slot, kind: string): Spoken | undefined {
  if (kind === 'run' && named('pipeline', slot).length > 0) return undefined;
  return slot.focus.find((spoken) => spoken.kind === kind && isServed(spoken, slot.agent));
}

/** An object brings its bucket along. */
function place({ args }: Slot, { name, bucket }: Mention, isTold: boolean): Value {
  if (bucket !== undefined) args['bucket'] = bucket;
  return { value: name, isTold };
}

type Asker = Pick<Slot, 'reading' | 'agent'>;

/** What the text itself names. */
function named(kind: string, { reading, agent }: Asker): readonly Mention[] {
  return reading.mentions.filter((mention) => mention.kind === kind && isServed(mention, agent));
}

function isServed({ agent, kind }: Mention, asked: string): boolean {
  return agent === undefined || agent === asked || kind === 'namespace' || kind === 'object';
}

/** What an earlier call of the plan makes. */
function coming(kind: string, { focus }: Scene): string | undefined {
  return focus.find((spoken) => spoken.kind === kind && spoken.isComing === true)?.name;
}

/** Two things or more: those named, the newest ones, or one together with what was spoken of. */
function several(kind: string, slot: Slot): readonly string[] | undefined {
  const { reading, inventory, agent, focus, now } = slot;
  const said = named(kind, slot);
  const before = focus.filter((spoken) => spoken.kind === kind && isServed(spoken, agent));
  const [pipeline] = [...named('pipeline', slot), ...focus.filter((spoken) => spoken.kind === 'pipeline')];
  const isTheirs = ({ attributes }: InventoryEntry) => !pipeline || attributes['pipeline'] === pipeline.name;
  const alike = inventory.filter((entry) => entry.kind === kind && entry.agent === agent && isTheirs(entry));
  // A run that is being started is compared with another one of its pipeline: `the run of last week`.
  const isNew = said.length === 0 && before.some(({ isComing }) => isComing);
  const resolved = isNew ? newest(resolve({ ...slot, kind, inventory: alike }).entries, now) : [];
  const other = phrases.previous.test(reading.masked) ? runBefore([...said, ...before][0], slot) : resolved;
  const spoken = said.length === 1 || other.length > 0 || pointsBack(reading) ? before : [];
  const pair = [...said, ...spoken.slice(0, 1), ...other, ...spoken].slice(0, 2);
  const choices = [said, latestOf(alike, slot), pair].map((things) => [...new Set(things.map(({ name }) => name))]);
  return choices.find((names) => names.length > 1);
}

/** `The last two`: as many as are said. */
function latestOf(entries: readonly InventoryEntry[], { reading, now }: Slot): readonly InventoryEntry[] {
  const [, count] = /(?:last|latest|newest|recent)\s?(\d|two|three)(?!\d)/.exec(reading.masked) ?? [];
  return count === undefined ? [] : newest(entries, now, count === 'three' ? 3 : Number(count) || 2);
}

/** `The run before`: the newest earlier one of the same pipeline. */
function runBefore(run: Spoken | undefined, { inventory, agent, focus, now }: Slot): readonly InventoryEntry[] {
  const coming = focus.find(({ kind }) => kind === 'pipeline')?.name;
  const { pipeline = coming, createdAt = now.toISOString() } = run?.entry?.attributes ?? {};
  const alike = inventory.filter(
    ({ kind, agent: theirs, attributes }) => kind === 'run' && theirs === agent && attributes['pipeline'] === pipeline,
  );
  return newest(
    alike.filter(({ name }) => name !== run?.name),
    new Date(Date.parse(createdAt)),
  );
}

/** The bucket of the object, or one that is named. */
function bucketOf(slot: Slot): string | undefined {
  const { reading, focus, tool, isRequired } = slot;
  const isSource = (mention: Mention) => !tool.name.startsWith('copy') || !isTarget(reading, mention);
  const said = named('object', slot)[0]?.bucket ?? named('bucket', slot).find(isSource)?.name;
  const takesObject = propertiesOf(tool).some(([property]) => property === 'key');
  const spoken = focus.map(({ kind, name, bucket }) => (kind === 'bucket' ? name : bucket));
  return said ?? (isRequired && !takesObject ? spoken.find((name) => name !== undefined) : undefined);
}

function isTarget({ masked }: Reading, { start }: Mention): boolean {
  return /(?:to|into|->|=>|in)\s+(?:the |my |our |bucket )*$/.test(masked.slice(0, start));
}

function pipelineOf(args: Slot['args'], { inventory, agent }: Pick<Slot, 'inventory' | 'agent'>) {
  const run = inventory.find((entry) => entry.kind === 'run' && entry.name === args['run']);
  const name = args['pipeline'] ?? run?.attributes['pipeline'];
  return inventory.find((entry) => entry.kind === 'pipeline' && entry.agent === agent && entry.name === name);
}
