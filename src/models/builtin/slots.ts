import { states } from './lexicon.ts';
import type { Reading } from './mentions.ts';
import { cronIn, durationIn, periodIn, sizeIn } from './moments.ts';
import { pairsIn } from './parameters.ts';
import { fold, wordsOf } from './text.ts';

/** What a slot reader sees: the clause, and the JSON schema of the slot. */
export interface SlotQuestion {
  readonly reading: Reading;
  readonly now: Date;
  readonly schema: Readonly<Record<string, unknown>>;
  /** The name of the tool that has the slot. */
  readonly tool: string;
}

type Reader = (question: SlotQuestion) => unknown;

/** The first group that matched, in the folded text without names, or in the text as it was written. */
const masked =
  (expression: RegExp): Reader =>
  ({ reading }) =>
    firstGroup(expression, reading.masked);
const written =
  (expression: RegExp): Reader =>
  ({ reading }) =>
    firstGroup(expression, reading.text);
const counted =
  (expression: RegExp): Reader =>
  ({ reading }) => {
    const text = firstGroup(expression, reading.masked);
    return text === undefined ? undefined : Number(text);
  };

const last = String.raw`(?:last|latest|newest|first|top|recent|limit|tail|final|letzten?|derni\p{L}*|ultim\p{L}*|τελευται\p{L}*)`;
const lines = '(?:log )?(?:lines|zeilen|lignes|lineas|righe|γραμμεσ)';
const ofTime = String.raw`\s*(?:[dhwm]|days?|hours?|weeks?|months?|minutes?|lines?|tag\p{L}*|stunden|jours|heures|dias|horas|ημερεσ|ωρεσ)(?!\p{L})`;
const page = '(?:pages?|lines|seiten?|paginas?|σελιδ\\p{L}*)';
const format = '(csv|tsv|parquet|jsonl?|ya?ml|txt|pdf|pkl|pt|onnx|joblib|html|zip|png|jpe?g)';
const metric = '(accuracy|precision|recall|f1|auc|rmse|mae|mse|mape|r2|loss|perplexity|wer|bleu|latency)';
const ended = String.raw`["']?(.+?)["']?\.?$`;

/** Names that tools give to arguments of one sort, and how a text says them. The first that fits counts. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [
    /^limit$/,
    counted(
      new RegExp(
        String.raw`${last}\s?=?\s?(\d+)(?!\d|${ofTime})|(?<![\p{L}\p{N}.])(\d+)\s(?:latest|newest|most recent|last)`,
        'u',
      ),
    ),
  ],
  [/^tail/, counted(new RegExp(String.raw`${last}\s?=?\s?(\d+)|(\d+)\s${lines}`, 'u'))],
  [/^(?:pages?|lines)$/, ({ reading }) => rangeIn(reading.masked)],
  [/^since$/, ({ reading, now }) => periodIn(reading.masked, now).since],
  [/^until$/, ({ reading, now }) => periodIn(reading.masked, now).until],
  [/^(?:expires|duration|timeout)/, ({ reading }) => durationIn(reading.folded)],
  [/size$/i, ({ reading }) => sizeIn(reading.masked)],
  [/^cron$/, ({ reading }) => cronIn(reading.masked)],
  [/^state$/, ({ reading }) => stateIn(reading)],
  [
    /^enabled$/,
    ({ reading }) =>
      /\b(?:paused|disabled|inactive|off)\b/.test(reading.masked)
        ? false
        : /\b(?:active|enabled|on)\b/.test(reading.masked) || undefined,
  ],
  [
    /^extension$/,
    masked(new RegExp(String.raw`\*\.([a-z0-9]+)|(?<![\p{L}\p{N}_/.-])\.?${format}s?(?![\p{L}\p{N}_])`, 'u')),
  ],
  [
    /^version$/,
    written(/(?<![\p{L}\p{N}_-])(?:version\s?[:=]?\s?(v?\d[\w.-]*?)|(v\d[\w.-]*?))(?=[\s,;:?!)]|\.?$|\.\s)/iu),
  ],
  [/^metrics$/, ({ reading }) => (metricsIn(reading).length > 0 ? metricsIn(reading) : undefined)],
  [/^metric$/, ({ reading }) => metricsIn(reading)[0]],
  [/^x$/, written(/\w (?:against|versus|vs\.?|by|per|over) (\w+)|(?:of|column|for) (?!column|the)([A-Za-z_]\w*)/)],
  [/^y$/, written(/(\w+) (?:against|versus|vs\.?|by|per|over) \w/)],
  [
    /^prefix$/,
    written(
      /(?:under|folder|prefix|directory|below)[ =:]+(?:the )?["']?([\w./-]+?)(?:["']|\s|$|\?)|(?<![\w/])([a-z0-9][\w.-]*\/(?:[\w-]+\/)*[\w-]*)(?=\s|$|\?)/,
    ),
  ],
  [
    /^grep$/,
    written(
      /(?:grep|search|filter)\b.{0,40}?\bfor ["']?([\w ]+?)["']?$|(?:containing|that mention|with the word) ["']?(\w+)/,
    ),
  ],
  [/^step$/, masked(/(?<!\p{L})step (?!of|in|from)([\w-]+)|([\w-]+) step(?!\p{L})/u)],
  [
    /^content$/,
    written(
      /(?:^|\s)["“'‘]([^"”]+?)["”'’](?=[\s,.;!?]|$)|\s(\{.*\}|\[.*\])\s*$|(?:text|content|line|words?|note)[: ]+(?!["'“])(.+?) (?:to|into|in|as|under) /i,
    ),
  ],
  [
    /^description$/,
    written(
      new RegExp(
        String.raw`(?:desc(?:ription)?|described as|about|purpose)\s?[:=]?\s${ended}|(?:called|named|experiment)\s\S+\s.*?for\s${ended}`,
        'i',
      ),
    ),
  ],
  [/^sql$/, written(/(select\s.+)/i)],
  [/^query$/, ({ reading }) => reading.text.trim()],
  [/^nameContains$/, fragmentIn],
  [/^overwrite$/, ({ reading }) => /\b(?:overwrite|replace)/.test(reading.folded) || undefined],
  [
    /^key$/,
    ({ reading }) =>
      reading.mentions.findLast(({ kind }) => kind === 'object')?.name ??
      pathsIn(reading).at(-1)?.key ??
      newNameIn(reading, 'as|file|under'),
  ],
];

/** A value that the text gives for a slot by its name, its sort or its choices; undefined when it gives none. */
export function readSlot(property: string, question: SlotQuestion): unknown {
  const { reading, schema } = question;
  const aliases = [fold(property), property.slice(0, 3), /^[a-z]+/.exec(property)?.[0]];
  const pair = pairsIn(reading).find(([key]) => key.length > 1 && aliases.includes(key))?.[1];
  const choices = schema['enum'] as readonly string[] | undefined;
  const reader = readers.find(([expression]) => expression.test(property))?.[1];
  if (choices !== undefined && property !== 'state') return choiceIn(choices, reading);
  if (pair === undefined || property === 'state') return reader?.(question);
  return schema['type'] === 'integer' ? Number(pair) : pair;
}

/** The name that a person gives to something new: `called x`, `named x`, or after one of the given words. */
export function newNameIn({ text }: Reading, after = ''): string | undefined {
  const name = String.raw`\s*[:=]?\s+["'“]?([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?)["'”]?`;
  const called = String.raw`called|named?|call it|name it|namens|appele\p{L}*|nomm\p{L}*|llamad\p{L}*|con (?:el )?nombre|chiamat\p{L}*|με (?:το )?όνομα|ονόματι`;
  const [, said] = new RegExp(`(?<!\\p{L})(?:${after === '' ? called : after})${name}`, 'iu').exec(text) ?? [];
  return said !== undefined && /^(?:for|in|to|with|on|the|a|and|that|of|where|it)$/i.test(said) ? undefined : said;
}

/** Everything of the form `bucket/key`, also where the bucket does not exist yet. */
export function pathsIn({ text }: Reading): readonly { readonly bucket: string; readonly key: string }[] {
  const paths = [...text.matchAll(/(?<![\w/.])(?:s3:\/\/)?([a-z0-9][a-z0-9.-]+)\/([\w./=-]*\w)/g)];
  return paths.map(([, bucket = '', key = '']) => ({ bucket, key }));
}

/** The first group of the expression that took part in the match. */
export function firstGroup(expression: RegExp, text: string): string | undefined {
  const groups: readonly (string | undefined)[] = expression.exec(text) ?? [];
  return groups.slice(1).find((group) => group !== undefined);
}

function stateIn(reading: Reading): string | undefined {
  const pair = pairsIn(reading).find(([key]) => key === 'state')?.[1];
  const names = Object.entries(states);
  return names.find(([name, expression]) =>
    pair === undefined ? expression.test(reading.masked) : fold(name).startsWith(fold(pair).slice(0, 6)),
  )?.[0];
}

function rangeIn(text: string): string | undefined {
  const [, from, to] = new RegExp(String.raw`${page}\s(\d+)\s*(?:-|–|to|bis|a|and|εωσ)\s*(\d+)`, 'u').exec(text) ?? [];
  if (from !== undefined && to !== undefined) return `${from}-${to}`;
  return firstGroup(new RegExp(String.raw`(?:${page}|first|top|head)\s(\d+)|(\d+)\s${lines}`, 'u'), text);
}

function metricsIn({ masked: text }: Reading): readonly string[] {
  const known = [...text.matchAll(new RegExp(String.raw`(?<!\p{L})${metric}(?!\p{L})`, 'gu'))].map(([name]) => name);
  const named = firstGroup(
    /(?:metrics?|on|by|the)\s+([\p{L}_]+_[\p{L}_]+)|(?:what (?:is|was) the|^) ?([\p{L}\d]{2,12}) of ②/u,
    text,
  );
  return named === undefined || known.includes(named) || /^(?:metrics?|state|logs?|results?)$/.test(named)
    ? known
    : [...known, named];
}

const searchNoise =
  /^(?:i|am|is|are|we|you|the|an?|any|all|my|our|me|do|have|in|which|what|where|buckets?|files?|find|look|looking|search|for|it|of|with|to|please|can|could|objects?|newer|older|than|larger|bigger|since|from|that|about|there|somewhere|store[d]?|kept|locate|named|called|s|more|over|under|at|least|[gmk]b|list|show|and|on|anything|everything|data|dataset|newest|latest|last|recent|csv|parquet|json|yaml|txt|pdfs?|wo|ist|die|der|das|datei|ou|se|trouve|le|la|donde|esta|el|dove|il|που|ειναι|το|η|ο|βρεσ|μου|days?|weeks?|month|today|yesterday|this)$/;

/** What a search is for: a quoted or named part, or what is left without the words of searching. */
function fragmentIn({ reading, tool }: SlotQuestion): string | undefined {
  const said = firstGroup(
    /["'“]([\w. -]+)["'”]|(?:named|called|containing|matching|starting with) ([\w.-]+)|with ([\w.-]+) in (?:the |its )?names?/i,
    reading.text,
  );
  if (said !== undefined || !tool.startsWith('find') || reading.masked.includes('*.')) return said;
  const words = wordsOf(reading.masked.replaceAll(/[①-⑨\u2060]/g, ' '));
  const left = words.filter((word) => !searchNoise.test(word) && !/^\d+$/.test(word));
  return left.length > 0 && left.length < 5 ? left.join(' ') : undefined;
}

function choiceIn(choices: readonly string[], { masked: text }: Reading): string | undefined {
  const loose = text.replaceAll(/[_-]/g, ' ');
  return choices.find((choice) => loose.includes(fold(choice).replaceAll('_', ' ')));
}
