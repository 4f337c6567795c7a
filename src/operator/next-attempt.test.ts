import { expect, test } from 'vitest';
import { RetryableError, TerminalError } from '../base/errors.ts';
import { KubeApiError } from '../kube/errors.ts';
import { type NextAttempt, nextAttempt, type ReconcileResult } from './next-attempt.ts';
import { again, later, settled } from './reconciler.ts';

const failed = (error: unknown): ReconcileResult => ({ ok: false, error });
const refusal = (status: number, retryAfterMs?: number) =>
  new KubeApiError({ status, reason: 'R', message: 'm', ...(retryAfterMs !== undefined && { retryAfterMs }) });

const cases: Record<string, { given: ReconcileResult; want: NextAttempt }> = {
  'what is settled is forgotten': { given: { ok: true, value: settled }, want: { kind: 'forget' } },
  'again means at once': { given: { ok: true, value: again }, want: { kind: 'immediately' } },
  'later means then': { given: { ok: true, value: later(70) }, want: { kind: 'delay', afterMs: 70 } },
  'an error backs off': { given: failed(new Error('bug')), want: { kind: 'backoff' } },
  'a retryable error backs off': { given: failed(new RetryableError('R', 'm')), want: { kind: 'backoff' } },
  'a retryable error that knows when comes back then': {
    given: failed(new RetryableError('R', 'm', { retryAfterMs: 9 })),
    want: { kind: 'delay', afterMs: 9 },
  },
  'a terminal error waits for a person': { given: failed(new TerminalError('R', 'm')), want: { kind: 'forget' } },
  'a conflict backs off': { given: failed(refusal(409)), want: { kind: 'backoff' } },
  'a 429 is honoured': { given: failed(refusal(429, 2000)), want: { kind: 'delay', afterMs: 2000 } },
};

test.each(Object.entries(cases))('%s', (_name, { given, want }) => {
  expect(nextAttempt(given)).toEqual(want);
});
