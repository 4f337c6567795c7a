import { type Clock, systemClock } from '../../src/base/clock.ts';

/**
 * A clock whose minutes are `hurry` times shorter, for waits that are made to outlast the patience of other programs. The
 * wall clock stays true, because others are compared with it.
 */
export function createHurriedClock(hurry: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() * hurry,
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / hurry, signal),
    schedule: (delayMs, callback) => systemClock.schedule(delayMs / hurry, callback),
  };
}
