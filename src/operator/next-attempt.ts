import { RetryableError, TerminalError } from '../base/errors.ts';
import { KubeApiError } from '../kube/errors.ts';
import { type Outcome } from './reconciler.ts';

export type ReconcileResult =
  { readonly ok: true; readonly value: Outcome } | { readonly ok: false; readonly error: unknown };

export type NextAttempt =
  | { readonly kind: 'forget' }
  | { readonly kind: 'immediately' }
  | { readonly kind: 'delay'; readonly afterMs: number }
  | { readonly kind: 'backoff' };

/** The only place that turns an outcome or an error into behaviour of the queue. */
export function nextAttempt(result: ReconcileResult): NextAttempt {
  if (!result.ok) return afterError(result.error);
  switch (result.value.kind) {
    case 'settled':
      return { kind: 'forget' };
    case 'again':
      return { kind: 'immediately' };
    case 'later':
      return { kind: 'delay', afterMs: result.value.afterMs };
  }
}

function afterError(error: unknown): NextAttempt {
  if (error instanceof TerminalError) return { kind: 'forget' };
  const waits = error instanceof RetryableError || error instanceof KubeApiError;
  if (waits && error.retryAfterMs !== undefined) return { kind: 'delay', afterMs: error.retryAfterMs };
  return { kind: 'backoff' };
}
