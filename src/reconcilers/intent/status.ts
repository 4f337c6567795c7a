import type { Condition } from '../../api/common.ts';
import { conditionOf, type NewCondition, withCondition, withoutCondition } from '../../api/conditions.ts';
import type { IntentPhase, IntentStatus } from '../../api/intent.ts';
import { changes, isTurnFinished, metricsOf, type Observed } from './observed.ts';
import type { Plan, Verdict } from './plan.ts';

const listedChanges = 32;
const listedRuns = 32;

export function intentStatus(observed: Observed, plan: Plan): IntentStatus {
  const { intent, turn, turnName } = observed;
  const generation = intent.metadata.generation;
  const pipelineRuns = observed.runs.slice(0, listedRuns);
  if (plan.kind === 'rest') {
    const conditions = (intent.status?.conditions ?? []).map((known) => ({ ...known, observedGeneration: generation }));
    return { ...intent.status, observedGeneration: generation, pipelineRuns, conditions };
  }

  const verdict = 'verdict' in plan ? plan.verdict : undefined;
  const state = verdict ? ended(verdict) : stateOf(observed, plan);
  return {
    observedGeneration: generation,
    phase: state.phase,
    turn: turnName,
    startedAt: turn?.metadata.creationTimestamp,
    finishedAt: verdict && observed.now.toISOString(),
    plan: planned(observed),
    pipelineRuns,
    reply: turn?.status?.reply,
    metrics: metricsOf(observed),
    expectations: verdict?.expectations,
    conditions: conditionsOf(observed, state),
  };
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

function stateOf({ turn, turnName, ...observed }: Observed, plan: Plan): State {
  if (plan.kind === 'nothing') {
    return reconciling('Suspended', 'Suspended', 'spec.suspend is true: nothing new is begun; set it to false to go on.');
  }
  if (isTurnFinished(turn)) {
    return reconciling('Running', 'WaitingForRun', 'What was to be done is done; its pipeline runs have not ended yet.');
  }
  const stalled = conditionOf(turn?.status?.conditions, 'Stalled');
  const phase = changes(turn).length > 0 || observed.runs.some((run) => run.turn === turnName) ? 'Running' : 'Planning';
  if (stalled?.status === 'True') {
    const ready = { status: 'False', reason: stalled.reason, message: stalled.message } as const;
    return { phase, ready, also: [{ ...ready, type: 'Stalled', status: 'True' }] };
  }
  const approval = conditionOf(turn?.status?.conditions, 'AwaitingApproval');
  if (approval?.status === 'True') {
    const waiting = reconciling('AwaitingApproval', 'AwaitingApproval', approval.message);
    return { ...waiting, also: [...waiting.also, { ...waiting.ready, type: 'AwaitingApproval', status: 'True' }] };
  }
  const about = conditionOf(turn?.status?.conditions, 'Reconciling');
  return reconciling(phase, about?.reason ?? phase, about?.message ?? `Turn ${turnName} carries it out.`);
}

const abnormal = ['Reconciling', 'Stalled', 'AwaitingApproval', 'AttentionRequired', 'Complete', 'Failed'] as const;

function conditionsOf({ intent, turn, now }: Observed, { ready, also }: State): Condition[] {
  const at = { now, generation: intent.metadata.generation };
  const over = also.some(({ type }) => type === 'Complete' || type === 'Failed');
  const finished: NewCondition = over
    ? { type: 'Finished', status: 'True', reason: 'Finished', message: ready.message }
    : { type: 'Finished', status: 'False', reason: 'NotFinished', message: 'It has not ended yet.' };
  const attention = conditionOf(turn?.status?.conditions, 'AttentionRequired');
  const set: NewCondition[] = [{ type: 'Ready', ...ready }, finished, ...also];
  if (attention?.status === 'True') set.push({ ...attention, type: 'AttentionRequired' });
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
