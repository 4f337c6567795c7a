import { stemmer } from 'stemmer';
import { stopWords } from './stop-words.ts';

const word = /[\p{L}\p{N}]+/gu;
const ideographs = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+$/u;
const ascii = /^[\p{ASCII}]*$/u;

/** Lower-case words in the order of the text, stop words and all. Scripts without spaces become pairs of characters. */
export function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(word) ?? [];
  return ascii.test(text) ? words : words.flatMap(pairsOfIdeographs);
}

function pairsOfIdeographs(text: string): readonly string[] {
  if (!ideographs.test(text)) return [text];
  const characters = Array.from(text);
  return characters.length < 2 ? characters : characters.slice(1).map((next, index) => `${characters[index]}${next}`);
}

/** The terms of a passage: stems (Porter) without stop words, repeated as often as they occur. */
export function analyze(text: string): string[] {
  const terms: string[] = [];
  for (const entry of wordsOf(text)) if (!stopWords.has(entry)) terms.push(stemOf(entry));
  return terms;
}

/** Distinct lower-case words of a question, unstemmed, without stop words. */
export function contentWords(text: string): readonly string[] {
  return [...new Set(wordsOf(text).filter((entry) => !stopWords.has(entry)))];
}

const maxRememberedStems = 100_000;
const stems = new Map<string, string>();

/** Stemming is the dearest step of indexing, and texts repeat their words: remembered, within a bound. */
export function stemOf(entry: string): string {
  const known = stems.get(entry);
  if (known !== undefined) return known;
  if (stems.size >= maxRememberedStems) stems.clear();
  const stem = stemmer(entry);
  stems.set(entry, stem);
  return stem;
}

const compound = /[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)+|[A-Za-z]*[a-z0-9][A-Z][A-Za-z0-9]*|[A-Z]{2,}[a-z][A-Za-z0-9]*/g;
const humps = /[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g;
const maxCompoundLength = 48;

/**
 * Further terms for names that programs are made of, so that localQueue, local-queue, local_queue and "local queue" meet:
 * the parts of what is written in one word, and in one word what is written in parts.
 */
export function identifiers(text: string): string[] {
  const terms: string[] = [];
  for (const name of text.match(compound) ?? []) {
    if (name.length > maxCompoundLength) continue;
    const parts = name.split(/[-_.]/).flatMap((part) => part.match(humps) ?? []);
    if (parts.length < 2) continue;
    if (/[-_.]/.test(name)) terms.push(joined(parts));
    for (const part of humpsOf(name)) terms.push(stemOf(part.toLowerCase()));
  }
  return terms;
}

function humpsOf(name: string): string[] {
  return name.split(/[-_.]/).flatMap((part) => {
    const parts = part.match(humps) ?? [];
    return parts.length < 2 ? [] : parts;
  });
}

/** Neighbouring words of a question written as one, as names are: "local queue" → localqueue. */
export function joinedNeighbours(text: string): string[] {
  const words = wordsOf(text);
  return words.slice(1).flatMap((next, index) => {
    const first = words[index] ?? '';
    return stopWords.has(first) || stopWords.has(next) ? [] : [joined([first, next])];
  });
}

function joined(parts: readonly string[]): string {
  return stemOf(parts.join('').toLowerCase());
}
