import type { Condition, UsageTotals } from '../../api/common.ts';
import { conditionOf, isTrue, type NewCondition, withCondition, withoutCondition } from '../../api/conditions.ts';
import type { ConversationPhase, ConversationStatus, TurnSummary } from '../../api/conversation.ts';
import { pendingApprovalsOf } from '../../api/pending-approvals.ts';
import { isFinished, lastEnded, type Observed, type ObservedTurn, trueCondition, uncounted } from './observed.ts';
import type { AnswerPlan } from './plan.ts';

const listedTurns = 10;
/** Of the listed turns; the rest are the newest finished ones. */
const listedUnfinished = 4;
const listedRuns = 32;
const summaryCharacters = 8_192;

export function conversationStatus(observed: Observed, plan: AnswerPlan): ConversationStatus {
  const { conversation, turns } = observed;
  const before = conversation.status ?? {};
  const fresh = uncounted(observed);
  const state = stateOf(observed, plan);
  const replied = lastEnded(turns.filter((entry) => entry.turn.status?.reply !== undefined));

  return {
    ...before,
    observedGeneration: conversation.metadata.generation,
    phase: state.phase,
    conditions: conditionsOf(observed, plan, state),
    ...(replied ? replyOf(replied) : {}),
    pendingApprovals: pendingApprovalsOf(turns.find((entry) => !isFinished(entry))?.turn),
    turns: listed(turns),
    turnCount: (before.turnCount ?? 0) + fresh.length,
    answered: [...plan.answered],
    pipelineRuns: observed.runs.slice(0, listedRuns),
    usage: fresh.reduce((sum, { turn }) => added(sum, turn.status?.usage), before.usage ?? nothingUsed),
    tainted: before.tainted === true || turns.some(({ turn }) => turn.status?.tainted === true),
    summary: withPruned(before.summary, plan.prune),
  };
}

/**
 * What programs and people must learn at once. The rest is progress: it may wait a moment, and is never written when
 * the turn ends meanwhile.
 */
export function milestones(status: ConversationStatus | undefined): unknown {
  const conditions = (['Stalled', 'AwaitingApproval', 'AttentionRequired'] as const).map((type) =>
    isTrue(status?.conditions, type),
  );
  const ended = (status?.pipelineRuns ?? []).filter((run) => run.finishedAt !== undefined).map((run) => run.name);
  const asked = status?.pendingApprovals?.map(({ callId }) => callId);
  return [conditions, asked, ended, status?.turnCount ?? 0, status?.phase === 'Suspended', status?.tainted ?? false];
}

interface State {
  readonly phase: ConversationPhase;
  readonly ready: Pick<NewCondition, 'status' | 'reason' | 'message'>;
  readonly is: 'normal' | 'reconciling' | 'stalled';
}

const reconciling = (phase: ConversationPhase, reason: string, message: string): State => ({
  phase,
  ready: { status: 'False', reason, message },
  is: 'reconciling',
});

function stateOf(observed: Observed, plan: AnswerPlan): State {
  const active = observed.turns.find((entry) => !isFinished(entry));
  const pending = active !== undefined || observed.messages.length > answeredCount(plan);
  if (observed.conversation.spec.suspend) return suspended(pending);
  if (active) return activeState(active);
  if (pending) return reconciling('Pending', 'Pending', 'The next message is about to be taken up.');
  return idle(lastEnded(observed.turns));
}

function idle(last: ObservedTurn | undefined): State {
  if (last?.turn.status?.phase === 'Failed') {
    const why = conditionOf(last.turn.status.conditions, 'Succeeded');
    const { reason, message } = why ?? { reason: 'Failed', message: 'The last turn failed.' };
    return { phase: 'Failed', ready: { status: 'False', reason, message }, is: 'stalled' };
  }
  const message = 'Every message is answered; add one to spec.messages or create a Turn to go on.';
  return { phase: 'Idle', ready: { status: 'True', reason: 'WaitingForInput', message }, is: 'normal' };
}

function suspended(pending: boolean): State {
  const message = 'spec.suspend is true: nothing new is begun; set it to false to go on.';
  return {
    phase: 'Suspended',
    ready: { status: pending ? 'False' : 'True', reason: 'Suspended', message },
    is: pending ? 'reconciling' : 'normal',
  };
}

function activeState(active: ObservedTurn): State {
  const stalled = trueCondition(active, 'Stalled');
  if (stalled) {
    const { reason, message } = stalled;
    return { phase: 'Failed', ready: { status: 'False', reason, message }, is: 'stalled' };
  }
  const approval = trueCondition(active, 'AwaitingApproval');
  if (approval) return reconciling('AwaitingApproval', 'AwaitingApproval', approval.message);

  const phase = activePhase(active.turn.status?.phase);
  const message = `Turn ${active.turn.metadata.name} is being answered.`;
  const about = trueCondition(active, 'Reconciling') ?? { reason: phase, message };
  return reconciling(phase, about.reason, about.message);
}

function activePhase(phase: string | undefined): ConversationPhase {
  return phase === 'Waiting' || phase === 'Thinking' ? phase : 'Pending';
}

const abnormalTypes = ['Reconciling', 'Stalled', 'AwaitingApproval', 'AttentionRequired'] as const;

function conditionsOf(observed: Observed, plan: AnswerPlan, state: State): Condition[] {
  const at = { now: observed.now, generation: observed.conversation.metadata.generation };
  const abnormal = abnormalOf(observed, state);
  const lasting = abnormalTypes
    .filter((type) => !abnormal.some((condition) => condition.type === type))
    .reduce<readonly Condition[]>(withoutCondition, observed.conversation.status?.conditions ?? []);
  const set: NewCondition[] = [{ type: 'Ready', ...state.ready }, finishedOf(observed, plan), ...abnormal];
  return set.reduce<Condition[]>((conditions, condition) => withCondition(conditions, condition, at), [...lasting]);
}

function abnormalOf(observed: Observed, { ready, is, phase }: State): NewCondition[] {
  const abnormal: NewCondition[] = [];
  if (is === 'reconciling') abnormal.push({ ...ready, type: 'Reconciling', status: 'True' });
  if (is === 'stalled') abnormal.push({ ...ready, type: 'Stalled', status: 'True' });
  if (phase === 'AwaitingApproval') abnormal.push({ ...ready, type: 'AwaitingApproval', status: 'True' });
  const attention = trueCondition(lastEnded(observed.turns), 'AttentionRequired');
  if (attention) abnormal.push({ ...attention, type: 'AttentionRequired' });
  return abnormal;
}

function finishedOf(observed: Observed, plan: AnswerPlan): NewCondition {
  return observed.messages.length === answeredCount(plan)
    ? { type: 'Finished', status: 'True', reason: 'Answered', message: 'Every declared message has a finished Turn.' }
    : { type: 'Finished', status: 'False', reason: 'NotAnswered', message: 'A declared message is not answered yet.' };
}

function answeredCount(plan: AnswerPlan): number {
  return plan.answered.filter((digest) => digest !== '').length;
}

function replyOf({ turn, preview }: ObservedTurn): Pick<ConversationStatus, 'reply' | 'preview'> {
  const citations = turn.status?.citations;
  const reply = { turn: turn.metadata.name, text: turn.status?.reply ?? '', ...(citations ? { citations } : {}) };
  const line = preview.reply ?? '';
  return { reply, preview: line.length <= 60 ? line : `${line.slice(0, 59)}…` };
}

/** Newest last, so that a list in a terminal ends with what goes on now. */
function listed(turns: readonly ObservedTurn[]): TurnSummary[] {
  const next = turns.filter((entry) => !isFinished(entry)).slice(0, listedUnfinished);
  const finished = turns.filter(isFinished).slice(next.length - listedTurns);
  return [...finished, ...next].map(({ turn, digest, declared, preview }) => ({
    name: turn.metadata.name,
    index: declared ? turn.spec.index : -1,
    textDigest: digest,
    phase: turn.status?.phase ?? 'Pending',
    ...preview,
    startedAt: turn.status?.startedAt,
    finishedAt: turn.status?.finishedAt,
  }));
}

const nothingUsed: UsageTotals = { inputTokens: 0, outputTokens: 0, modelCalls: 0, toolCalls: 0 };

function added(sum: UsageTotals, more: UsageTotals = nothingUsed): UsageTotals {
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    modelCalls: sum.modelCalls + more.modelCalls,
    toolCalls: sum.toolCalls + more.toolCalls,
  };
}

/** One line for each turn that leaves the history, written before it is deleted; the oldest lines give way. */
function withPruned(summary: string | undefined, pruned: readonly ObservedTurn[]): string | undefined {
  const known = summary ?? '';
  const lines = pruned
    .filter(({ turn }) => !known.includes(`${turn.metadata.name}: `))
    .map(({ turn, preview }) => `${turn.metadata.name}: ${preview.text} → ${preview.reply ?? 'no reply'}`);
  if (lines.length === 0) return summary;
  const all = [...(known === '' ? [] : known.split('\n')), ...lines];
  while (all.join('\n').length > summaryCharacters) all.shift();
  return all.join('\n');
}
