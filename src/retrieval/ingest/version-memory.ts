/** What is known of a document that was taken in. */
export interface TakenIn {
  readonly version: string | undefined;
  /** Passages it became. */
  readonly chunks: number;
}

/**
 * Versions of the documents of one generation, so that the next reading asks only for what has changed. Kept in memory:
 * after a restart everything is read once more, which changes nothing in the index.
 */
export class VersionMemory {
  readonly #known = new Map<string, TakenIn>();

  get(path: string): TakenIn | undefined {
    return this.#known.get(path);
  }

  set(path: string, taken: TakenIn): void {
    this.#known.set(path, taken);
  }

  delete(path: string): void {
    this.#known.delete(path);
  }
}
