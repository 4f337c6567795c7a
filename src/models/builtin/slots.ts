import { things } from './lexicon.ts';
import type { Reading } from './mentions.ts';
import { cronIn, durationIn, periodIn, sizeIn } from './moments.ts';
import { pairsIn } from './parameters.ts';
import { wordsOf } from './text.ts';

/** What a slot reader sees: the clause, and the JSON schema of the slot. */
export interface SlotQuestion {
  readonly reading: Reading;
  readonly now: Date;
  readonly schema: Readonly<Record<string, unknown>>;
  /** The name of the tool that has the slot. */
  readonly tool: string;
}

type Reader = (question: SlotQuestion) => unknown;

const number =
  (expression: RegExp): Reader =>
  ({ reading }) => {
    const match = expression.exec(reading.masked);
    return match ? Number(match[1] ?? match[2]) : undefined;
  };

/** Names that tools give to arguments of one sort, and how a text says them. The first that fits counts. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [
    /^limit$/,
    number(
      /(?:last|latest|newest|first|top|recent|limit|letzten|derni\p{L}*|ultim\p{L}*|τελευται\p{L}*)\s?=?\s?(\d+)(?!\s*(?:d|h|w|m|days?|hours?|weeks?|months?|minutes?|lines?|tag\p{L}*|stunden|jours|heures|dias|horas|ημερεσ|ωρεσ|γραμμεσ)(?!\p{L}))|(?<![\p{L}\p{N}.])(\d+)\s(?:latest|newest|most recent|last)/u,
    ),
  ],
  [
    /^tail/,
    number(
      /(?:last|tail|final|letzten?|derni\p{L}*|ultim\p{L}*|τελευται\p{L}*)\s?=?\s?(\d+)|(\d+)\s(?:log )?(?:lines|zeilen|lignes|lineas|righe|γραμμεσ)/u,
    ),
  ],
  [/^(?:pages?|lines)$/, ({ reading }) => rangeIn(reading.masked)],
  [/^since$/, ({ reading, now, tool }) => sinceOf(reading, now, tool)],
  [/^until$/, ({ reading, now }) => periodIn(reading.masked, now).until],
  [/^(?:expires|duration|timeout)/, ({ reading }) => durationIn(reading.folded)],
  [/size$/i, ({ reading }) => sizeIn(reading.masked)],
  [/^cron$/, ({ reading }) => cronIn(reading.masked)],
  [
    /^enabled$/,
    ({ reading }) =>
      /(?<!\p{L})(?:paused|disabled|inactive|off|stopped)(?!\p{L})/u.test(reading.masked)
        ? false
        : /(?<!\p{L})(?:active|enabled|on)(?!\p{L})/u.test(reading.masked)
          ? true
          : undefined,
  ],
  [/^extension$/, ({ reading }) => extensionIn(reading)],
  [/^version$/, ({ reading }) => versionIn(reading)],
  [/^metrics$/, ({ reading }) => listOrNone(metricsIn(reading))],
  [/^metric$/, ({ reading }) => metricsIn(reading)[0]],
  [/^(?:x|y)$/, () => undefined],
  [
    /^prefix$/,
    ({ reading }) =>
      /(?:under|folder|prefix|directory|below|in(?= \S+\/))[ =:]+(?:the )?["']?([\w./-]+?)(?:["']|\s|$|\?)/.exec(
        reading.folded,
      )?.[1] ?? /(?<![\w/])[a-z0-9][\w.-]*\/([\w-]+(?:\/[\w-]+)*\/?)(?=\s|$|\?)/.exec(reading.folded)?.[1],
  ],
  [
    /^grep$/,
    ({ reading }) =>
      /(?:grep|search|filter)\b.{0,40}?\bfor ["']?([\w ]+?)["']?$/.exec(reading.text)?.[1] ??
      /(?:containing|that mention|with the word) ["']?(\w+)/.exec(reading.text)?.[1],
  ],
  [
    /^step$/,
    ({ reading }) =>
      /(?<!\p{L})step (?!of|in|from)([\w-]+)|([\w-]+) step(?!\p{L})/u.exec(reading.masked)?.slice(1).find(Boolean),
  ],
  [
    /^content$/,
    ({ reading }) =>
      quotedIn(reading) ??
      /\s(\{.*\}|\[.*\])\s*$/.exec(reading.text)?.[1] ??
      /(?:the )?(?:text|content|line|words?|note)[: ]+(.+?) (?:to|into|in|as|under) /i.exec(reading.text)?.[1],
  ],
  [
    /^description$/,
    ({ reading }) =>
      /(?:desc(?:ription)?|described as|about|for|purpose)\s?[:=]?\s["']?(.+?)["']?\.?$/i.exec(
        afterName(reading.text),
      )?.[1],
  ],
  [/^sql$/, ({ reading }) => /select\s.+/i.exec(reading.text)?.[0]],
  [/^query$/, ({ reading }) => reading.text.trim()],
  [/^nameContains$/, ({ reading, tool }) => fragmentIn(reading, tool)],
  [/^overwrite$/, ({ reading }) => (/overwrite|replace/.test(reading.folded) ? true : undefined)],
];

/** A value that the text gives for a slot by its name, its sort or its choices; undefined when it gives none. */
export function readSlot(property: string, question: SlotQuestion): unknown {
  const { reading, schema } = question;
  const choices = schema['enum'];
  if (Array.isArray(choices)) return choiceIn(choices as readonly string[], reading);
  const aliases = [
    property.toLowerCase(),
    property.toLowerCase().slice(0, 3),
    /^[a-z]+/.exec(property)?.[0] ?? property,
  ];
  const pair = pairsIn(reading).find(([key]) => key.length > 1 && aliases.includes(key))?.[1];
  if (pair !== undefined) return schema['type'] === 'integer' ? Number(pair) : pair;
  return readers.find(([expression]) => expression.test(property))?.[1](question);
}

/** The name that a person gives to something new: `called x`, `named x`, `x` at the end. */
export function newNameIn({ text, masked }: Reading, after = ''): string | undefined {
  const name = String.raw`["'“]?([\p{L}\p{N}][\p{L}\p{N}._-]*[\p{L}\p{N}]|[\p{L}\p{N}])["'”]?`;
  const called = new RegExp(
    String.raw`(?:called|named?|with (?:the )?name|call it|name it|namens|mit dem namen|appele\p{L}*|nomme\p{L}*|llamad\p{L}*|con (?:el )?nombre|chiamat\p{L}*|με (?:το )?ονομα|που (?:θα )?λεγεται)\s*[:=]?\s+${name}`,
    'iu',
  ).exec(text);
  if (called?.[1] !== undefined) return called[1];
  const noun = after === '' ? null : new RegExp(String.raw`(?:${after})\s*[:=]?\s+${name}`, 'iu').exec(text);
  const word = noun?.[1];
  return word !== undefined && !/^(?:for|in|to|with|on|the|a|and|that|of|where)$/i.test(word) && masked !== ''
    ? word
    : undefined;
}

function sinceOf({ masked }: Reading, now: Date, tool: string): string | undefined {
  return /^(?:list|find)/.test(tool) ? periodIn(masked, now).since : undefined;
}

function rangeIn(masked: string): string | undefined {
  const range = /(?:pages?|lines|seiten?|paginas?|σελιδεσ)\s+(\d+)\s*(?:-|–|to|bis|a|and|εωσ)\s*(\d+)/.exec(masked);
  if (range) return `${range[1] ?? ''}-${range[2] ?? ''}`;
  return /(?:pages?|first|top|seite|pagina|σελιδα|head)\s+(\d+)|(\d+)\s+lines/.exec(masked)?.slice(1).find(Boolean);
}

function extensionIn({ masked, folded }: Reading): string | undefined {
  const starred = /\*\.([a-z0-9]+)/.exec(folded)?.[1];
  return (
    starred ??
    /(?<![\p{L}\p{N}_/.-])\.?(csv|tsv|parquet|jsonl?|ya?ml|txt|pdf|pkl|pt|onnx|joblib|html|zip|png|jpe?g)s?(?![\p{L}\p{N}_])/u.exec(
      masked,
    )?.[1]
  );
}

function versionIn({ masked, text }: Reading): string | undefined {
  const match = /(?<![\p{L}\p{N}_-])(?:version\s?[:=]?\s?|v(?=\d))v?(\d[\w.-]*?)(?=[\s,;:?!)]|\.?$|\.\s)/u.exec(masked);
  if (!match) return undefined;
  const said = text.slice(match.index, match.index + match[0].length).replace(/^version\s?[:=]?\s?/i, '');
  return said;
}

const knownMetric =
  /(?<!\p{L})(accuracy|precision|recall|f1(?:[ -]score)?|auc|rmse|mae|mse|mape|r2|loss|perplexity|cer|wer|bleu|psi|brier|silhouette|latency|throughput)(?!\p{L})/gu;

function metricsIn({ masked }: Reading): readonly string[] {
  const known = [...masked.matchAll(knownMetric)].map((match) => (match[1] ?? '').replace(/[ -]score$/, ''));
  const named = /(?:metrics?|on|by|the)\s+([\p{L}_]+_[\p{L}_]+)/u.exec(masked)?.[1];
  return named === undefined ? known : [...known, named];
}

function fragmentIn({ text, masked }: Reading, tool: string): string | undefined {
  const said =
    /(?:named|called|containing|contains?|with|matching|starting with|like) ["'“]?([\w.-]+)["'”]?(?: in (?:the |its )?names?)?/i.exec(
      text,
    );
  const quoted = /["'“]([\w. -]+)["'”]/.exec(text)?.[1];
  if (quoted !== undefined) return quoted;
  if (said?.[1] !== undefined && /names?\b|named|called|containing|matching|starting/i.test(said[0])) return said[1];
  return tool.startsWith('find') && !/\*\./.test(masked) ? descriptionLeft(masked) : undefined;
}

/** What is left of a search when the words of searching are gone: `the turbine manual`. */
function descriptionLeft(masked: string): string | undefined {
  const noise =
    /^(?:i|am|is|are|we|you|the|a|an|any|all|my|our|me|do|have|in|which|what|where|bucket|buckets|file|files|find|look|looking|search|for|for|it|of|with|to|please|can|could|object|objects|newer|older|than|larger|bigger|since|from|that|about|there|somewhere|store|stored|kept|locate|named|called|s|more|over|under|at|least|gb|mb|kb|list|show|and|on|anything|everything|data|dataset|newest|latest|last|recent|csv|parquet|json|yaml|txt|pdf|pdfs|wo|ist|die|der|das|datei|ou|se|trouve|le|la|donde|esta|el|dove|il|που|ειναι|το|η|ο|βρεσ|μου|day|days|week|weeks|month|today|yesterday|this)$/;
  const words = wordsOf(masked.replaceAll(/[①-⑨\u2060]/g, ' ')).filter(
    (word) => !noise.test(word) && !/^\d+$/.test(word),
  );
  return words.length > 0 && words.length < 5 ? words.join(' ') : undefined;
}

function choiceIn(choices: readonly string[], { masked, text }: Reading): string | undefined {
  const loose = masked.replaceAll(/[_-]/g, ' ');
  const said = choices.find((choice) => loose.includes(choice.toLowerCase().replaceAll('_', ' ')));
  return said ?? choices.find((choice) => text.toLowerCase().includes(`=${choice.toLowerCase()}`));
}

function quotedIn({ text }: Reading): string | undefined {
  return /(?:^|\s)["“'‘]([^"”]+?)["”'’](?=[\s,.;!?]|$)/.exec(text)?.[1];
}

function afterName(text: string): string {
  return text.replace(/^.*?(?:called|named|experiment)\s+\S+/i, '');
}

function listOrNone(list: readonly string[]): readonly string[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** For ranking: whether a text speaks of numbers that a run reported. */
export function speaksOfMetrics({ masked }: Reading): boolean {
  return things.metric.test(masked);
}
