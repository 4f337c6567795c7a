import type { InventoryEntry } from '../language-model.ts';
import { maskOf, phrases } from './lexicon.ts';
import { fold } from './text.ts';

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

/** A text together with what it names. Positions are those of the text as it was written. */
export interface Reading {
  readonly text: string;
  readonly folded: string;
  /** Folded, with names replaced by the signs of their kinds. */
  readonly masked: string;
  readonly mentions: readonly Mention[];
}

const pathPattern =
  /(?<![\w/.:-])(?:s3:\/\/)?[\p{L}\p{N}_][\p{L}\p{N}_.-]*(?:\/[\p{L}\p{N}_.=-]+)+(?![\w/*])|(?<![\w/.*-])[\p{L}\p{N}_][\p{L}\p{N}_-]*\.(?:csv|tsv|parquet|jsonl?|ya?ml|txt|md|pdf|pkl|pt|onnx|joblib|html|gz|tar|zip|png|jpe?g|h5|npy|npz|log|bin|safetensors)(?![\w/-])/giu;
const gluedBefore = /[\p{L}\p{N}_]$|[\p{L}\p{N}_][-/.:]$/u;
const gluedAfter = /^[\p{L}\p{N}_]|^[-/.:][\p{L}\p{N}_]/u;
/** Words of these kinds are often plain words: they are looked for only where a tool asks for them. */
const neverMasked = new Set(['task', 'knowledge-base']);

export function read(text: string, inventory: readonly InventoryEntry[]): Reading {
  const folded = fold(text);
  const named = inventory.filter(({ kind }) => !neverMasked.has(kind)).flatMap((entry) => mentionsOf(entry, folded));
  const buckets = inventory.filter(({ kind }) => kind === 'bucket').map(({ name }) => name);
  const keys = inventory
    .filter(({ kind }) => kind === 'object')
    .map((entry) => `${mentionOf(entry).bucket ?? ''}/${mentionOf(entry).name}`);
  const paths = [...text.matchAll(pathPattern)]
    .flatMap((match) => pathMention(match, buckets, folded))
    .filter(({ bucket, name }) => bucket === undefined || !keys.some((key) => key.startsWith(`${bucket}/${name}/`)));
  const mentions = withoutOverlaps([...named, ...paths]);
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
  const name =
    bucket !== undefined && entry.name.startsWith(`${bucket}/`) ? entry.name.slice(bucket.length + 1) : entry.name;
  return { kind, name, agent, start, end, entry, ...(bucket !== undefined && { bucket }) };
}

function mentionsOf(entry: InventoryEntry, folded: string): Mention[] {
  const { name, bucket } = mentionOf(entry);
  const forms =
    bucket === undefined
      ? [name, entry.attributes['id'] ?? name]
      : [`s3://${bucket}/${name}`, `${bucket}/${name}`, name, name.split('/').at(-1) ?? name];
  const spans = [...new Set(forms)].flatMap((form) => spansOf(loose(fold(form)), folded, entry.kind));
  return spans.map(([start, end]) => mentionOf(entry, start, end));
}

/** `a_b`, `a-b` and `a b` are one name to people. */
function loose(folded: string): string {
  return folded.replaceAll(/[-_]/g, ' ');
}

function spansOf(form: string, folded: string, kind: string): readonly (readonly [number, number])[] {
  const text = loose(folded);
  const spans: (readonly [number, number])[] = [];
  for (let start = text.indexOf(form); start >= 0 && form.length > 1; start = text.indexOf(form, start + 1)) {
    const end = start + form.length;
    const before = folded.slice(Math.max(0, start - 12), start);
    const plainWord = kind === 'namespace' && /^\p{L}+$/u.test(form) && !/(namespace|ns|in)[ =:]*$/.test(before);
    const after = kind === 'bucket' ? folded.slice(end, end + 2).replace(/^\/./, ' ') : folded.slice(end, end + 2);
    if (!gluedBefore.test(before) && !gluedAfter.test(after) && !plainWord) spans.push([start, end]);
  }
  return spans;
}

function pathMention(match: RegExpExecArray, buckets: readonly string[], folded: string): Mention[] {
  const start = match.index;
  const end = start + match[0].length;
  const path = match[0].replace(/^s3:\/\//i, '').replace(/[.,]$/, '');
  const slash = path.indexOf('/');
  const head = slash < 0 ? '' : path.slice(0, slash);
  // `revision=release/3.3` is the value of a parameter, and `and/or` is no path.
  const isStore = match[0].toLowerCase().startsWith('s3://') || buckets.includes(head);
  if (folded.slice(0, start).endsWith('=') || (!isStore && !/\.\p{L}[\p{L}\p{N}]*$/u.test(path))) return [];
  const named = isStore || (slash > 0 && /(?:^|\s)(?:to|into|in)\s$/.test(folded.slice(0, start)) && !buckets.length);
  const mention = { kind: 'object', start, end };
  return [named ? { ...mention, bucket: head, name: path.slice(slash + 1) } : { ...mention, name: path }];
}

/** Longest first; things of the same name keep their place together. */
function withoutOverlaps(mentions: readonly Mention[]): readonly Mention[] {
  const kept: Mention[] = [];
  const known = (mention: Mention) => (mention.entry === undefined ? 1 : 0);
  const ranked = mentions.toSorted((a, b) => b.end - b.start - (a.end - a.start) || known(a) - known(b));
  for (const mention of ranked) {
    const clash = kept.some(
      (other) =>
        mention.start < other.end &&
        other.start < mention.end &&
        (mention.start !== other.start || mention.end !== other.end || mention.entry === undefined),
    );
    if (!clash) kept.push(mention);
  }
  return kept.toSorted((a, b) => a.start - b.start);
}

function mask(folded: string, mentions: readonly Mention[]): string {
  let masked = folded;
  for (const { kind, start, end } of mentions.toReversed()) {
    masked = masked.slice(0, start) + (maskOf[kind] ?? '·').padEnd(end - start, '·') + masked.slice(end);
  }
  return masked.replaceAll(/·+/g, (dots) => '\u2060'.repeat(dots.length));
}

/** Whether the text points back at something said before. */
export function pointsBack({ masked }: Reading): boolean {
  return phrases.pronoun.test(masked);
}
