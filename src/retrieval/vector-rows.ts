import { TopScores, type ScoredRow } from './top-scores.ts';

/**
 * Vectors side by side in one block, compared one by one: exact, and up to about 50,000 passages as quick as a query needs
 * it. Vectors are L2-normalised, so their product is the cosine.
 */
export class VectorRows {
  readonly #dimensions: number;
  readonly #block: Float32Array;
  /** Row in the index of each vector in the block. */
  readonly #rows: readonly number[];

  constructor(vectors: readonly { readonly row: number; readonly vector: Float32Array }[], dimensions: number) {
    this.#dimensions = dimensions;
    this.#block = new Float32Array(vectors.length * dimensions);
    this.#rows = vectors.map(({ row }) => row);
    for (const [index, { vector }] of vectors.entries()) this.#block.set(vector, index * dimensions);
  }

  search(query: Float32Array, limit: number, accepts?: (row: number) => boolean): ScoredRow[] {
    const best = new TopScores(limit);
    for (const [index, row] of this.#rows.entries()) {
      if (accepts === undefined || accepts(row)) best.offer(row, this.#product(query, index * this.#dimensions));
    }
    return best.sorted();
  }

  /** Four sums side by side: the processor need not wait for one before it adds to the next. */
  #product(query: Float32Array, start: number): number {
    const block = this.#block;
    const even = this.#dimensions - (this.#dimensions % 4);
    let [first, second, third, fourth] = [0, 0, 0, 0];
    for (let at = 0; at < even; at += 4) {
      first += valueAt(query, at) * valueAt(block, start + at);
      second += valueAt(query, at + 1) * valueAt(block, start + at + 1);
      third += valueAt(query, at + 2) * valueAt(block, start + at + 2);
      fourth += valueAt(query, at + 3) * valueAt(block, start + at + 3);
    }
    for (let at = even; at < this.#dimensions; at += 1) first += valueAt(query, at) * valueAt(block, start + at);
    return first + second + third + fourth;
  }
}

function valueAt(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
