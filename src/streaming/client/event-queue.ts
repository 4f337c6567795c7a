/** What several sources push, one reader takes out in order. */
export class EventQueue<T> {
  readonly #waiting: T[] = [];
  #outcome: { readonly error?: unknown } | undefined;
  #wake = Promise.withResolvers<undefined>();

  push(value: T): void {
    if (this.#outcome) return;
    this.#waiting.push(value);
    this.#wake.resolve(undefined);
  }

  /** What was pushed before is still read. */
  end(): void {
    this.#close({});
  }

  fail(error: unknown): void {
    this.#close({ error });
  }

  async *read(): AsyncGenerator<T> {
    for (;;) {
      const value = this.#waiting.shift();
      if (value !== undefined) yield value;
      else if (this.#outcome) break;
      else {
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    }
    if ('error' in this.#outcome) throw this.#outcome.error;
  }

  #close(outcome: { readonly error?: unknown }): void {
    this.#outcome ??= outcome;
    this.#wake.resolve(undefined);
  }
}
