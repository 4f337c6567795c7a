import { type ExitCode } from './exit-codes.ts';

/** Ends the command: one sentence that says what is wrong, what to do next, and the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  /** A command to run, or a hint; printed on a line of its own. */
  readonly next: string | undefined;

  constructor(exitCode: ExitCode, message: string, options: { readonly next?: string; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = exitCode;
    this.next = options.next;
  }
}
