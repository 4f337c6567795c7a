import type { PipelineRun } from '../api/common.ts';
import { conditionOf, isTrue } from '../api/conditions.ts';
import type { Call, Step, Turn, TurnPhase } from '../api/turn.ts';
import { type TurnEvent, type TurnEventOf, turnEventVersion } from './turn-event.ts';

/**
 * Everything that a Turn shows to have happened, in order and with the keys of `TurnEvent`; all but tokens. Whoever sees
 * one status after the other looks at the events whose keys are new.
 */
export function turnEvents(turn: Turn): TurnEvent[] {
  const tell = teller(turn);
  const { pipelineRuns = [], usage, reply, replyTruncated, citations = [] } = turn.status ?? {};
  return [
    taken(turn),
    ...journalEvents(turn),
    ...pipelineRuns.map((run) => tell({ type: 'run_progress', key: runKey(run), run })),
    ...(usage ? [tell({ type: 'usage', key: `usage:${usage.modelCalls}.${usage.toolCalls}`, usage })] : []),
    ...troubles(turn),
    ...(reply === undefined
      ? []
      : [
          tell({
            type: 'message',
            key: 'message',
            text: reply,
            ...(replyTruncated === true && { truncated: true }),
            citations,
          }),
        ]),
    ...ending(turn),
  ];
}

/** The end of the answer in the making, for readers that see the status only. */
export function liveToken(turn: Turn): TurnEventOf<'token'> | undefined {
  const live = turn.status?.live;
  if (!live) return undefined;
  return { type: 'token', v: turnEventVersion, key: tokenKey(live), turn: turn.metadata.name, ...live };
}

export function tokenKey({ answer, offset }: { readonly answer: string; readonly offset: number }): string {
  return `token:${answer}:${offset}`;
}

/** What differs from event to event; the rest follows from the Turn. */
type Told = TurnEvent extends infer Event ? (Event extends TurnEvent ? Omit<Event, 'v' | 'turn'> : never) : never;

function teller({ metadata }: Turn) {
  return (told: Told): TurnEvent => ({ v: turnEventVersion, turn: metadata.name, ...told });
}

function taken(turn: Turn): TurnEvent {
  const { owner, text } = turn.spec;
  const phase = turn.status?.phase ?? 'Pending';
  const message = isWaiting(phase) ? reasonToWait(turn) : undefined;
  return teller(turn)({
    type: 'turn',
    key: `turn:${phase}`,
    owner: { kind: owner.kind, name: owner.name },
    text,
    phase,
    ...(message !== undefined && { message }),
  });
}

function isWaiting(phase: TurnPhase): boolean {
  return phase === 'Pending' || phase === 'Queued' || phase === 'Waiting' || phase === 'AwaitingApproval';
}

function reasonToWait({ status }: Turn): string | undefined {
  const telling = (['Stalled', 'Reconciling'] as const).find((type) => isTrue(status?.conditions, type));
  return telling && conditionOf(status?.conditions, telling)?.message;
}

/** The journal step by step: what was decided, what waits for a person, what came of it. */
function journalEvents(turn: Turn): TurnEvent[] {
  const steps = turn.status?.steps ?? [];
  const placed = steps.flatMap((step) => (step.calls ?? []).map((call) => ({ call, step })));
  const endsAt = new Map(placed.map(({ call, step }) => [call.id, lastStepOf(call, step, steps)]));
  return steps.flatMap((step) => [
    ...(step.calls ?? []).flatMap((call) => decided(turn, step, call)),
    // What was opened last comes to its end first.
    ...placed
      .filter(({ call }) => endsAt.get(call.id) === step.index)
      .sort((left, right) => right.step.index - left.step.index)
      .flatMap(({ call, step: of }) => outcomeOf(turn, of, call)),
  ]);
}

/** The step after which a call has its outcome: its own, or the last of the frame that it opened. */
function lastStepOf(call: Call, { index }: Step, steps: readonly Step[]): number {
  const inner = steps.filter((step) => step.frame === call.id);
  return Math.max(
    index,
    ...inner.flatMap((step) => [step.index, ...(step.calls ?? []).map((each) => lastStepOf(each, step, steps))]),
  );
}

function decided(turn: Turn, { agent, frame }: Step, { id, tool, arguments: args, effect }: Call): TurnEvent[] {
  const tell = teller(turn);
  const question = turn.status?.pendingApprovals?.find(({ callId }) => callId === id);
  const call = tell({ type: 'tool_call', key: `call:${id}`, agent, frame, call: id, tool, arguments: args, effect });
  if (!question) return [call];
  return [call, tell({ ...question, type: 'approval_required', key: `approval:${id}`, agent, frame })];
}

const changing: ReadonlySet<string> = new Set(['Waiting', 'AwaitingApproval', 'Started']);

function outcomeOf(turn: Turn, { agent, frame }: Step, { id, tool, outcome }: Call): TurnEvent[] {
  if (!outcome || changing.has(outcome.state)) return [];
  const { state, summary, error, result, tainted } = outcome;
  return [
    teller(turn)({
      type: 'tool_result',
      key: `result:${id}`,
      agent,
      frame,
      call: id,
      tool,
      state,
      summary,
      ...(error && { error }),
      ...(result !== undefined && { result }),
      ...(tainted !== undefined && { tainted }),
    }),
  ];
}

function runKey({ backend, name, state }: PipelineRun): string {
  return `run:${backend}/${name}:${state}`;
}

/** Reasons of Reconciling that belong to a turn that goes on as it should. */
const normal: ReadonlySet<string> = new Set([
  'Queued',
  'Suspended',
  'Thinking',
  'Waiting',
  'WaitingForRun',
  'AwaitingApproval',
]);

/** What keeps the turn from going on: something that does not answer, or that a person must put right. */
function troubles(turn: Turn): TurnEvent[] {
  const { conditions } = turn.status ?? {};
  return (['Stalled', 'Reconciling'] as const).flatMap((type) => {
    const condition = conditionOf(conditions, type);
    if (condition?.status !== 'True' || (type === 'Reconciling' && normal.has(condition.reason))) return [];
    const { reason, message } = condition;
    return [teller(turn)({ type: 'error', key: `error:${reason}`, reason, message })];
  });
}

function ending(turn: Turn): TurnEvent[] {
  const { phase, conditions } = turn.status ?? {};
  const verdict = conditionOf(conditions, 'Succeeded');
  if (!isTrue(conditions, 'Finished') || !verdict) return [];
  if (phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Cancelled') return [];
  const { reason, message } = verdict;
  return [teller(turn)({ type: 'done', key: 'done', phase, reason, message })];
}
