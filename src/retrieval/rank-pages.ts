import type { Chunk } from './chunk.ts';
import type { Passage, RankedPage } from './knowledge-source.ts';
import type { ScoredChunk } from './knowledge-store.ts';

/** How much the best, second and third passage of a page count: a page that answers often says so more than once. */
const passageShares = [1, 0.15, 0.04];

/**
 * Pages that repeat the words of many questions and answer few: notes of old releases, generated references. They come
 * behind a page that explains, and before one that has little to do with the question.
 */
const lesserPage =
  /(^|[/_-])(legacy|archived?|changelog|releases?|release-?notes|generated|swagger|cli)([/_.-]|$)|v\d+(alpha|beta)\d+\.[a-z]+$/i;
const lesserShare = 0.85;

/** A page of many passages has more chances to hit; what it loses grows with the logarithm of their number. */
const lengthCost = 0.08;

export interface RankedAnswer {
  readonly pages: readonly RankedPage[];
  /** The chunks of the pages in their order, of each page at most `perPage`, best first. */
  readonly passages: readonly Passage[];
}

/** Gathers chunks into pages and orders both; equal scores by knowledge base and document. */
export function rankPages(hits: readonly ScoredChunk[], perPage: number): RankedAnswer {
  const byPage = Map.groupBy(hits, ({ chunk }) => `${chunk.knowledgeBase}\n${chunk.document}`);
  const ranked = [...byPage.values()]
    .map((own) => {
      const ordered = own.toSorted((left, right) => right.score - left.score || compare(left.chunk.id, right.chunk.id));
      return { own: ordered, score: scoreOf(ordered) };
    })
    .sort((left, right) => right.score - left.score || compare(pageKey(left.own), pageKey(right.own)));
  return {
    pages: ranked.flatMap(({ own, score }) => own.slice(0, 1).map(({ chunk }) => pageOf(chunk, score))),
    passages: ranked.flatMap(({ own, score }) => own.slice(0, perPage).map(({ chunk }) => ({ chunk, score }))),
  };
}

function scoreOf(ordered: readonly ScoredChunk[]): number {
  const sum = passageShares.reduce((total, share, place) => total + share * (ordered[place]?.score ?? 0), 0);
  const { document = '', total = 1 } = ordered[0]?.chunk ?? {};
  const share = lesserPage.test(document) ? lesserShare : 1;
  return (sum * share) / (1 + lengthCost * Math.log(Math.max(1, total)));
}

function pageOf({ knowledgeBase, document, url, title }: Chunk, score: number): RankedPage {
  return { knowledgeBase, document, url: url.replace(/#.*$/, ''), title, score };
}

function pageKey(own: readonly ScoredChunk[]): string {
  return `${own[0]?.chunk.knowledgeBase ?? ''}\n${own[0]?.chunk.document ?? ''}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
