import type { Approval } from '../../api/approval.ts';
import { isTrue } from '../../api/conditions.ts';
import type { Conversation } from '../../api/conversation.ts';
import { durationMs } from '../../api/duration.ts';
import type { Intent } from '../../api/intent.ts';
import type { Turn } from '../../api/turn.ts';

/** Everything a plan is made from; nothing is read afterwards. */
export interface Observed {
  readonly turn: Turn;
  /** Undefined when it is gone. */
  readonly owner: Owner | undefined;
  /** Other turns of the owner that came before this one, oldest first. */
  readonly earlier: readonly Turn[];
  /** Approvals that name this very turn. */
  readonly approvals: readonly Approval[];
  readonly now: Date;
}

export type Owner =
  | { readonly kind: 'Conversation'; readonly object: Conversation }
  | { readonly kind: 'Intent'; readonly object: Intent };

export function isFinished({ status }: Turn): boolean {
  return isTrue(status?.conditions, 'Finished');
}

/** The turn's own limit for a conversation; for an intent the time it may take in all. */
export function timeoutMs(owner: Owner): number {
  return durationMs(owner.kind === 'Intent' ? owner.object.spec.timeout : owner.object.spec.limits.turnTimeout);
}

/** From when the turn was taken up; while it waits in line its time does not run. */
export function deadlineOf(turn: Turn, owner: Owner, now: Date): Date {
  const startedAt = turn.status?.startedAt === undefined ? now : new Date(turn.status.startedAt);
  return new Date(startedAt.getTime() + timeoutMs(owner));
}

/**
 * Turns of one owner are answered in this order. The API server dates to the second only: among those of one second, what has
 * been decided about comes first, in the order of its first decision, so that a follow-up knows what it follows.
 */
export function comesBefore(left: Turn, right: Turn): boolean {
  const orderOf = ({ metadata, spec, status }: Turn) =>
    [
      metadata.creationTimestamp,
      String(spec.index).padStart(6, '0'),
      status?.steps?.[0]?.decidedAt ?? undecided,
      metadata.name,
    ].join(' ');
  return orderOf(left) < orderOf(right);
}

/** After every time. */
const undecided = '9999';
