import { type Call, type CallOutcome, journalLimits, timestampOf } from './journal.ts';
import { ended } from './outcomes.ts';
import { cut } from './results.ts';
import type { ApprovalGiven, TurnFacts } from './turn-facts.ts';

/** How long a person may take to decide, if the turn lasts that long. */
const approvalTtlMs = 24 * 3_600_000;

/**
 * The Approval that decides this very call: bound to its id and its exact arguments, and created before the question
 * lapsed. An Approval cannot be used twice, because a call is carried out once.
 */
export function approvalFor(call: Call, facts: TurnFacts): ApprovalGiven | undefined {
  const expiresAt = call.outcome?.deadline === undefined ? Infinity : Date.parse(call.outcome.deadline);
  const fitting = facts.approvals.filter(
    (approval) =>
      approval.callId === call.id &&
      approval.argumentsDigest === call.argumentsDigest &&
      approval.createdAt.getTime() <= expiresAt,
  );
  return fitting.find(({ decision }) => decision === 'Deny') ?? fitting[0];
}

/** `preview` is what the tool can tell of what would happen. */
export function asked(
  call: Call,
  facts: TurnFacts,
  { now, preview }: { readonly now: Date; readonly preview: string | undefined },
): CallOutcome {
  const expiresAt = new Date(Math.min(now.getTime() + approvalTtlMs, facts.deadline.getTime()));
  return {
    state: 'AwaitingApproval',
    summary: cut(preview ?? `Waits for a person to approve ${call.tool}.`, journalLimits.summaryCharacters),
    deadline: timestampOf(expiresAt),
  };
}

export function denied(call: Call, { name, by, reason }: ApprovalGiven, now: Date): CallOutcome {
  const message = `${by ?? 'A person'} denied ${call.tool}${reason === undefined ? '.' : `: ${reason}`}`;
  const hint = 'Do not ask for the same again; say what was denied, or do it in another way.';
  return { ...ended('Denied', { code: 'DeniedByPerson', message, hint }, now), approval: name };
}

export function lapsed(call: Call, now: Date): CallOutcome | undefined {
  const { state, deadline } = call.outcome ?? {};
  if (state !== 'AwaitingApproval' || deadline === undefined || now.getTime() <= Date.parse(deadline)) return undefined;
  const message = `Nobody decided about ${call.tool} in time.`;
  return ended('Expired', { code: 'ApprovalExpired', message, hint: 'Ask again if it is still wanted.' }, now);
}
