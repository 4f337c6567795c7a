import { deadlineOf, isFinished, type Observed, timeoutMs } from './observed.ts';

export type Plan =
  | { readonly kind: 'nothing'; readonly reason: 'Finished' | 'Deleting' }
  /** Comes to its end now; what has begun is recorded as far as it is known. */
  | { readonly kind: 'stop'; readonly reason: StopReason; readonly message: string }
  /** Waits for something that is no part of the turn. */
  | { readonly kind: 'hold'; readonly reason: 'Suspended' | 'Queued'; readonly message: string }
  | { readonly kind: 'advance'; readonly deadline: Date };

export type StopReason = 'Cancelled' | 'Deleting' | 'OwnerNotFound' | 'DeadlineExceeded';

/** Rules in order; the first that applies wins. */
export function planTurn(observed: Observed): Plan {
  const { turn, owner, earlier, now } = observed;
  if (turn.metadata.deletionTimestamp !== undefined) return { kind: 'nothing', reason: 'Deleting' };
  if (isFinished(turn)) return { kind: 'nothing', reason: 'Finished' };
  if (turn.spec.cancel) return stop('Cancelled', 'A person stopped it.');
  if (!owner) return stop('OwnerNotFound', `The ${turn.spec.owner.kind} ${turn.spec.owner.name} is gone.`);
  if (owner.object.metadata.deletionTimestamp !== undefined) {
    return stop('Deleting', `The ${owner.kind} ${owner.object.metadata.name} is being deleted.`);
  }

  const deadline = deadlineOf(turn, owner, now);
  if (now >= deadline) return deadlineExceeded(timeoutMs(owner));
  if (owner.object.spec.suspend) {
    const message = `The ${owner.kind} is suspended; set spec.suspend to false to go on.`;
    return { kind: 'hold', reason: 'Suspended', message };
  }
  const previous = earlier.find((other) => !isFinished(other));
  if (previous) {
    return { kind: 'hold', reason: 'Queued', message: `Waits for turn ${previous.metadata.name} to end.` };
  }
  return { kind: 'advance', deadline };
}

export function deadlineExceeded(limitMs: number): Extract<Plan, { kind: 'stop' }> {
  const minutes = Math.round(limitMs / 60_000);
  const message = `It took longer than its ${minutes} minutes; allow more time, or ask for less at once. Runs it started go on.`;
  return stop('DeadlineExceeded', message);
}

const stop = (reason: StopReason, message: string): Extract<Plan, { kind: 'stop' }> => ({
  kind: 'stop',
  reason,
  message,
});
