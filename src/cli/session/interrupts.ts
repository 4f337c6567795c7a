/** Ctrl-C and its kin. Whoever takes them over decides; otherwise they end the command. */
export class Interrupts {
  readonly #stop = new AbortController();
  #handler: (() => void) | undefined;

  /** Fires when the command is to end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** SIGINT: to whoever has taken it over, else the end. A second one while the first is looked after is the end, too. */
  interrupt(): void {
    const handler = this.#handler;
    this.#handler = undefined;
    if (handler) handler();
    else this.terminate();
  }

  /** SIGTERM and SIGHUP: the end. */
  terminate(): void {
    this.#stop.abort(new InterruptedError());
  }

  /** Until the returned function is called, or the first interrupt has come. */
  takeOver(handler: () => void): () => void {
    this.#handler = handler;
    return () => {
      if (this.#handler === handler) this.#handler = undefined;
    };
  }
}

export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';

  constructor() {
    super('interrupted');
  }
}
