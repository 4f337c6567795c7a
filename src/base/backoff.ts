/** Uniform numbers in [0, 1); handed in so that tests can fix them. */
export type RandomSource = () => number;

export const systemRandom: RandomSource = Math.random;

export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
}

/**
 * Doubles from `baseMs` to `maxMs` and takes off up to half by chance, so that many waiters do not return together.
 * @param failures how many times in a row it has failed already; 0 gives about `baseMs`.
 */
export function backoffMs(failures: number, limits: BackoffLimits, random: RandomSource): number {
  const ceilingMs = Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(failures, 40));
  return ceilingMs * (1 - random() / 2);
}
