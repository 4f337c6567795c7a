export interface ScoredRow {
  readonly row: number;
  readonly score: number;
}

/** The best `limit` of many scores, in a binary heap with the worst at its root; equal scores go to the lower row. */
export class TopScores {
  readonly #limit: number;
  readonly #heap: ScoredRow[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(row: number, score: number): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push({ row, score });
      this.#rise(heap.length - 1);
      return;
    }
    const worst = heap[0];
    if (worst === undefined || score < worst.score || (score === worst.score && row > worst.row)) return;
    heap[0] = { row, score };
    this.#sink();
  }

  /** Best first. */
  sorted(): ScoredRow[] {
    return [...this.#heap].sort((left, right) => (isWorse(left, right) ? 1 : -1));
  }

  #rise(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfWorse(at, parent)) return;
      at = parent;
    }
  }

  #sink(): void {
    const size = this.#heap.length;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= size) return;
      const right = left + 1;
      const child = right < size && this.#isWorseAt(right, left) ? right : left;
      if (!this.#swapIfWorse(child, at)) return;
      at = child;
    }
  }

  #isWorseAt(left: number, right: number): boolean {
    const [first, second] = [this.#heap[left], this.#heap[right]];
    return first !== undefined && second !== undefined && isWorse(first, second);
  }

  /** Puts the worse of the two into `upper`. */
  #swapIfWorse(lower: number, upper: number): boolean {
    const [first, second] = [this.#heap[lower], this.#heap[upper]];
    if (first === undefined || second === undefined || !isWorse(first, second)) return false;
    this.#heap[lower] = second;
    this.#heap[upper] = first;
    return true;
  }
}

function isWorse(left: ScoredRow, right: ScoredRow): boolean {
  return left.score < right.score || (left.score === right.score && left.row > right.row);
}
