import { backoffMs, type RandomSource } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { ObjectKey } from '../../operator/reconciler.ts';

const retry = { baseMs: 1_000, maxMs: 60_000 } as const;
/** How often it is looked whether a person has put things right; a changed SwarmConfig is seen at once. */
const stalledMs = 20_000;

/** How long turns leave a receiver alone that did not answer, however often something else wakes them. */
export class Pauses {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #random: RandomSource;
  readonly #pauses = new Map<ObjectKey, { untilMs: number; failures: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, random: RandomSource) {
    this.#clock = clock;
    this.#random = random;
  }

  remainingMs(key: ObjectKey): number {
    return Math.max(0, (this.#pauses.get(key)?.untilMs ?? 0) - this.#clock.monotonicMs());
  }

  /** @returns how long the pause is. */
  afterFailure(key: ObjectKey, retryAfterMs: number | undefined): number {
    const failures = this.#pauses.get(key)?.failures ?? 0;
    return this.#begin(key, {
      failures: failures + 1,
      forMs: retryAfterMs ?? backoffMs(failures, retry, this.#random),
    });
  }

  whileStalled(key: ObjectKey): number {
    return this.#begin(key, { failures: 0, forMs: stalledMs });
  }

  end(key: ObjectKey): void {
    this.#pauses.delete(key);
  }

  #begin(key: ObjectKey, { failures, forMs }: { failures: number; forMs: number }): number {
    this.#pauses.set(key, { failures, untilMs: this.#clock.monotonicMs() + forMs });
    return forMs;
  }
}
