/**
 * Errors answer one question: what should the caller do next? Could the model use it: return a value. Could only time
 * help: RetryableError. Must a person act: TerminalError. Anything else is a bug and is let through.
 */

/** Only time can help. `reason` is PascalCase and becomes the condition's and the Event's reason. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(reason: string, message: string, options: { retryAfterMs?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A person must act. `message` says what is wrong and what to do, in one sentence. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
  readonly reason: string;

  constructor(reason: string, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
  }
}

/** One readable line of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
