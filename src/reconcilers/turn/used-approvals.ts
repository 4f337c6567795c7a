import type { Approval, ApprovalStatus } from '../../api/approval.ts';
import { conditionOf, type NewCondition, withCondition } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import type { Call, Turn } from '../../api/turn.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';
import { noHooks } from '../../turns/boundaries.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { isFinished, type Observed } from './observed.ts';

/** Writes on every Approval of the turn whether it was used, or why it never can be. Repeated until it stands there. */
export async function markApprovals(
  { turn, approvals, now }: Observed,
  { kube, caches, hooks = noHooks }: Pick<TurnReconcilerDependencies, 'kube' | 'caches' | 'hooks'>,
): Promise<void> {
  for (const approval of approvals) {
    const status = approvalStatus(approval, turn, now);
    if (status === undefined) continue;
    await hooks.boundary('before-approval-used');
    try {
      caches.approvals.noteWritten(await kube.replaceStatus<Approval>(kinds.approval, { ...approval, status }));
    } catch (error) {
      // It is deleted, or has changed: then its next event leads here again.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
    await hooks.boundary('after-approval-used');
  }
}

/** @returns undefined while nothing is known, or when it is written already. */
export function approvalStatus(approval: Approval, turn: Turn, now: Date): ApprovalStatus | undefined {
  const used = usedCondition(approval, turn);
  if (!used || conditionOf(approval.status?.conditions, 'Used')?.reason === used.reason) return undefined;
  const { generation } = approval.metadata;
  const usedAt = approval.status?.usedAt ?? (used.status === 'True' ? `${now.toISOString().slice(0, 19)}Z` : undefined);
  return {
    observedGeneration: generation,
    ...(usedAt !== undefined && { usedAt }),
    conditions: withCondition(approval.status?.conditions, used, { now, generation }),
  };
}

function usedCondition({ metadata, spec }: Approval, turn: Turn): NewCondition | undefined {
  const call = turn.status?.steps?.flatMap((step) => step.calls ?? []).find(({ id }) => id === spec.callId);
  if (!call)
    return isFinished(turn) ? unused('AlreadyDecided', `The turn ended without a call ${spec.callId}.`) : undefined;
  if (call.outcome?.approval === metadata.name) {
    const message = `The decision about ${call.tool} was taken up.`;
    return { type: 'Used', status: 'True', reason: 'DecisionUsed', message };
  }
  if (call.argumentsDigest !== spec.argumentsDigest) {
    return unused('DigestMismatch', `Call ${call.id} has other arguments: ${call.argumentsDigest}.`);
  }
  return isDecided(call) ? unused('AlreadyDecided', `Call ${call.id} was decided before.`) : undefined;
}

function isDecided({ outcome }: Call): boolean {
  return outcome?.finishedAt !== undefined;
}

function unused(reason: string, message: string): NewCondition {
  return { type: 'Used', status: 'False', reason, message };
}
