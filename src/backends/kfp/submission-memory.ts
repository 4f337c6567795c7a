import type { Clock } from '../../base/clock.ts';

/** Nobody asks for a submission after this time; its entry is dropped. */
const keptForMs = 6 * 3_600_000;

/** What this process knows of one submission. Times are monotonic. */
export interface Submission {
  /** When this process looked for it first. */
  readonly firstLookAtMs: number;
  /** When this process sent it last; undefined when it has not. */
  readonly sentAtMs?: number | undefined;
  /** How often KFP itself answered that it could not. */
  readonly failures: number;
}

/**
 * Remembers what was sent without an answer, so that it is not sent twice. One for the whole process, whichever client
 * is asked.
 */
export interface SubmissionMemory {
  get(key: string): Submission;
  set(key: string, submission: Submission): void;
  forget(key: string): void;
}

export function createSubmissionMemory(clock: Clock): SubmissionMemory {
  const submissions = new Map<string, Submission>();
  const dropOld = () => {
    for (const [key, { firstLookAtMs }] of submissions) {
      if (clock.monotonicMs() - firstLookAtMs < keptForMs) return;
      submissions.delete(key);
    }
  };
  return {
    get: (key) => {
      dropOld();
      const known = submissions.get(key) ?? { firstLookAtMs: clock.monotonicMs(), failures: 0 };
      submissions.set(key, known);
      return known;
    },
    set: (key, submission) => {
      submissions.set(key, submission);
    },
    forget: (key) => {
      submissions.delete(key);
    },
  };
}
