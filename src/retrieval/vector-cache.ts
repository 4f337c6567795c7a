/** The vectors used last, by the hash of what they stand for. */
export class VectorCache {
  readonly #limit: number;
  readonly #vectors = new Map<string, Float32Array>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): Float32Array | undefined {
    const vector = this.#vectors.get(key);
    if (vector !== undefined) this.set(key, vector);
    return vector;
  }

  set(key: string, vector: Float32Array): void {
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    if (this.#vectors.size <= this.#limit) return;
    const [oldest] = this.#vectors.keys();
    if (oldest !== undefined) this.#vectors.delete(oldest);
  }
}
