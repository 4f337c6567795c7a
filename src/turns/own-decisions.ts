import type { Clock } from '../base/clock.ts';
import type { Step } from './journal.ts';

/** Later than this a decision counts as somebody else's: it is looked at more carefully, and that is all. */
const keptForMs = 6 * 3_600_000;

/**
 * The decisions that this process took itself. Times cannot tell: the clock of the process before may have been ahead, and
 * what it decided would look as if it had been decided after its end.
 */
export interface OwnDecisions {
  add(steps: readonly Step[]): void;
  has(effectKey: string, step: Pick<Step, 'decidedAt'>): boolean;
}

export function createOwnDecisions(clock: Clock): OwnDecisions {
  /** Oldest first: when it was decided by the wall clock, as in the journal, and by the monotonic one. */
  const decisions = new Map<string, { readonly decidedAt: string; readonly addedAtMs: number }>();
  const dropOld = () => {
    for (const [key, { addedAtMs }] of decisions) {
      if (clock.monotonicMs() - addedAtMs < keptForMs) return;
      decisions.delete(key);
    }
  };
  return {
    add: (steps) => {
      dropOld();
      for (const { decidedAt, calls = [] } of steps) {
        for (const { effectKey } of calls) {
          decisions.delete(effectKey);
          decisions.set(effectKey, { decidedAt, addedAtMs: clock.monotonicMs() });
        }
      }
    },
    // Another process that decides the same step gives it the same keys, but not the same millisecond.
    has: (effectKey, { decidedAt }) => decisions.get(effectKey)?.decidedAt === decidedAt,
  };
}
