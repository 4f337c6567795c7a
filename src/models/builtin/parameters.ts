import type { InventoryEntry, InventoryParameter } from '../language-model.ts';
import type { Mention, Reading } from './mentions.ts';
import { periodIn } from './moments.ts';
import { fold, wordsOf } from './text.ts';

const languages: Readonly<Record<string, string>> = {
  english: 'en',
  german: 'de',
  french: 'fr',
  greek: 'el',
  spanish: 'es',
  italian: 'it',
  portuguese: 'pt',
  dutch: 'nl',
  polish: 'pl',
};
const emptyWord =
  '(?:the|a|an|of|to|in|on|at|for|with|and|or|then|is|it|its|this|that|my|our|all|as|from|by|use|using|set|be|please|which|what|so|but|into|called|named|instead|again|run|start|new|same|one|only|pipeline|experiment|version|now|want|need|last|latest|model|mit|und|fur|der|die|das|avec|et|le|la|con|y|el|και|με|για|το|την)';
const value = String.raw`("[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|[^\s,;]+?)(?=[\s,;?!]|\.?$|\.\s)`;

/** `name=value` and `name: value` pairs of a text, names folded. */
export function pairsIn({ text }: Reading): readonly (readonly [string, string])[] {
  const pairs = text.matchAll(
    new RegExp(String.raw`(?<![\p{L}\p{N}_/])([\p{L}_][\p{L}\p{N}_.-]*)\s?=\s?${value}`, 'gu'),
  );
  return [...pairs].map((match) => [fold(match[1] ?? ''), unquoted(match[2] ?? '')] as const);
}

/** Values that a text gives for the declared parameters of a pipeline. */
export function bindParameters(
  pipeline: InventoryEntry | undefined,
  reading: Reading,
  now: Date,
): Readonly<Record<string, unknown>> {
  const declared = pipeline?.parameters ?? [];
  const pairs = pairsIn(reading);
  const bound: Record<string, unknown> = {};
  const paths = reading.mentions.filter(({ kind }) => kind === 'object');
  for (const parameter of declared) {
    const given =
      pairs.find(([key]) => isNameOf(parameter.name, key))?.[1] ??
      spokenValue(parameter, declared, reading) ??
      shapedValue(parameter, { reading, paths, now });
    const typed = given === undefined ? undefined : withType(parameter, given);
    if (typed !== undefined) bound[parameter.name] = typed;
  }
  if (declared.length > 0) return bound;
  // What the pipeline takes is not known here: the tool checks the names.
  return Object.fromEntries(pairs.filter(([key]) => !reserved.test(key)).map(([key, text]) => [key, scalar(text)]));
}

const reserved =
  /^(?:pipeline|run|runs?_?name|name|version|exp|experiment|task|step|tail|state|limit|ns|namespace|bucket|cron|schedule|since|until|metrics?|kind)$/;

/** `lr` is learning_rate, and `learning rate` too. */
function isNameOf(name: string, said: string): boolean {
  const plain = (text: string) => fold(text).replaceAll(/[^\p{L}\p{N}]/gu, '');
  const initials = wordsOf(fold(name))
    .map((word) => word[0])
    .join('');
  return plain(name) === plain(said) || (initials.length > 1 && initials === said);
}

/** `20 epochs`, `learning rate of 0.01`, `for site north`, `the north site`, `horizon of 24 hours`. */
function spokenValue(
  parameter: InventoryParameter,
  declared: readonly InventoryParameter[],
  reading: Reading,
): string | undefined {
  const words = wordsOf(fold(parameter.name));
  const shared = (word: string) => declared.filter(({ name }) => wordsOf(fold(name)).includes(word)).length > 1;
  const heads = words.filter((word) => word.length > 3 && !shared(word) && !plainHeads.test(word));
  const forms = [words.join('[ _-]'), ...(words.length > 1 ? heads : [])].map((form) => `${form}(?:s|es)?`);
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  const mayCount = isNumber || parameter.default === undefined || /^\d/.test(parameter.default);
  const ways = [
    (form: string) => valueAfter(form, reading, isNumber ? aNumber : aWord),
    (form: string) =>
      mayCount
        ? groupOf(
            String.raw`(?<![\p{L}\p{N}_.])(-?\d[\d.,]*(?:e-?\d+)?)\s?(?:more )?${form}(?![\p{L}\p{N}_])`,
            reading.folded,
          )
        : undefined,
    (form: string) =>
      isNumber
        ? undefined
        : groupOf(
            String.raw`(?:the|to|for|in|on|our|auf|fur|die|der)\s+(?!${emptyWord}\s)([\p{L}\p{N}_.-]+)\s+${form}(?![\p{L}\p{N}_=])`,
            reading.masked,
          ),
  ];
  return forms.flatMap((form) => ways.map((way) => way(form))).find((said) => said !== undefined);
}

const plainHeads = /^(?:size|rate|name|uri|path|date|input|data)$/;
const aNumber = /^-?[\d.,]+(?:e-?\d+)?[km%]?$/;
/** A name of something else that exists is no value of a parameter, and neither is a word that only joins others. */
const aWord = new RegExp(`^(?!${emptyWord}$)[^①-⑤⑦-⑨]*$`, 'u');

function valueAfter(form: string, { text, folded, masked }: Reading, fits: RegExp): string | undefined {
  const joined = String.raw`(?:(?:of|is|to|at|as|be|von|auf|de|a|σε)\s+)?(?:[=:]\s*|(?:about|called|named)\s+)?`;
  const match = new RegExp(
    String.raw`(?<![\p{L}\p{N}_])${form}(?=[\s=:])\s*(?:parameter\s*)?${joined}${value}`,
    'u',
  ).exec(folded);
  if (!match?.[1]) return undefined;
  const end = match.index + match[0].length;
  const start = end - match[1].length;
  const isFit = fits.test(match[1]) && /[\p{L}\p{N}]/u.test(match[1]) && fits.test(masked.slice(start, end));
  return isFit ? unquoted(text.slice(start, end)) : undefined;
}

function groupOf(source: string, text: string): string | undefined {
  return new RegExp(source, 'u').exec(text)?.[1];
}

/** Values known by their shape: a path for an address, a date for a date, a language, a switch. */
function shapedValue(
  { name, type }: InventoryParameter,
  context: { reading: Reading; paths: readonly Mention[]; now: Date },
): string | undefined {
  const { reading, paths, now } = context;
  const word = fold(name).replaceAll('_', ' ').replaceAll('-', ' ');
  if (/uri|path|file|dataset|data|input|source|prefix|url/.test(word) && type === 'string') {
    const [path] = paths;
    return path && (path.bucket === undefined ? path.name : `s3://${path.bucket}/${path.name}`);
  }
  if (/(?:^| )(?:date|day)(?: |$)/.test(word)) return periodIn(reading.masked, now).since;
  if (/lang|locale/.test(word))
    return Object.entries(languages).find(([language]) => reading.folded.includes(language))?.[1];
  if (type === 'boolean') return switchValue(word, reading.folded);
  return undefined;
}

function switchValue(word: string, folded: string): string | undefined {
  const [head = word] = word.split(' ');
  const stemmed = head.length > 5 ? head.slice(0, -1) : head;
  const said = new RegExp(
    String.raw`(without|no|disable|skip|turn off|with|enable|do|use)?\s?(?:any |the |data )?${stemmed}\p{L}*(?:[ _]\p{L}+)?(?: (?:is |set |turned |to )*(on|off|true|false))?`,
    'u',
  ).exec(folded);
  if (!said) return undefined;
  if (/off|false/.test(said[2] ?? '') || /without|no|disable|skip|turn off/.test(said[1] ?? '')) return 'false';
  return (said[1] ?? said[2]) ? 'true' : undefined;
}

function withType({ type }: InventoryParameter, text: string): unknown {
  if (type === 'integer' || type === 'number') {
    const number = Number(
      text
        .replace(/,(?=\d{3}(?:\D|$))/, '')
        .replace(',', '.')
        .replace(/k$/, '000'),
    );
    return Number.isNaN(number) ? undefined : number;
  }
  if (type === 'boolean') return /^(?:true|yes|on|1)$/i.test(text);
  if (type === 'array' || type === 'object')
    return parsed(text) ?? (type === 'array' ? text.replaceAll(/[[\]]/g, '').split(/\s*,\s*/) : undefined);
  return text;
}

function scalar(text: string): unknown {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : /^(?:true|false)$/.test(text) ? text === 'true' : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unquoted(text: string): string {
  return text.replaceAll(/^["']|["']$/g, '');
}
