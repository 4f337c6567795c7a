import { asks, deeds, phrases } from './lexicon.ts';
import { part, type Reading } from './mentions.ts';

const sure =
  /\s*(?:;|\.\s+(?=\p{L})|,?\s*(?:and |und |et |y |e |και )?(?:then|afterwards|after that|danach|dann|anschliessend|puis|ensuite|luego|despues|poi|dopo|μετα|υστερα)(?!\p{L})(?! it | that )|\s&&\s)\s*/gu;
const likely = /\s*(?:,\s*(?:and |und |et |y |e |και )?|\s(?:and|und|et|y|e|και|&|\+)\s)\s*/gu;
const report =
  /^(?:explain|describe|check|report|find out|tell|let|report|show|give|say|send|quote|sag|zeig|gib|dis|montre|donne|dime|muestrame|dame|dimmi|mostrami|πεσ|δειξε|δωσε)(?!\p{L})/u;
const leading = new RegExp(`^(?:\\s|${phrases.filler.source})+`, 'u');

/** The requests that a text consists of, in order. */
export function clausesOf(reading: Reading): readonly Reading[] {
  const cuts = new Map([...reading.masked.matchAll(sure)].map((match) => [match.index, match.index + match[0].length]));
  for (const match of reading.masked.matchAll(likely)) {
    const end = match.index + match[0].length;
    if (isRequest(reading.masked.slice(0, match.index)) && beginsRequest(reading.masked.slice(end)))
      cuts.set(match.index, end);
  }
  const clauses: Reading[] = [];
  let start = 0;
  for (const [index, end] of [...cuts, [reading.text.length, reading.text.length] as const].toSorted(
    (a, b) => a[0] - b[0],
  )) {
    if (index < start) continue;
    const clause = part(reading, start, index);
    if (/[\p{L}\p{N}①-⑨]/u.test(clause.masked)) clauses.push(clause);
    start = end;
  }
  return clauses;
}

function isRequest(masked: string): boolean {
  return (
    [...Object.values(deeds), ...Object.values(asks)].some((expression) => expression.test(masked)) ||
    masked.includes('①')
  );
}

function beginsRequest(masked: string): boolean {
  const begin = masked.replace(leading, '');
  return report.test(begin) || Object.values(deeds).some((expression) => begin.search(expression) === 0);
}
