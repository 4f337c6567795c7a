import { searchWords, states } from './lexicon.ts';
import type { Reading } from './mentions.ts';
import { fold, remembered, wordsOf } from '../../language/text.ts';

/** The first group of the expression that takes part in the match. */
export function firstGroup(expression: RegExp, text: string): string | undefined {
  const groups: readonly (string | undefined)[] = expression.exec(text) ?? [];
  return groups.slice(1).find((group) => group !== undefined);
}

/** A number beside one of the words, `last 20` or `20 lines`, unless it counts something else. */
export function countIn(text: string, words: string, notOf = '$.'): number | undefined {
  const expression = new RegExp(
    String.raw`(?:${words})\s?=?\s?(\d+)(?!\d|\s*(?:${notOf}))|(?<![\w.])(\d+)\s(?:${words})`,
  );
  const count = firstGroup(expression, text);
  return count === undefined ? undefined : Number(count);
}

const value = String.raw`("[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|[^\s,;]+?)(?=[\s,;?!]|\.?$|\.\s)`;
const pair = new RegExp(
  String.raw`(?<![\p{L}\p{N}_/])(?:([\p{L}_][\p{L}\p{N}_.-]*)\s?=\s?|--?([\p{L}][\p{L}-]*)\s)${value}`,
  'gu',
);

/** `name=value` and `--name value` pairs of a text, names folded. */
export const pairsIn = remembered(({ text }: Reading): readonly (readonly [string, string])[] => {
  const pairs = [...text.matchAll(pair)];
  return pairs.map(([, name, option, said = '']) => [fold(name ?? option ?? ''), said.replaceAll(/^["']|["']$/g, '')]);
});

/** The value of the pair of this name, or of the first letters or the first word of it. */
export function pairOf(name: string, reading: Reading): string | undefined {
  const names = [fold(name), name.slice(0, 3), /^[a-z]+/.exec(name)?.[0]];
  return pairsIn(reading).find(([key]) => names.includes(key))?.[1];
}

const joining = /^(?:for|in|to|with|on|the|a|and|that|of|where|it)$/i;

/** The name that a person gives to something new: `called x`, `name it x`, or after one of the given words. */
export function newNameIn({ text }: Reading, words = 'called|named?|call it|name it'): string | undefined {
  const name = String.raw`\s*[:=]?\s+(?:(?:should|shall|is|be|to)\s+)*["'“]?([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?)`;
  const said = new RegExp(`(?<!\\p{L})(?:${words})${name}`, 'iu').exec(text)?.[1];
  return said === undefined || joining.test(said) ? undefined : said;
}

/** `1-5`, `10 to 12`, `page 3`, `first 20`. */
export function rangeIn(text: string): string | undefined {
  const [, from = '', to = ''] = /(?:pages?|lines)\s(\d+)\s*(?:-|–|to|and)\s*(\d+)/.exec(text) ?? [];
  return to === '' ? countIn(text, 'pages?|lines|rows|first|top|head(?: -n)?')?.toString() : `${from}-${to}`;
}

export function stateIn(reading: Reading): string | undefined {
  const said = pairOf('state', reading);
  const isSaid = (name: string) => fold(name).startsWith(fold(said ?? '-').slice(0, 6));
  return Object.keys(states).find((name) => (said === undefined ? states[name]?.test(reading.masked) : isSaid(name)));
}

export function switchIn(text: string): boolean | undefined {
  if (/\b(?:paused|disabled|inactive|off)\b/.test(text)) return false;
  return /\b(?:active|enabled|(?:turned|switched|are) on)\b/.test(text) || undefined;
}

const noMetric =
  /^(?:what|metrics?|state|status|logs?|results?|cause|reason|versions?|artifacts?|runs?|task|output|size|get|stop|show|diff|compare)$/;
const metricOf =
  /(?:^|what(?: is| was|'s)?(?: the)? |the |,\s?|and |give me )([\p{L}\d_-]{2,24})(?: (?:of|for|did|from|in)(?: the| run| last| latest)*)? ②/gu;

/** `f1 of ②`, `what loss did ② reach`, `compare … on auc and loss`: metrics, whatever their names. */
export function metricsIn({ masked }: Reading): readonly string[] {
  const listed = /(?<=②\u2060* )(?:on|by|for) ([\p{L}\d_]+(?:(?:,\s?| and )[\p{L}\d_]+)*)/u.exec(masked)?.[1] ?? '';
  const named = [...[...masked.matchAll(metricOf)].map(([, name = '']) => name), ...listed.split(/,\s?| and /)];
  return [...new Set(named)].filter((name) => name !== '' && !noMetric.test(name));
}

export function choiceIn(choices: readonly string[], masked: string): string | undefined {
  const text = ` ${masked.replaceAll(/[_-]/g, ' ')}`;
  return choices.find((choice) => text.includes(` ${fold(choice).replaceAll('_', ' ')}`));
}

/** What a search is for: what is left without the words of searching. */
export function searchedFor(masked: string): string | undefined {
  const words = wordsOf(masked.replaceAll(/\*\.\w+|[①-⑨\u2060]/g, ' '));
  const left = words.filter((word) => !searchWords.has(word) && !/^\d+$/.test(word));
  return left.length > 0 && left.length < 5 ? left.join(' ') : undefined;
}
