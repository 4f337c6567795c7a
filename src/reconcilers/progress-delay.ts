import type { Clock } from '../base/clock.ts';
import type { ObjectKey } from '../operator/reconciler.ts';

/**
 * Holds progress back for a moment: a turn that is answered at once then costs one status write, and a turn that
 * takes its time is still seen to be thinking.
 */
export class ProgressDelay {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #delayMs: number;
  readonly #since = new Map<ObjectKey, number>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, delayMs = 1_000) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  /** How long progress of this object, which exists from the first call on, must still wait; 0 when it may be written. */
  remainingMs(key: ObjectKey): number {
    const nowMs = this.#clock.monotonicMs();
    const since = this.#since.get(key) ?? nowMs;
    this.#since.set(key, since);
    return Math.max(0, since + this.#delayMs - nowMs);
  }

  /** Nothing is held back any more. */
  clear(key: ObjectKey): void {
    this.#since.delete(key);
  }
}
