import type { InventoryEntry } from '../language-model.ts';
import { maskOf, phrases } from './lexicon.ts';
import { fold } from '../../language/text.ts';
import { inEnglish } from '../../language/translate.ts';

/** A thing that a text names: an inventory entry, or a path that only looks like an object. */
export interface Mention {
  readonly kind: string;
  /** Exact name; of an object the key. */
  readonly name: string;
  /** Undefined when any agent may mean it. */
  readonly agent?: string;
  readonly start: number;
  readonly end: number;
  readonly entry?: InventoryEntry;
  /** Of objects. */
  readonly bucket?: string;
}

/** A text together with what it names. Positions are those of the text. */
export interface Reading {
  readonly text: string;
  readonly folded: string;
  /** Folded, with names replaced by the signs of their kinds. */
  readonly masked: string;
  readonly mentions: readonly Mention[];
}

const fileTypes =
  'csv|tsv|parquet|jsonl?|ya?ml|txt|md|pdf|pkl|pt|onnx|joblib|html|gz|tar|zip|png|jpe?g|h5|npy|npz|log|bin|safetensors';
const pathPattern = new RegExp(
  String.raw`(?<![\w/.:-])(?:s3://)?[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:/[\p{L}\p{N}_.=-]+)+(?![\w/*])|(?<![\w/.*-])[\p{L}\p{N}_][\p{L}\p{N}_-]*\.(?:${fileTypes})(?![\w/-])`,
  'giu',
);
/** Words of these kinds are often plain words: they are looked for only where a tool asks for them. */
const neverMasked = new Set(['task', 'knowledge-base']);

export function read(text: string, inventory: readonly InventoryEntry[]): Reading {
  const reading = scan(text, inventory);
  const english = inEnglish(reading);
  return english === text ? reading : scan(english, inventory);
}

function scan(text: string, inventory: readonly InventoryEntry[]): Reading {
  const folded = fold(text);
  const named = inventory.filter(({ kind }) => !neverMasked.has(kind)).flatMap((entry) => mentionsOf(entry, folded));
  const things = inventory.map((entry) => mentionOf(entry));
  const buckets = [...things, ...named].filter(({ kind }) => kind === 'bucket');
  const isFolder = ({ bucket, name }: Mention) =>
    bucket !== undefined && things.some((thing) => thing.bucket === bucket && thing.name.startsWith(`${name}/`));
  const paths = [...text.matchAll(pathPattern)].flatMap((match) => pathMention(match, folded, buckets));
  const mentions = withoutOverlaps([...named, ...paths.filter((path) => !isFolder(path))]);
  return { text, folded, masked: mask(folded, mentions), mentions };
}

/** The part of a reading between two positions. */
export function part({ text, folded, masked, mentions }: Reading, start: number, end: number): Reading {
  const inside = mentions.filter((mention) => mention.start >= start && mention.end <= end);
  return {
    text: text.slice(start, end),
    folded: folded.slice(start, end),
    masked: masked.slice(start, end),
    mentions: inside.map((mention) => ({ ...mention, start: mention.start - start, end: mention.end - start })),
  };
}

export function mentionOf(entry: InventoryEntry, start = 0, end = 0): Mention {
  const { kind, agent, attributes } = entry;
  const bucket = kind === 'object' ? attributes['bucket'] : undefined;
  const isPath = bucket !== undefined && entry.name.startsWith(`${bucket}/`);
  const name = isPath ? entry.name.slice(bucket.length + 1) : entry.name;
  return { kind, name, agent, start, end, entry, ...(bucket !== undefined && { bucket }) };
}

function mentionsOf(entry: InventoryEntry, folded: string): Mention[] {
  const { name, bucket } = mentionOf(entry);
  const forms =
    bucket === undefined
      ? [name, entry.attributes['id'] ?? name]
      : [`s3://${bucket}/${name}`, `${bucket}/${name}`, name, name.split('/').at(-1) ?? name];
  const spans = [...new Set(forms)].flatMap((form) => spansOf(fold(form), folded, entry.kind));
  return spans.map(([start, end]) => mentionOf(entry, start, end));
}

/** Where a name stands as words of its own. `a_b`, `a-b` and `a b` are one name to people. */
function spansOf(form: string, folded: string, kind: string): readonly (readonly [number, number])[] {
  if (form.length < 2 || !loose(folded).includes(loose(form))) return [];
  const name = form.replaceAll(/[^\p{L}\p{N}]/gu, (sign) =>
    /[-_ ]/.test(sign) ? '[-_ ]' : `\\u{${sign.codePointAt(0)?.toString(16)}}`,
  );
  const isPlainWord = kind === 'namespace' && /^\p{L}+$/u.test(form);
  const lead = isPlainWord ? '(?<=(?:namespace|ns|in)[ =:]*)' : '(?<![\\p{L}\\p{N}_]|[\\p{L}\\p{N}_][-/.:])';
  const isCommon = (kind === 'object' || kind === 'run') && /^\p{L}+$/u.test(form);
  const signs = kind === 'bucket' ? '[-.:]' : '[-/.:]';
  const found = folded.matchAll(new RegExp(`${lead}${name}(?![\\p{L}\\p{N}_]|${signs}[\\p{L}\\p{N}_])`, 'gu'));
  const spans = [...found].map(({ index, 0: { length } }) => [index, index + length] as const);
  return isCommon ? spans.filter(([start, end]) => isPointedOut(folded, start, end)) : spans;
}

/** A common word is a name only in quotes or beside the word for such a thing: `run model`, `the file "report"`. */
function isPointedOut(folded: string, start: number, end: number): boolean {
  return (
    /(?:["'`“]|(?<!\p{L})(?:run|file|object|key|named|called) )$/u.test(folded.slice(0, start)) ||
    /^(?:["'`”]| (?:run|file|object)(?!\p{L}))/u.test(folded.slice(end))
  );
}

function loose(folded: string): string {
  return folded.replaceAll(/[-_]/g, ' ');
}

function pathMention(match: RegExpExecArray, folded: string, buckets: readonly Mention[]): Mention[] {
  const [start, end] = [match.index, match.index + match[0].length];
  const path = match[0].replace(/^s3:\/\//i, '').replace(/[.,]$/, '');
  const [head = '', ...rest] = path.split('/');
  const lead = folded.slice(0, start);
  const isStore = match[0].toLowerCase().startsWith('s3://') || buckets.some(({ name }) => name === head);
  // `revision=release/3.3` is the value of a parameter, and `and/or` is no path.
  const isPath = isStore || /\.\p{L}[\p{L}\p{N}]*$/u.test(path) || /(?:^|\s)(?:to|into|in|as|->)\s$/.test(lead);
  if (lead.endsWith('=') || !isPath) return [];
  // A path may begin with a bucket that is still to be made, unless the bucket is named apart.
  const isApart = buckets.some((bucket) => bucket.start < bucket.end && folded[bucket.end] !== '/');
  const mention = { kind: 'object', start, end };
  return rest.length > 0 && (isStore || !isApart)
    ? [{ ...mention, bucket: head, name: rest.join('/') }]
    : [{ ...mention, name: path }];
}

/** Longest first; things of the same name keep their place together. */
function withoutOverlaps(mentions: readonly Mention[]): readonly Mention[] {
  const kept: Mention[] = [];
  const known = (mention: Mention) => (mention.entry === undefined ? 1 : 0);
  const ranked = mentions.toSorted((a, b) => b.end - b.start - (a.end - a.start) || known(a) - known(b));
  for (const mention of ranked) {
    const overlapping = kept.filter(({ start, end }) => mention.start < end && start < mention.end);
    const isSame = ({ start, end }: Mention) => start === mention.start && end === mention.end;
    if (overlapping.length === 0 || (mention.entry && overlapping.every(isSame))) kept.push(mention);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}

function mask(folded: string, mentions: readonly Mention[]): string {
  let masked = folded;
  for (const { kind, start, end } of mentions.toReversed()) {
    const sign = (maskOf[kind] ?? '\u2060').padEnd(end - start, '\u2060');
    masked = masked.slice(0, start) + sign + masked.slice(end);
  }
  return masked;
}

/** Whether the text points back at something said before. */
export function pointsBack({ masked }: Reading): boolean {
  return phrases.pronoun.test(masked);
}
