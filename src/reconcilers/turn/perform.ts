import type { Turn, TurnStatus } from '../../api/turn.ts';
import { TerminalError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { KubeApiError } from '../../kube/errors.ts';
import type { AnswerListener } from '../../turns/answer-listener.ts';
import { emptyJournal, type Journal, usageOf } from '../../turns/journal.ts';
import type { ModelChoice } from '../../turns/model-choice.ts';
import { type AdvanceRequest, closeJournal, type Next, type TurnEngine } from '../../turns/turn-engine.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { turnFacts } from './facts.ts';
import { type Observed, timeoutMs } from './observed.ts';
import { deadlineExceeded, type Plan } from './plan.ts';
import { showingThought } from './show-thought.ts';
import { type Progress, type State, turnStatus } from './status.ts';
import { recordStatus } from './turn-writer.ts';

export interface PerformContext {
  readonly engine: TurnEngine;
  readonly dependencies: TurnReconcilerDependencies;
  readonly log: Log;
  /** Nothing may be begun once it has fired. */
  readonly signal: AbortSignal;
  /** Fires when the turn is cancelled or its owner deleted. */
  readonly interrupt: AbortSignal;
}

export interface Performed {
  /** As it is recorded now: the base of the next write. */
  readonly turn: Turn;
  readonly progress: Progress;
  readonly next: Next | { readonly kind: 'ended' } | { readonly kind: 'held' };
}

/** One step of the plan: at most the calls that are recorded and one model call per frame. */
export function perform(
  plan: Exclude<Plan, { kind: 'nothing' }>,
  observed: Observed,
  context: PerformContext,
): Promise<Performed> {
  switch (plan.kind) {
    case 'hold': {
      const { reason, message } = plan;
      const progress = progressOf(journalOf(observed.turn), { kind: 'held', reason, message });
      return Promise.resolve({ turn: observed.turn, progress, next: { kind: 'held' } });
    }
    case 'stop':
      return Promise.resolve(stopped(observed.turn, { plan, journal: journalOf(observed.turn), now: observed.now }));
    case 'advance':
      return advance(plan, observed, context);
  }
}

async function advance(
  { deadline }: Extract<Plan, { kind: 'advance' }>,
  observed: Observed,
  context: PerformContext,
): Promise<Performed> {
  const { owner, turn } = observed;
  const { dependencies, engine, log, signal, interrupt } = context;
  if (!owner) throw new Error('a turn without an owner is never advanced');
  const namespace = turn.metadata.namespace;
  const configName = owner.object.spec.configRef?.name;
  const settings = dependencies.policyFor(namespace, configName);
  const facts = turnFacts({ observed, owner, settings, deadline });
  const model = () => modelOrError(dependencies, namespace, configName);
  const answers = answerListener(turn, dependencies);
  const request = { journal: journalOf(turn), facts, model, signal, interrupt, log, answers };

  const claimed = await claim(turn, request, context);
  const thinking = (current: Turn) => thinkingStatus(current, dependencies);
  const advanced = await showingThought(claimed.turn, { ...context, thinking }, () =>
    engine.advance({ ...request, journal: journalOf(claimed.turn), claimed: claimed.ids }),
  );
  const { journal, questions, next } = advanced.value;
  const { now, stop } = interruptionOf(observed, { next, deadline, context });
  if (stop) return stopped(advanced.turn, { plan: stop, journal, now });
  return {
    turn: advanced.turn,
    progress: progressOf(finalJournal(journal, next, now), stateOf(next), questions),
    next,
  };
}

/** The journal as a turn that ends leaves it: no open calls, and of the sources those that its reply names. */
function finalJournal(journal: Journal, next: Next, now: Date): Journal {
  if (next.kind === 'failed') return closeJournal(journal, next.message, now);
  if (next.kind !== 'answered') return journal;
  const cited = journal.citations.filter(({ n }) => next.reply.includes(`[${n}]`));
  return cited.length === 0 ? journal : { ...journal, citations: cited };
}

/** Marks external calls as Started before they are carried out; nobody else may carry them out then. */
async function claim(
  turn: Turn,
  request: Omit<AdvanceRequest, 'claimed'>,
  { engine, dependencies }: PerformContext,
): Promise<{ turn: Turn; ids: ReadonlySet<string> }> {
  const { journal, claimed } = engine.claim(request);
  if (claimed.size === 0) return { turn, ids: claimed };
  const { hooks } = dependencies;
  await hooks?.boundary('before-claim');
  const status = thinkingStatus(turn, dependencies, journal);
  const recorded = await recordStatus(turn, status, dependencies);
  await hooks?.boundary('after-claim');
  return { turn: recorded, ids: claimed };
}

function thinkingStatus(turn: Turn, dependencies: TurnReconcilerDependencies, journal = journalOf(turn)): TurnStatus {
  return turnStatus(turn, progressOf(journal, { kind: 'thinking' }), statusContext(dependencies));
}

function answerListener(turn: Turn, { live }: TurnReconcilerDependencies): AnswerListener | undefined {
  return live && { begin: (source) => live.answering(turn, source) };
}

async function modelOrError(
  dependencies: TurnReconcilerDependencies,
  namespace: string,
  configName: string | undefined,
): Promise<ModelChoice> {
  const choice = await dependencies.modelFor(namespace, configName);
  if ('notReady' in choice) throw new TerminalError(choice.notReady, choice.message);
  return choice;
}

type Stop = Extract<Plan, { kind: 'stop' }>;

/** What came up while a step was being taken: it is told at once, with whatever the step has brought. */
function interruptionOf(
  { owner }: Observed,
  { next, deadline, context }: { next: Next; deadline: Date; context: PerformContext },
): { now: Date; stop?: Stop } {
  const now = context.dependencies.clock.now();
  if (next.kind === 'answered' || next.kind === 'failed') return { now };
  if (context.interrupt.aborted) {
    return {
      now,
      stop: { kind: 'stop', reason: 'Cancelled', message: 'It was cancelled, or its owner is being deleted.' },
    };
  }
  if (owner && now >= deadline) return { now, stop: deadlineExceeded(timeoutMs(owner)) };
  return { now };
}

function stopped(turn: Turn, { plan, journal, now }: { plan: Stop; journal: Journal; now: Date }): Performed {
  const { reason, message } = plan;
  const kind = reason === 'DeadlineExceeded' ? 'failed' : 'cancelled';
  const progress = progressOf(closeJournal(journal, message, now), { kind, reason, message });
  return { turn, progress, next: { kind: 'ended' } };
}

function journalOf({ status }: Turn): Journal {
  if (!status) return emptyJournal;
  const { steps = [], pipelineRuns: runs = [], citations = [], tainted = false } = status;
  return { steps, runs, citations, tainted };
}

function progressOf(journal: Journal, state: State, questions: ReadonlyMap<string, string> = new Map()): Progress {
  return { journal, usage: usageOf(journal), questions, state };
}

export function statusContext({ clock, epoch, live }: Pick<TurnReconcilerDependencies, 'clock' | 'epoch' | 'live'>) {
  return { now: clock.now(), epoch: epoch(), stream: live?.address() };
}

function stateOf(next: Next): State {
  switch (next.kind) {
    case 'again':
      return { kind: 'thinking' };
    case 'waiting':
      return { kind: 'waiting' };
    case 'answered':
      return next;
    case 'failed':
      return { kind: 'failed', reason: next.reason, message: next.message };
    case 'retry': {
      const reason = next.about === 'model' ? 'ModelUnavailable' : next.error.reason;
      return { kind: 'retrying', reason, message: `${next.error.message}. It is tried again.` };
    }
    case 'stalled':
      return {
        kind: 'stalled',
        reason: next.error.reason,
        message: next.error.message,
      };
    case 'broken': {
      if (next.error instanceof KubeApiError) {
        const message = `The API server did not do what was needed: ${next.error.message}. It is tried again.`;
        return { kind: 'retrying', reason: 'Unavailable', message };
      }
      const message =
        'A mistake in Swarm itself keeps this turn from going on; the log of the operator has the details.';
      return { kind: 'retrying', reason: 'InternalError', message };
    }
  }
}
