import type { AnalyzedChunk } from './analyze-chunk.ts';
import { fieldLimits, fieldNames, fieldShifts } from './analyze-chunk.ts';
import { TopScores, type ScoredRow } from './top-scores.ts';

/**
 * BM25F: term frequencies of all fields are added, each with its weight and its own length normalisation, before they
 * saturate (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009).
 */
export interface Bm25fSettings {
  readonly k1: number;
  /** Per field, in the order of `fieldNames`. */
  readonly weights: readonly number[];
  /** Length normalisation per field, 0 (none) to 1 (full). */
  readonly b: readonly number[];
}

export interface WeightedTerm {
  readonly term: string;
  readonly weight: number;
}

/** An immutable index over rows 0…n-1; compressed sparse rows: one run of postings per term, scores computed beforehand. */
export class Bm25fIndex {
  readonly #terms: ReadonlyMap<string, number>;
  readonly #offsets: Uint32Array;
  readonly #rows: Uint32Array;
  readonly #scores: Float32Array;
  readonly #size: number;
  readonly #accumulated: Float32Array;

  /** @param terms number of each term, as in `AnalyzedChunk.terms` */
  constructor(chunks: readonly AnalyzedChunk[], terms: ReadonlyMap<string, number>, settings: Bm25fSettings) {
    this.#terms = terms;
    this.#size = chunks.length;
    this.#accumulated = new Float32Array(chunks.length);
    const { offsets, rows, counts } = postingsOf(chunks, terms.size);
    this.#offsets = offsets;
    this.#rows = rows;
    this.#scores = scoresOf({ chunks, offsets, rows, counts, settings });
  }

  get size(): number {
    return this.#size;
  }

  /** In how many rows the term occurs, in any field. */
  frequencyOf(term: string): number {
    const number = this.#terms.get(term);
    return number === undefined ? 0 : (this.#offsets[number + 1] ?? 0) - (this.#offsets[number] ?? 0);
  }

  /** The `limit` best rows by score, then by `compare`. Rows that `accepts` refuses do not count. */
  search(query: readonly WeightedTerm[], limit: number, accepts?: (row: number) => boolean): ScoredRow[] {
    const accumulated = this.#accumulated;
    const touched: number[] = [];
    for (const { term, weight } of query) this.#add(term, weight, touched);
    const best = new TopScores(limit);
    for (const row of touched) {
      const score = accumulated[row] ?? 0;
      accumulated[row] = 0;
      if (accepts === undefined || accepts(row)) best.offer(row, score);
    }
    return best.sorted();
  }

  #add(term: string, weight: number, touched: number[]): void {
    const number = this.#terms.get(term);
    if (number === undefined) return;
    const end = this.#offsets[number + 1] ?? 0;
    const accumulated = this.#accumulated;
    for (let at = this.#offsets[number] ?? 0; at < end; at += 1) {
      const row = this.#rows[at] ?? 0;
      const before = accumulated[row] ?? 0;
      if (before === 0) touched.push(row);
      accumulated[row] = before + weight * (this.#scores[at] ?? 0);
    }
  }
}

interface Postings {
  /** Start of each term's run; one more entry than terms. */
  readonly offsets: Uint32Array;
  readonly rows: Uint32Array;
  /** Packed term frequencies per field. */
  readonly counts: Uint32Array;
}

/** Counting sort from "terms of each row" to "rows of each term". */
function postingsOf(chunks: readonly AnalyzedChunk[], termCount: number): Postings {
  const offsets = offsetsOf(chunks, termCount);
  const next = offsets.slice();
  const rows = new Uint32Array(offsets[termCount] ?? 0);
  const counts = new Uint32Array(rows.length);
  for (const [row, chunk] of chunks.entries()) {
    for (const [index, term] of chunk.terms.entries()) {
      const at = next[term] ?? 0;
      next[term] = at + 1;
      rows[at] = row;
      counts[at] = chunk.counts[index] ?? 0;
    }
  }
  return { offsets, rows, counts };
}

function offsetsOf(chunks: readonly AnalyzedChunk[], termCount: number): Uint32Array {
  const offsets = new Uint32Array(termCount + 1);
  for (const { terms } of chunks) for (const term of terms) offsets[term + 1] = (offsets[term + 1] ?? 0) + 1;
  let sum = 0;
  for (const [index, count] of offsets.entries()) {
    sum += count;
    offsets[index] = sum;
  }
  return offsets;
}

interface Scoring extends Postings {
  readonly chunks: readonly AnalyzedChunk[];
  readonly settings: Bm25fSettings;
}

function scoresOf({ chunks, offsets, rows, counts, settings: { k1, ...settings } }: Scoring): Float32Array {
  const factors = lengthFactors(chunks, settings);
  const scores = new Float32Array(rows.length);
  for (let term = 0; term + 1 < offsets.length; term += 1) {
    const start = offsets[term] ?? 0;
    const end = offsets[term + 1] ?? 0;
    const inverseFrequency = Math.log(1 + (chunks.length - (end - start) + 0.5) / (end - start + 0.5));
    for (let at = start; at < end; at += 1) {
      const frequency = weighted(counts[at] ?? 0, factors, (rows[at] ?? 0) * fieldNames.length);
      scores[at] = (inverseFrequency * frequency * (k1 + 1)) / (k1 + frequency);
    }
  }
  return scores;
}

/** The frequencies of all fields as one. */
function weighted(packed: number, factors: Float32Array, base: number): number {
  let frequency = 0;
  for (const [field, shift] of fieldShifts.entries()) {
    const count = (packed >>> shift) & (fieldLimits[field] ?? 0);
    if (count > 0) frequency += count * (factors[base + field] ?? 0);
  }
  return frequency;
}

/** weight / (1 - b + b × length / mean length), per row and field. */
function lengthFactors(chunks: readonly AnalyzedChunk[], { weights, b }: Omit<Bm25fSettings, 'k1'>): Float32Array {
  const fields = fieldNames.length;
  const means = fieldNames.map((_, field) => {
    const total = chunks.reduce((sum, { lengths }) => sum + (lengths[field] ?? 0), 0);
    return Math.max(1, total / Math.max(1, chunks.length));
  });
  const factors = new Float32Array(chunks.length * fields);
  for (const [row, { lengths }] of chunks.entries()) {
    for (let field = 0; field < fields; field += 1) {
      const share = b[field] ?? 0;
      const norm = 1 - share + (share * (lengths[field] ?? 0)) / (means[field] ?? 1);
      factors[row * fields + field] = (weights[field] ?? 0) / norm;
    }
  }
  return factors;
}
