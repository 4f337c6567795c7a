/** The API server understood the request and declined it; the same request would be declined again. */
export class TektonRefusedError extends Error {
  override readonly name = 'TektonRefusedError';
  /** `Forbidden`: right or quota is missing. `Rejected`: validation or an admission rule says no. */
  readonly code: 'Forbidden' | 'Rejected';

  constructor(code: 'Forbidden' | 'Rejected', message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }
}
