import type { Citation, Condition, PipelineRun, UsageTotals } from '../../api/common.ts';
import { sizeLimits } from '../../api/common.ts';
import { type NewCondition, withCondition, withoutCondition } from '../../api/conditions.ts';
import { apiVersion, kinds } from '../../api/group.ts';
import type { PendingApproval, Step, Turn, TurnPhase, TurnStatus } from '../../api/turn.ts';
import type { TurnStream } from '../../api/turn-stream.ts';

/** What a reconcile came to: the journal as it shall be recorded, and where the turn stands. */
export interface Progress {
  readonly journal: {
    readonly steps: readonly Step[];
    readonly runs: readonly PipelineRun[];
    readonly citations: readonly Citation[];
    readonly tainted: boolean;
  };
  readonly usage: UsageTotals;
  /** Why each call that waits for a person does so, by call id. */
  readonly questions: ReadonlyMap<string, string>;
  readonly state: State;
}

export type State =
  | { readonly kind: 'held'; readonly reason: 'Suspended' | 'Queued'; readonly message: string }
  | { readonly kind: 'thinking' }
  | { readonly kind: 'waiting' }
  /** It will be tried again; `reason` says what does not answer. */
  | { readonly kind: 'retrying'; readonly reason: string; readonly message: string }
  /** A person must act; it then goes on by itself. */
  | { readonly kind: 'stalled'; readonly reason: string; readonly message: string }
  | { readonly kind: 'answered'; readonly reply: string }
  | { readonly kind: 'failed' | 'cancelled'; readonly reason: string; readonly message: string };

export interface StatusContext {
  readonly now: Date;
  readonly epoch: number;
  /** Where the events of turns can be read; absent where no server shows them. */
  readonly stream?: TurnStream | undefined;
}

export function turnStatus(turn: Turn, progress: Progress, { now, epoch, stream }: StatusContext): TurnStatus {
  const { state, journal } = progress;
  const pendingApprovals = hasEnded(state) ? [] : pendingApprovalsOf(turn, journal.steps, progress.questions);
  const at = timestampOf(now);
  return withoutAbsent({
    observedGeneration: turn.metadata.generation,
    phase: phaseOf(state, pendingApprovals.length > 0, turn.status?.phase),
    // Without election there is no epoch of ours, and what is recorded never falls.
    epoch: epoch === 0 ? (turn.status?.epoch ?? 0) : epoch,
    startedAt: turn.status?.startedAt ?? (state.kind === 'held' ? undefined : at),
    finishedAt: hasEnded(state) ? at : undefined,
    pendingApprovals: filled(pendingApprovals),
    ...streamStatus(turn, state, stream),
    ...journalStatus(progress),
    ...replyStatus(state),
    conditions: conditionsOf(turn, progress, { now, asks: pendingApprovals.map(({ tool }) => tool) }),
  });
}

/** For whoever follows the turn; nothing happens any more when it has ended. */
function streamStatus({ spec }: Turn, state: State, stream: TurnStream | undefined): TurnStatus {
  return hasEnded(state) || spec.streamKeySHA256 === undefined ? {} : { stream };
}

function journalStatus({ journal, usage }: Progress): TurnStatus {
  return {
    steps: filled(journal.steps),
    pipelineRuns: filled(journal.runs),
    citations: filled(journal.citations),
    usage: usage.modelCalls > 0 ? usage : undefined,
    tainted: journal.tainted || undefined,
  };
}

function replyStatus(state: State): TurnStatus {
  if (state.kind !== 'answered') return {};
  const reply = state.reply.slice(0, sizeLimits.replyCharacters);
  return { reply, replyTruncated: reply.length === sizeLimits.replyCharacters || undefined };
}

function filled<T>(list: readonly T[]): T[] | undefined {
  return list.length === 0 ? undefined : [...list];
}

/** As the API server stores it, so that an unchanged status is recognised. */
function withoutAbsent(status: TurnStatus): TurnStatus {
  return Object.fromEntries(Object.entries(status).filter(([, value]) => value !== undefined));
}

type EndState = Extract<State, { kind: 'answered' | 'failed' | 'cancelled' }>;

function hasEnded(state: State): state is EndState {
  return state.kind === 'answered' || state.kind === 'failed' || state.kind === 'cancelled';
}

const phases = {
  thinking: 'Thinking',
  waiting: 'Waiting',
  retrying: 'Waiting',
  stalled: 'Waiting',
  answered: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Record<Exclude<State['kind'], 'held'>, TurnPhase>;

function phaseOf(state: State, asks: boolean, before: TurnPhase | undefined): TurnPhase {
  if (state.kind === 'held') return state.reason === 'Queued' ? 'Queued' : (before ?? 'Pending');
  return state.kind === 'waiting' && asks ? 'AwaitingApproval' : phases[state.kind];
}

/** Conditions that speak of a deviation; they are absent when all is normal. */
const deviations = ['Reconciling', 'Stalled', 'AwaitingApproval', 'AttentionRequired'] as const;

function conditionsOf(
  turn: Turn,
  progress: Progress,
  { now, asks }: { now: Date; asks: readonly string[] },
): Condition[] {
  const at = { now, generation: turn.metadata.generation };
  const set = [...outcomeConditions(progress.state), ...deviationsOf(progress, asks)];
  const gone = deviations.filter((type) => !set.some((condition) => condition.type === type));
  const kept = gone.reduce<readonly Condition[]>(withoutCondition, turn.status?.conditions ?? []);
  return set.reduce<readonly Condition[]>(
    (conditions, condition) => withCondition(conditions, condition, at),
    kept,
  ) as Condition[];
}

function outcomeConditions(state: State): NewCondition[] {
  if (!hasEnded(state)) {
    const message = 'It has not ended yet.';
    return [
      { type: 'Succeeded', status: 'Unknown', reason: 'NotFinished', message },
      { type: 'Finished', status: 'False', reason: 'NotFinished', message },
    ];
  }
  const isAnswered = state.kind === 'answered';
  const { reason, message } = isAnswered ? { reason: 'Succeeded', message: 'It ended with an answer.' } : state;
  return [
    { type: 'Succeeded', status: isAnswered ? 'True' : 'False', reason, message },
    { type: 'Finished', status: 'True', reason: 'Finished', message },
  ];
}

function deviationsOf({ journal, state }: Progress, asks: readonly string[]): NewCondition[] {
  const about = asks.join(', ');
  const isAsking = asks.length > 0 && !hasEnded(state);
  return [
    ...(hasEnded(state) ? [] : [goingOn(state, { isAsking, about, steps: journal.steps })]),
    ...(isAsking
      ? [
          condition(
            'AwaitingApproval',
            'AwaitingApproval',
            `A person decides about ${about}; see status.pendingApprovals.`,
          ),
        ]
      : []),
    ...ambiguous(journal.steps),
  ];
}

function goingOn(
  state: Exclude<State, EndState>,
  { isAsking, about, steps }: { isAsking: boolean; about: string; steps: readonly Step[] },
): NewCondition {
  switch (state.kind) {
    case 'held':
    case 'retrying':
      return condition('Reconciling', state.reason, state.message);
    case 'stalled':
      return condition('Stalled', state.reason, state.message);
    case 'thinking':
      return condition('Reconciling', 'Thinking', 'A model is deciding what to do next.');
    case 'waiting':
      if (!isAsking) return waitingCondition(steps);
      return condition('Reconciling', 'AwaitingApproval', `Waits for a person to decide about ${about}.`);
  }
}

function waitingCondition(steps: readonly Step[]): NewCondition {
  const waits = steps
    .flatMap((step) => step.calls ?? [])
    .flatMap(({ outcome }) => (outcome?.state === 'Waiting' ? outcome : []));
  const isForRun = waits.some((outcome) => outcome.waitingFor !== undefined);
  return condition(
    'Reconciling',
    isForRun ? 'WaitingForRun' : 'Waiting',
    waits.map(({ summary }) => summary).join(' '),
  );
}

function ambiguous(steps: readonly Step[]): NewCondition[] {
  const calls = steps.flatMap((step) => step.calls ?? []).filter((call) => call.outcome?.state === 'Ambiguous');
  if (calls.length === 0) return [];
  const names = calls.map((call) => `${call.tool} (call ${call.id})`).join(', ');
  const message = `It is not known whether ${names} took effect; look, and do it by hand if it did not.`;
  return [condition('AttentionRequired', 'AmbiguousEffect', message)];
}

function condition(type: NewCondition['type'], reason: string, message: string): NewCondition {
  return { type, status: 'True', reason, message };
}

function timestampOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

const shownArguments = 4_096;
const shownSummary = 1_024;

/** The questions that wait for a person, each with an Approval that is ready to be applied. */
function pendingApprovalsOf(
  turn: Turn,
  steps: readonly Step[],
  questions: ReadonlyMap<string, string>,
): PendingApproval[] {
  const known = new Map((turn.status?.pendingApprovals ?? []).map((pending) => [pending.callId, pending.reason]));
  return steps.flatMap((step) =>
    (step.calls ?? []).flatMap((call) => {
      if (call.outcome?.state !== 'AwaitingApproval') return [];
      return [
        {
          callId: call.id,
          agent: step.agent,
          tool: call.tool,
          arguments: call.arguments.slice(0, shownArguments),
          argumentsDigest: call.argumentsDigest,
          reason: questions.get(call.id) ?? known.get(call.id) ?? 'PolicyRule',
          summary: call.outcome.summary.slice(0, shownSummary),
          expiresAt: call.outcome.deadline ?? '',
          manifest: manifestOf(turn, call),
        },
      ];
    }),
  );
}

function manifestOf({ metadata }: Turn, call: { id: string; argumentsDigest: string }): string {
  return [
    `apiVersion: ${apiVersion}`,
    `kind: ${kinds.approval.kind}`,
    'metadata:',
    `  name: ${metadata.name}-${call.id.replace('.', '-')}`,
    `  namespace: ${metadata.namespace}`,
    'spec:',
    `  turn: {name: ${metadata.name}, uid: ${metadata.uid}}`,
    `  callId: "${call.id}"`,
    `  argumentsDigest: ${call.argumentsDigest}`,
    '  decision: Approve # or Deny, with a reason',
    '',
  ].join('\n');
}
