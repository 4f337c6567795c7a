import { cutAt } from '../base/cut-at.ts';
import type { OwnersPendingApproval, PendingApproval, Turn } from './turn.ts';

const shownQuestions = 4;
const shownCharacters = 512;

/** What the Turn asks a person, as its owner shows it. */
export function pendingApprovalsOf(turn: Turn | undefined): OwnersPendingApproval[] | undefined {
  const pending = turn?.status?.pendingApprovals ?? [];
  if (turn === undefined || pending.length === 0) return undefined;
  const { name, uid } = turn.metadata;
  return pending.slice(0, shownQuestions).map((question) => ({ turn: { name, uid }, ...shown(question) }));
}

function shown({ callId, agent, tool, argumentsDigest, reason, expiresAt, ...long }: PendingApproval) {
  return {
    callId,
    agent,
    tool,
    arguments: cutAt(long.arguments, shownCharacters),
    argumentsDigest,
    reason,
    ...(long.summary === undefined ? {} : { summary: cutAt(long.summary, shownCharacters) }),
    expiresAt,
  };
}
