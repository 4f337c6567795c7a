import type { Approval } from '../../api/approval.ts';
import { sizeLimits } from '../../api/common.ts';
import { conditionOf } from '../../api/conditions.ts';
import { apiVersion } from '../../api/group.ts';
import type { Turn } from '../../api/turn.ts';
import { bytesOf } from '../../turns/fit-journal.ts';
import type { ApprovalGiven, AskLevel, Policy, TurnFacts } from '../../turns/turn-facts.ts';
import type { TeamSettings } from './dependencies.ts';
import { isFinished, type Observed, type Owner } from './observed.ts';

/** What the status may have besides its steps: reply, runs, questions, conditions. */
const statusReserveBytes = 96 * 1_024;
const leastJournalBytes = 32 * 1_024;

export interface FactsInput {
  readonly observed: Observed;
  readonly owner: Owner;
  readonly settings: TeamSettings;
  readonly deadline: Date;
}

export function turnFacts({ observed, owner, settings, deadline }: FactsInput): TurnFacts {
  const { turn, earlier, approvals } = observed;
  const { metadata, spec } = owner.object;
  return {
    namespace: turn.metadata.namespace,
    name: turn.metadata.name,
    owner: { apiVersion, kind: owner.kind, name: metadata.name, uid: metadata.uid },
    effectSeed: effectSeed(owner),
    serviceAccountName: spec.serviceAccountName,
    configName: spec.configRef?.name,
    agent: spec.agent,
    text: turn.spec.text,
    parameters: turn.spec.parameters ?? {},
    history: owner.kind === 'Conversation' ? earlier.filter(isFinished).map(exchange) : [],
    summary: owner.kind === 'Conversation' ? owner.object.status?.summary : undefined,
    // Several messages may be declared at once: each is asked when the one before it is answered.
    askedAt: turn.status?.startedAt === undefined ? observed.now : new Date(turn.status.startedAt),
    deadline,
    limits: spec.limits,
    policy: policyOf(owner, settings),
    agents: Object.fromEntries(settings.agents.map(({ name, ...agent }) => [name, agent])),
    approvals: approvals.map(approvalGiven),
    journalBytes: Math.max(
      leastJournalBytes,
      sizeLimits.turnBytes - bytesOf({ ...turn, status: {} }) - statusReserveBytes,
    ),
  };
}

/** An Intent that is re-created with the same name and request meets the effects of the one before. */
function effectSeed({ kind, object }: Owner): string {
  const { metadata } = object;
  const reuses = kind === 'Intent' && object.spec.reuseWithin !== undefined;
  return reuses ? `${metadata.namespace}/${metadata.name}` : metadata.uid;
}

const intentLevels = { Required: 'Writes', OnRisk: 'OnRisk', Never: 'Never' } as const satisfies Record<
  string,
  AskLevel
>;

function policyOf(owner: Owner, { policy }: TeamSettings): Policy {
  const team = { teamAsk: policy.atLeast, pipelines: policy.pipelines, buckets: policy.buckets };
  if (owner.kind === 'Conversation') {
    const { default: ask, rules = [] } = owner.object.spec.approvalPolicy;
    return { ...team, ask, rules, teamRules: policy.rules };
  }
  const { approval } = owner.object.spec;
  // Required means every change, also those that the namespace lets pass.
  const teamRules =
    approval === 'Required' ? policy.rules.filter(({ decision }) => decision !== 'Allow') : policy.rules;
  return { ...team, ask: intentLevels[approval], rules: [], teamRules };
}

function exchange({ spec, status }: Turn): TurnFacts['history'][number] {
  const ending = conditionOf(status?.conditions, 'Succeeded')?.message ?? 'it ended without one';
  return { text: spec.text, reply: status?.reply ?? `(no answer: ${ending})` };
}

function approvalGiven({ metadata, spec }: Approval): ApprovalGiven {
  const { callId, argumentsDigest, decision, reason, author } = spec;
  const createdAt = new Date(metadata.creationTimestamp);
  return { name: metadata.name, callId, argumentsDigest, decision, reason, by: author?.username, createdAt };
}
