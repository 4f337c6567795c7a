import type { InventoryEntry, InventoryParameter } from '../language-model.ts';
import type { Reading } from './mentions.ts';
import { periodIn } from '../../language/moments.ts';
import { fold, wordsOf } from '../../language/text.ts';
import { pairsIn } from './values.ts';

/** Names of arguments that tools have themselves. */
const reserved =
  /^(?:pipeline|run|runs?_?name|name|version|exp|experiment|task|step|tail|state|limit|ns|namespace|bucket|cron|schedule|since|until|metrics?|kind)$/;

/** Values that a text gives for the declared parameters of a pipeline. */
export function bindParameters(
  pipeline: InventoryEntry | undefined,
  reading: Reading,
  now: Date,
): Readonly<Record<string, unknown>> {
  const declared = pipeline?.parameters ?? [];
  const pairs = pairsIn(reading);
  const bound = declared.flatMap((parameter) => {
    const given =
      pairs.find(([key]) => isNameOf(parameter.name, key))?.[1] ??
      spokenValue(parameter, declared, reading) ??
      shapedValue(parameter, reading, now);
    const value = given === undefined ? undefined : withType(parameter, given);
    return value === undefined ? [] : [[parameter.name, value] as const];
  });
  // What the pipeline takes may not be known here, or be mistyped: the tool checks the names.
  const isFree = (key: string) => !reserved.test(key) && !declared.some(({ name }) => isNameOf(name, key));
  const others = [...pairs, ...countedIn(reading, declared)].filter(([key]) => isFree(key));
  return Object.fromEntries([...bound, ...others.map(([key, text]) => [key, scalar(text)] as const)]);
}

const named = /(?<!\p{L})(?!(?:only|just|about|at|around|over|under|last|top) )([a-z_]+) (\d+(?:\.\d+)?)/giu;

/** `with epoch 5 and seed 3`: numbers of things that the pipeline does not declare. */
function countedIn(
  { text, masked }: Reading,
  declared: readonly InventoryParameter[],
): readonly (readonly [string, string])[] {
  if (declared.length === 0) return [];
  const known = new Set(declared.flatMap(({ name }) => [fold(name), ...wordsOf(fold(name))]));
  const isKnown = (name: string) => known.has(name) || known.has(name.replace(/e?s$/, ''));
  const [list] =
    /(?<!\p{L})with (?:[a-z_]+ [\d.]+(?:,? and |, )?)+(?=[,;.!?]|$|\s(?:and|then|wait)\s)/u.exec(masked) ?? [];
  if (list === undefined) return [];
  const start = masked.indexOf(list);
  const counted = [...text.slice(start, start + list.length).matchAll(named)];
  return counted.flatMap(([, name = '', count = '']) => (isKnown(fold(name)) ? [] : [[name, count] as const]));
}

/** `lr` is learning_rate, and `learning rate` too. */
function isNameOf(name: string, said: string): boolean {
  const words = wordsOf(fold(name));
  const initials = words.map((word) => word[0]).join('');
  return words.join('') === wordsOf(fold(said)).join('') || (initials.length > 1 && initials === said);
}

const join = String.raw`\s*(?:parameter\s*)?(?:(?:of|is|to|at|as|be)\s+)?(?:[=:]\s*|(?:about|called|named)\s+)?`;
const aNumber = String.raw`-?\d[\d.,]*(?:e-?\d+)?[km%]?`;
const noValue =
  '(?!(?:the|an?|of|to|in|on|at|for|with|and|or|then|is|it|its|this|that|my|our|all|as|from|by|use|using|set|be|please|which|what|so|but|into|called|named|instead|again|run|start|new|same|one|only|pipeline|experiment|version|now|want|need|last|latest|model|service)(?![\\p{L}\\p{N}_-]))';
/** A name of something else that exists is no value of a parameter. */
const aWord = String.raw`["']?${noValue}[\p{L}\p{N}][\p{L}\p{N}_.\/-]*["']?`;

/** `20 epochs`, `learning rate of 0.01`, `for site north`, `the north site`, `horizon of 24 hours`. */
function spokenValue(
  parameter: InventoryParameter,
  declared: readonly InventoryParameter[],
  { text, masked }: Reading,
): string | undefined {
  const words = wordsOf(fold(parameter.name));
  const isOwn = (word: string) => declared.filter(({ name }) => wordsOf(fold(name)).includes(word)).length === 1;
  const heads = words.filter((word) => word.length > 3 && isOwn(word) && !plainHeads.test(word));
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  const mayCount = isNumber || parameter.default === undefined || /^\d/.test(parameter.default);
  const ways = [words.join('[ _-]'), ...(words.length > 1 ? heads : [])].flatMap((head) => {
    const form = String.raw`(?<![\p{L}\p{N}_])${head}(?:s|es)?(?![\p{L}\p{N}_])`;
    return [
      ...(isNumber ? [] : [String.raw`(?:the|to|for|in|on|our)\s+(?<value>${aWord})\s+${form}(?!=)`]),
      `${form}(?=[\\s=:])${join}(?<value>${isNumber ? aNumber : aWord})(?![\\p{L}\\p{N}_])`,
      ...(mayCount ? [String.raw`(?<![\p{L}\p{N}_.])(?<value>${aNumber})\s?(?:more )?${form}`] : []),
    ];
  });
  const [match] = ways.map((way) => new RegExp(way, 'du').exec(masked)).filter((found) => found !== null);
  const [start, end] = match?.indices?.groups?.['value'] ?? [0, 0];
  return start < end ? text.slice(start, end).replaceAll(/^["']|["'.,]+$/g, '') : undefined;
}

const plainHeads = /^(?:size|rate|name|uri|path|date|input|data)$/;

/** Values known by their shape: a path for an address, a date for a date, a language, a switch. */
function shapedValue({ name, type }: InventoryParameter, reading: Reading, now: Date): string | undefined {
  const word = fold(name).replaceAll(/[_-]/g, ' ');
  if (/uri|path|file|dataset|data|input|source|prefix|url/.test(word) && type === 'string') {
    const path = reading.mentions.find(({ kind }) => kind === 'object');
    return path && (path.bucket === undefined ? path.name : `s3://${path.bucket}/${path.name}`);
  }
  if (/(?:^| )(?:date|day)(?: |$)/.test(word)) return periodIn(reading.masked, now).since;
  return type === 'boolean' ? switchValue(word, reading.folded) : undefined;
}

function switchValue(word: string, folded: string): string | undefined {
  const [head = word] = word.split(' ');
  const off = 'without|no|disable|skip|turn off';
  const said = new RegExp(
    String.raw`(${off}|with|enable|do|use)?\s?(?:any |the |data )?${head.length > 5 ? head.slice(0, -1) : head}\p{L}*(?:[ _]\p{L}+)?(?: (?:is |set |turned |to )*(on|off|true|false))?`,
    'u',
  ).exec(folded);
  const [, lead = '', end = ''] = said ?? [];
  if (/off|false/.test(end) || new RegExp(off).test(lead)) return 'false';
  return lead === '' && end === '' ? undefined : 'true';
}

function withType({ type }: InventoryParameter, text: string): unknown {
  const number = Number(
    text
      .replace(/,(?=\d{3}(?:\D|$))/, '')
      .replace(',', '.')
      .replace(/k$/, '000'),
  );
  if (type === 'integer' || type === 'number') return Number.isNaN(number) ? undefined : number;
  if (type === 'boolean') return /^(?:true|yes|on|1)$/i.test(text);
  if (type !== 'array' && type !== 'object') return text;
  return parsed(text) ?? (type === 'array' ? text.replaceAll(/[[\]]/g, '').split(/\s*,\s*/) : undefined);
}

function scalar(text: string): unknown {
  return /^(?:-?\d+(?:\.\d+)?|true|false)$/.test(text) ? (JSON.parse(text) as unknown) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
