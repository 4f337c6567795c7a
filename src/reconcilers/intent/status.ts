import type { Condition } from '../../api/common.ts';
import { type NewCondition, withCondition, withoutCondition } from '../../api/conditions.ts';
import type { IntentPhase, IntentStatus } from '../../api/intent.ts';
import { pendingApprovalsOf } from '../../api/pending-approvals.ts';
import { changes, isTurnFinished, metricsOf, type Observed, trueCondition } from './observed.ts';
import type { Plan, Verdict } from './plan.ts';

const listedChanges = 32;
const listedRuns = 32;

export function intentStatus(observed: Observed, plan: Plan): IntentStatus {
  const { intent, turnName } = observed;
  const observedGeneration = intent.metadata.generation;
  const pipelineRuns = observed.runs.slice(0, listedRuns);
  if (plan.kind === 'rest') {
    const conditions = (intent.status?.conditions ?? []).map((known) => ({ ...known, observedGeneration }));
    return { ...intent.status, observedGeneration, pipelineRuns, conditions };
  }

  const verdict = 'verdict' in plan ? plan.verdict : undefined;
  const state = verdict ? ended(verdict) : stateOf(observed, plan);
  return {
    observedGeneration,
    phase: state.phase,
    turn: turnName,
    ...progressOf(observed),
    ...(verdict && endOf(verdict, observed)),
    pipelineRuns,
    metrics: metricsOf(observed),
    conditions: conditionsOf(observed, state),
  };
}

function progressOf(observed: Observed): IntentStatus {
  const { turn } = observed;
  return {
    startedAt: turn?.metadata.creationTimestamp,
    plan: planned(observed),
    pendingApprovals: pendingApprovalsOf(turn),
    reply: turn?.status?.reply,
  };
}

function endOf({ expectations }: Verdict, { now }: Observed): IntentStatus {
  return { finishedAt: now.toISOString(), expectations, pendingApprovals: undefined };
}

interface State {
  readonly phase: IntentPhase;
  readonly ready: Pick<NewCondition, 'status' | 'reason' | 'message'>;
  readonly also: readonly NewCondition[];
}

function reconciling(phase: IntentPhase, reason: string, message: string): State {
  const ready = { status: 'False', reason, message } as const;
  return { phase, ready, also: [{ ...ready, type: 'Reconciling', status: 'True' }] };
}

function ended({ phase, reason, message }: Verdict): State {
  const good = phase === 'Succeeded';
  const is = (type: NewCondition['type']): NewCondition => ({ type, status: 'True', reason, message });
  return {
    phase,
    ready: { status: good ? 'True' : 'False', reason, message },
    also: good ? [is('Complete')] : [is('Failed'), is('Stalled')],
  };
}

function stateOf(observed: Observed, plan: Plan): State {
  if (plan.kind === 'suspended') {
    const message = 'spec.suspend is true: nothing new is begun; set it to false to go on.';
    return reconciling('Suspended', 'Suspended', message);
  }
  if (isTurnFinished(observed.turn)) {
    return reconciling(
      'Running',
      'WaitingForRun',
      'What was to be done is done; its pipeline runs have not ended yet.',
    );
  }
  return ofTurn(observed);
}

function ofTurn(observed: Observed): State {
  const phase = changes(observed.turn).length > 0 ? 'Running' : 'Planning';
  const stalled = trueCondition(observed, 'Stalled');
  if (stalled) {
    const ready = { status: 'False', reason: stalled.reason, message: stalled.message } as const;
    return { phase, ready, also: [{ ...ready, type: 'Stalled', status: 'True' }] };
  }
  const approval = trueCondition(observed, 'AwaitingApproval');
  if (approval) {
    const waiting = reconciling('AwaitingApproval', 'AwaitingApproval', approval.message);
    return { ...waiting, also: [...waiting.also, { ...waiting.ready, type: 'AwaitingApproval', status: 'True' }] };
  }
  const message = `Turn ${observed.turnName} carries it out.`;
  const about = trueCondition(observed, 'Reconciling') ?? { reason: phase, message };
  return reconciling(phase, about.reason, about.message);
}

const abnormal = ['Reconciling', 'Stalled', 'AwaitingApproval', 'AttentionRequired', 'Complete', 'Failed'] as const;

function conditionsOf(observed: Observed, { ready, also }: State): Condition[] {
  const { intent, now } = observed;
  const at = { now, generation: intent.metadata.generation };
  const over = also.some(({ type }) => type === 'Complete' || type === 'Failed');
  const finished: NewCondition = over
    ? { type: 'Finished', status: 'True', reason: 'Finished', message: ready.message }
    : { type: 'Finished', status: 'False', reason: 'NotFinished', message: 'It has not ended yet.' };
  const attention = trueCondition(observed, 'AttentionRequired');
  const set: NewCondition[] = [{ type: 'Ready', ...ready }, finished, ...also];
  if (attention) set.push({ ...attention, type: 'AttentionRequired' });
  const normal = abnormal
    .filter((type) => !set.some((condition) => condition.type === type))
    .reduce<readonly Condition[]>(withoutCondition, intent.status?.conditions ?? []);
  return set.reduce<Condition[]>((conditions, condition) => withCondition(conditions, condition, at), [...normal]);
}

function planned({ turn }: Observed): IntentStatus['plan'] {
  return changes(turn)
    .slice(0, listedChanges)
    .map(({ agent, call }) => ({
      callId: call.id,
      tool: `${agent}/${call.tool}`,
      summary: (call.outcome?.summary ?? call.arguments).slice(0, 512),
      state: call.outcome?.state ?? 'Decided',
    }));
}
