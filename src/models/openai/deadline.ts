import type { Clock } from '../../base/clock.ts';
import { RetryableError } from '../../base/errors.ts';

export interface Deadline {
  /** Fires when the caller aborts, when the answer takes too long as a whole, or when it stalls. */
  readonly signal: AbortSignal;
  /** Something of substance arrived: the idle time starts again. */
  touch(): void;
  stop(): void;
}

export interface DeadlineSettings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly totalTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export function startDeadline({ clock, signal, totalTimeoutMs, idleTimeoutMs }: DeadlineSettings): Deadline {
  const controller = new AbortController();
  const abortWithCaller = () => {
    controller.abort(signal.reason);
  };
  const stopTotal = clock.schedule(totalTimeoutMs, () => {
    controller.abort(timeout(`The model gave no complete answer within ${seconds(totalTimeoutMs)}.`));
  });
  const startIdle = () =>
    clock.schedule(idleTimeoutMs, () => {
      controller.abort(timeout(`The model's answer stalled for ${seconds(idleTimeoutMs)}.`));
    });
  let stopIdle = startIdle();
  signal.addEventListener('abort', abortWithCaller, { once: true });
  return {
    signal: controller.signal,
    touch: () => {
      stopIdle();
      stopIdle = startIdle();
    },
    stop: () => {
      stopTotal();
      stopIdle();
      signal.removeEventListener('abort', abortWithCaller);
    },
  };
}

function timeout(message: string): RetryableError {
  return new RetryableError('ModelTimeout', message);
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
