import { type CliContext } from '../session/cli-context.ts';

/** One line of the examination. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found. */
  readonly message: string;
  /** Command or deed that mends it; only when it is not ok. */
  readonly fix?: string;
}

export interface Patient {
  readonly context: CliContext;
  readonly operatorNamespace: string;
}

export function well(check: string, message: string): Finding {
  return { check, ok: true, message };
}

export function broken(check: string, message: string, fix: string): Finding {
  return { check, ok: false, message, fix };
}
