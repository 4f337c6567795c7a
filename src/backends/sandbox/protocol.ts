/** What goes between the operator and a worker process, by structured clone. */
export interface Question {
  readonly id: number;
  readonly question: object;
}

export type Answer = { readonly id: number } & (
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string | undefined }
  | { readonly kind: 'failed'; readonly stack: string }
);

/** The work understood and declined: something that a model or a person can use. */
export class RefusedInSandboxError extends Error {
  override readonly name = 'RefusedInSandboxError';
  /** PascalCase. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** The process ends itself with this signal when it has grown too large; nothing else sends it. */
export const outOfMemorySignal = 'SIGUSR2';
