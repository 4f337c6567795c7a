import type { Clock } from '../base/clock.ts';
import { RetryableError } from '../base/errors.ts';

export interface TimeLimit {
  readonly clock: Clock;
  readonly limitMs: number;
  /** Ends the work early, with its own reason. */
  readonly signal: AbortSignal;
}

/**
 * Runs work that must end: after the limit its signal fires and the wait is over, whether or not the work listens.
 * @throws RetryableError with reason Timeout when the limit was reached; the signal's reason when that fired first.
 */
export async function withTimeLimit<T>(
  { clock, limitMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const timeout = new AbortController();
  const ends = AbortSignal.any([signal, timeout.signal]);
  const cancel = clock.schedule(Math.max(0, limitMs), () => {
    timeout.abort(new RetryableError('Timeout', `no answer within ${Math.ceil(limitMs / 1000)} s`));
  });
  let stop = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(ends.reason as Error);
    };
    ends.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work(ends), ended]);
  } catch (error) {
    // Work that was told to end may fail in its own words; why it was told is what counts.
    ends.throwIfAborted();
    throw error;
  } finally {
    cancel();
    ends.removeEventListener('abort', stop);
  }
}
