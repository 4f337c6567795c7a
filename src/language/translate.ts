import dictionary from './dictionary.json' with { type: 'json' };
import { isNear, patternSource, wordsOf } from './text.ts';

/**
 * What users who write German, French, Spanish, Italian or Greek say, folded, by the English words for it: all the rest of
 * the planner is written for English alone. Phrases stand before the words that they hold.
 */
const entries = Object.entries<string>(dictionary);
const foreignWords = new RegExp(entries.map(([, foreign]) => `(${patternSource(foreign)})`).join('|'), 'gu');
const functionWord =
  /^(?:the|an?|is|are|was|of|in|to|and|please|what|which|show|me|my|it|how|do|did|why|for|with|run|you|can)$/;

/** A text, and the same folded, with names masked, letter by letter. */
interface Masked {
  readonly text: string;
  readonly masked: string;
}

/** The text in English and with its chief words spelled right; names, and all that is not understood, stay as they are. */
export function inEnglish(reading: Masked): string {
  const { masked } = reading;
  const said = [...masked.matchAll(foreignWords)].map((match) => {
    const groups: readonly (string | undefined)[] = match.slice(1);
    const [english] = entries[groups.findIndex((group) => group !== undefined)] ?? [match[0]];
    return { start: match.index, foreign: match[0], english };
  });
  const isFunction = (word: string) => functionWord.test(word);
  const count = said.flatMap(({ foreign }) => wordsOf(foreign)).length;
  const isForeign = 2 * count >= wordsOf(masked).length && count > wordsOf(masked).filter(isFunction).length;
  const isTelling = said.some(({ english }) => !wordsOf(english).every(isFunction));
  if (!isForeign || !isTelling) return rewritten(reading, misspelledIn(masked));
  // French puts pronouns behind the verb: `relance-le`.
  return rewritten(reading, said).replaceAll(/(?<=\p{L})-the(?!\p{L})/gu, ' it');
}

interface Change {
  readonly start: number;
  readonly foreign: string;
  readonly english: string;
}

function rewritten({ text }: Masked, changes: readonly Change[]): string {
  let [end, result] = [0, ''];
  for (const { start, foreign, english } of changes) {
    result += `${text.slice(end, start)}${english}`;
    end = start + foreign.length;
  }
  return result + text.slice(end);
}

/** Words that requests turn on, and that are often mistyped. */
const spellings =
  `pipeline pipelines experiment experiments schedule schedules bucket buckets metrics artifacts versions
  parameters columns dataset download histogram accuracy running failed finished yesterday compare delete cancel terminate
  restart retry training start explain describe latest newest missing summarise please`.split(/\s+/);

/** Such words with one letter too many, too few, other or out of place. */
function misspelledIn(masked: string): readonly Change[] {
  const words = masked.matchAll(/(?<![\p{L}\p{N}_./=-])[a-z]{5,}(?![\p{L}\p{N}_./=-])/gu);
  return [...words].flatMap(({ index, 0: word }) => {
    const isMeant = (right: string) =>
      word.startsWith(right.charAt(0)) && !word.startsWith(right) && isNear(word, right);
    const english = spellings.includes(word) ? undefined : spellings.find(isMeant);
    return english === undefined ? [] : [{ start: index, foreign: word, english }];
  });
}
