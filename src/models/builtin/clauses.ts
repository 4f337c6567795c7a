import { asks, deeds, phrases, withoutFiller } from './lexicon.ts';
import { part, type Reading } from './mentions.ts';

/** One request of a text, with what is told around it: `The export is broken. Why?` is one. */
export interface Clause extends Reading {
  /** The words that ask. */
  readonly core: Reading;
}

const sure =
  /\s*(?:;|[.?!]\s+(?=\p{L})|,?\s*(?:and )?(?:then|afterwards|after that)(?!\p{L})(?! it | that )|\s&&\s)\s*/gu;
const likely = /\s*(?:,\s*(?:and )?|\s(?:and|&|\+)\s)\s*/gu;
const telling =
  /^\s*(?:the|it|we|our|my|this|that|there|they|he|she|something|somebody|someone|an?|i(?! (?:want|need|would|wish|like))|[①-⑨]\u2060* (?:is|was|has|ended|failed|crashed|died|broke|hangs))(?!\p{L})/u;

/** The requests that a text consists of, in order; what only tells something belongs to the request after it. */
export function clausesOf(reading: Reading): readonly Clause[] {
  const clauses: { start: number; core: number; end: number }[] = [];
  let told: number | undefined;
  for (const [start, end] of stretchesOf(reading)) {
    const isTold =
      telling.test(reading.masked.slice(start, end)) && !/\?\s*$/.test(reading.masked.slice(start, end + 1));
    if (!isTold) clauses.push({ start: told ?? start, core: start, end });
    told = isTold ? (told ?? start) : undefined;
  }
  if (clauses.length === 0) return [{ ...reading, core: reading }];
  return clauses.map(({ start, core, end }) => ({ ...part(reading, start, end), core: part(reading, core, end) }));
}

function stretchesOf({ masked }: Reading): readonly (readonly [number, number])[] {
  const cuts = new Map([...masked.matchAll(sure)].map((match) => [match.index, match.index + match[0].length]));
  for (const match of masked.matchAll(likely)) {
    const end = match.index + match[0].length;
    if (isRequest(masked.slice(0, match.index)) && beginsRequest(masked.slice(end))) cuts.set(match.index, end);
  }
  const stretches: [number, number][] = [];
  let start = 0;
  for (const [index, end] of [...cuts, [masked.length, masked.length] as const].toSorted((a, b) => a[0] - b[0])) {
    if (index < start) continue;
    if (/[\p{L}\p{N}①-⑨]/u.test(masked.slice(start, index))) stretches.push([start, index]);
    start = end;
  }
  return stretches;
}

function isRequest(masked: string): boolean {
  const ways = [...Object.values(deeds), ...Object.values(asks)];
  return ways.some((expression) => expression.test(masked)) || masked.includes('①');
}

function beginsRequest(masked: string): boolean {
  const begin = withoutFiller(masked);
  return [phrases.report, ...Object.values(deeds)].some((expression) => begin.search(expression) === 0);
}
