import type { InventoryEntry } from '../language-model.ts';
import { asks, deeds, isChange, occurrences, phrases, startsWith, things, withoutFiller } from './lexicon.ts';
import type { Reading } from './mentions.ts';
import { cronIn } from '../../language/moments.ts';
import { fold, stem, wordsOf } from '../../language/text.ts';

/** What a text asks for, or what a tool is for, in the same terms. */
export interface Meaning {
  readonly deeds: readonly string[];
  readonly asks: readonly string[];
  readonly things: readonly string[];
  readonly isQuestion: boolean;
}

export function meaningOf(masked: string): Meaning {
  const asked = occurrences(asks, masked);
  const isQuestion =
    startsWith(withoutFiller(masked), phrases.question) || /^.{0,40}\p{L}[, ]+(?:what|which)\s/u.test(masked);
  // What is allowed, needed or usual stands in documents, unless it is said of one thing that exists.
  if (asked.includes('policy') && !/[②③④⑥]/.test(masked))
    return { deeds: [], asks: ['docs', 'policy'], things: [], isQuestion };
  const meaning = { asks: asked, things: occurrences(things, masked), isQuestion };
  return { ...meaning, deeds: deedsIn(masked, meaning) };
}

function deedsIn(masked: string, { asks: asked, things: about, isQuestion }: Omit<Meaning, 'deeds'>) {
  // `Which pipelines can I start?` asks, it starts nothing; and what is no file is listed, not found.
  const isListed = !about.includes('object') && about.some((thing) => /run|pipeline|experiment|schedule/.test(thing));
  // What is made, but no thing that can be created, comes out of a pipeline.
  const isMade = !about.some((thing) => /experiment|bucket|schedule/.test(thing));
  const isMeant = (deed: string) =>
    !(isQuestion && isChange(deed)) && !(isListed && deed === 'find') && !(isMade && deed === 'create');
  const meant = occurrences(deeds, masked).filter(isMeant);
  const done = masked.includes('④') ? meant.map((deed) => toSchedules[deed] ?? deed) : meant;
  if (asked.includes('recur') && !isQuestion && cronIn(masked) !== undefined)
    return ['recur', ...done.filter((deed) => !/start|create|again/.test(deed))];
  // `Start it again` is no new start, unless other values are given.
  const isRepeat = done.includes('again') && !/①|\d/.test(masked);
  return isRepeat ? done.filter((deed) => deed !== 'start') : done;
}

/** What is done to a schedule by the words for a run. */
const toSchedules: Readonly<Record<string, string>> = { stop: 'pause', start: 'resume', again: 'resume' };

/** Orders that tools have no words for are orders to pipelines: `rotate the certificates`, `nightly-build tag=1.2`. */
export function isPipelineOrder({ masked }: Reading, inventory: readonly InventoryEntry[]): boolean {
  const begin = withoutFiller(masked);
  if (/^①\u2060*[\s,].*[\p{L}_]\s?=\s?\S/u.test(begin)) return true;
  const [verb = '', ...others] = wordsOf(begin);
  const pipelines = inventory.filter(({ kind }) => kind === 'pipeline');
  const known = new Set(
    pipelines.flatMap(({ name, description = '' }) => wordsOf(fold(`${name} ${description}`)).map(stem)),
  );
  const isKnown = (word: string) => word.length > 3 && known.has(stem(word));
  if (others.length === 0 || startsWith(begin, phrases.report)) return false;
  return (
    (isKnown(verb) && !verb.endsWith('ing')) ||
    (startsWith(begin, phrases.order) && (begin.includes('①') || others.some(isKnown)))
  );
}
