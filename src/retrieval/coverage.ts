import { analyze, stemOf, wordsOf } from './analyzer.ts';
import type { Chunk } from './chunk.ts';
import type { SearchAnswer, SearchRequest } from './knowledge-store.ts';
import { expansionsOf } from './query-expansion.ts';

/** What the first passages say of the question. */
export interface Evidence {
  /** Share of the question, 0–1, weighted by how rare its words are, that the best of the first passages says. */
  readonly coverage: number;
  readonly confident: boolean;
}

/** A word that is there under another name counts so much. */
const otherNameShare = 0.6;
const passagesRead = 5;
/** Chosen on one half of the development questions and checked on the other (docs/retrieval.md). */
const confidentFrom = 1.3;
/** A short question has little evidence to give: said nearly whole, it is answered. */
const coveredFrom = 0.9;
const missingNameCost = 0.5;
const unknownWordCost = 0.2;

interface AskedWord {
  readonly stem: string;
  /** 0 for a word in every passage, about 1 for a word in one. */
  readonly rarity: number;
  readonly isName: boolean;
  readonly isKnown: boolean;
  readonly otherNames: readonly (readonly string[])[];
}

/**
 * Whether the passages are about the question at all, from words alone: scores of a fused ranking cannot be compared
 * between questions. A name that the best passage does not mention (another product's) speaks against it, and so does
 * every word that the whole knowledge base has never heard of.
 */
export function evidenceOf(
  { text }: Pick<SearchRequest, 'text'>,
  answer: Pick<SearchAnswer, 'chunks' | 'frequencies'>,
  best: readonly Chunk[],
): Evidence {
  const words = askedWords(text, answer);
  const total = sum(words.map(({ rarity }) => rarity));
  const first = best[0];
  if (total === 0 || first === undefined) return { coverage: 0, confident: false };
  const found = Math.max(...best.slice(0, passagesRead).map((chunk) => foundIn(termsOf(chunk), words)));
  const said = termsOf(first);
  const missingNames = sum(words.filter(({ isName, stem }) => isName && !said.has(stem)).map(({ rarity }) => rarity));
  const unknown = words.filter(({ isKnown }) => !isKnown).length;
  const coverage = found / total;
  const score = found + coverage - missingNameCost * missingNames - unknownWordCost * unknown;
  return { coverage, confident: coverage >= coveredFrom || score >= confidentFrom };
}

function askedWords(text: string, { chunks, frequencies }: Pick<SearchAnswer, 'chunks' | 'frequencies'>): AskedWord[] {
  const names = namesIn(text);
  return [...frequencies].map(([word, frequency]) => ({
    stem: stemOf(word),
    rarity: Math.log(1 + (chunks - frequency + 0.5) / (frequency + 0.5)) / Math.log(1 + Math.max(1, chunks)),
    isName: names.has(word),
    isKnown: frequency > 0,
    otherNames: expansionsOf(word, 1).map((other) => analyze(other.text)),
  }));
}

function foundIn(said: ReadonlySet<string>, words: readonly AskedWord[]): number {
  return sum(
    words.map(({ stem, rarity, otherNames }) => {
      if (said.has(stem)) return rarity;
      return otherNames.some((terms) => terms.every((term) => said.has(term))) ? rarity * otherNameShare : 0;
    }),
  );
}

function termsOf({ title, headings, document, text }: Chunk): ReadonlySet<string> {
  return new Set(analyze([title, ...headings, document, text].join(' ')));
}

/** Words with a capital letter after the first: names of products, of kinds, of fields. */
function namesIn(text: string): ReadonlySet<string> {
  const later = text.replace(/^\s*\S+/, '').match(/[\p{L}\p{N}]*\p{Lu}[\p{L}\p{N}]*/gu) ?? [];
  return new Set(later.flatMap(wordsOf));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
