import type { AnalyzedChunk } from './analyze-chunk.ts';
import { contentWords, stemOf } from './analyzer.ts';
import { Bm25fIndex, type Bm25fSettings } from './bm25f-index.ts';
import type { Chunk } from './chunk.ts';
import type { ScoredChunk, SearchAnswer, SearchRequest } from './knowledge-store.ts';
import { queryTerms } from './query-terms.ts';
import type { ScoredRow } from './top-scores.ts';
import { VectorRows } from './vector-rows.ts';

/** Chosen on one half of the development questions and checked on the other (docs/retrieval.md). */
export const bm25fSettings: Bm25fSettings = { k1: 1.2, weights: [3, 2.5, 2, 1, 0.1], b: [0.3, 0.1, 0.5, 0.55, 0.75] };

export interface StoredChunk {
  readonly chunk: Chunk;
  readonly analyzed: AnalyzedChunk;
  readonly vector: Float32Array | undefined;
}

/** A state of a generation, frozen and ready to be searched. */
export class SearchableChunks {
  readonly #chunks: readonly Chunk[];
  readonly #words: Bm25fIndex;
  readonly #vectors: VectorRows | undefined;

  /** @param stored in the order of their ids, so that equal scores come in that order */
  constructor(stored: readonly StoredChunk[], terms: ReadonlyMap<string, number>) {
    this.#chunks = stored.map(({ chunk }) => chunk);
    this.#words = new Bm25fIndex(
      stored.map(({ analyzed }) => analyzed),
      terms,
      bm25fSettings,
    );
    const vectors = stored.flatMap(({ vector }, row) => (vector === undefined ? [] : [{ row, vector }]));
    const dimensions = vectors[0]?.vector.length;
    this.#vectors = dimensions === undefined ? undefined : new VectorRows(vectors, dimensions);
  }

  search(request: SearchRequest): SearchAnswer {
    const { text, vector, limit, documentPrefix } = request;
    const accepts = documentPrefix === undefined ? undefined : this.#under(documentPrefix);
    const lexical = this.#words.search(queryTerms(request), limit, accepts);
    const near = vector === undefined ? [] : (this.#vectors?.search(vector, limit, accepts) ?? []);
    return {
      lexical: lexical.flatMap((entry) => this.#scored(entry)),
      vector: near.flatMap((entry) => this.#scored(entry)),
      chunks: this.#chunks.length,
      frequencies: new Map(contentWords(text).map((word) => [word, this.#words.frequencyOf(stemOf(word))])),
    };
  }

  #under(prefix: string): (row: number) => boolean {
    return (row) => this.#chunks[row]?.document.startsWith(prefix) ?? false;
  }

  #scored({ row, score }: ScoredRow): ScoredChunk[] {
    const chunk = this.#chunks[row];
    return chunk === undefined ? [] : [{ chunk, score }];
  }
}
