import type { Clock } from '../base/clock.ts';
import { RetryableError, TerminalError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { actOnCalls } from './act.ts';
import type { AgentRegistry } from './agent-registry.ts';
import type { AnswerListener } from './answer-listener.ts';
import { noHooks, type TurnHooks, type TurnMutations } from './boundaries.ts';
import { mayStart, openCalls } from './clearance.ts';
import { decideFrames } from './decide-frames.ts';
import { fitJournal, outcomesOnly } from './fit-journal.ts';
import { framesOf, settleDelegations } from './frames.ts';
import { createInventory } from './inventory.ts';
import { type Call, type CallOutcome, callsOf, isFinal, type Journal, withOutcomes } from './journal.ts';
import type { ModelChoice } from './model-choice.ts';
import { ambiguous, ended } from './outcomes.ts';
import { createOwnDecisions } from './own-decisions.ts';
import type { Stop } from './stop-conditions.ts';
import type { TurnFacts } from './turn-facts.ts';
import type { EngineParts, TurnMeter, TurnRun } from './turn-run.ts';

export interface TurnEngineOptions {
  readonly registry: AgentRegistry;
  readonly clock: Clock;
  readonly meter: TurnMeter;
  readonly hooks?: TurnHooks | undefined;
  readonly mutations?: TurnMutations | undefined;
}

export interface AdvanceRequest {
  /** As it is recorded: nothing acts on a decision that is not. */
  readonly journal: Journal;
  readonly facts: TurnFacts;
  /** From `claim`, once its journal has been recorded. */
  readonly claimed: ReadonlySet<string>;
  /** @throws TerminalError when a person must act before there is a model. */
  model(): Promise<ModelChoice>;
  /** Fires when nothing may be begun any more: the lease is lost, the process ends. */
  readonly signal: AbortSignal;
  /** Fires when the turn is cancelled: models are not waited for, calls that run already are. */
  readonly interrupt: AbortSignal;
  readonly log: Log;
  /** Hears what models say, for display. */
  readonly answers?: AnswerListener | undefined;
}

export interface Advance {
  /** To be recorded by compare-and-swap before the next advance; the request's own when nothing has changed. */
  readonly journal: Journal;
  /** Why each call that waits for a person does so, by call id. */
  readonly questions: ReadonlyMap<string, string>;
  readonly next: Next;
}

export type Next =
  | { readonly kind: 'again' }
  /** Nothing to do until then, unless a run or an approval changes. */
  | { readonly kind: 'waiting'; readonly until: Date }
  | { readonly kind: 'answered'; readonly reply: string }
  | ({ readonly kind: 'failed' } & Stop)
  /** Only time helps. */
  | { readonly kind: 'retry'; readonly about: 'model' | 'tool'; readonly error: RetryableError }
  /** A person must act. */
  | { readonly kind: 'stalled'; readonly error: TerminalError }
  /** A mistake of our own; what could be recorded is in the journal. */
  | { readonly kind: 'broken'; readonly error: unknown };

/** The durable step: acts on recorded decisions, asks the model once per frame, and leaves the recording to its caller. */
export interface TurnEngine {
  /**
   * External calls that are ready, marked as Started. Only who records this journal may carry them out, and only in the
   * advance that follows: whoever finds them Started later must not.
   */
  claim(request: Omit<AdvanceRequest, 'claimed'>): { readonly journal: Journal; readonly claimed: ReadonlySet<string> };
  advance(request: AdvanceRequest): Promise<Advance>;
}

export function createTurnEngine(options: TurnEngineOptions): TurnEngine {
  const { registry, clock, meter, hooks = noHooks, mutations = {} } = options;
  const parts: EngineParts = {
    registry,
    clock,
    meter,
    hooks,
    mutations,
    readInventory: createInventory(registry, clock),
    ownDecisions: createOwnDecisions(clock),
  };
  return {
    claim: (request) => claim(request.journal, runOf(parts, { ...request, claimed: new Set() })),
    advance: async (request) => {
      const run = runOf(parts, request);
      const acted = await actOnCalls(settled(request.journal, run), run);
      const advanced = await decideUnlessBroken(acted, run);
      return fitted(request, advanced);
    },
  };
}

function runOf(parts: EngineParts, request: AdvanceRequest): TurnRun {
  const { facts, signal, interrupt, log, claimed, answers } = request;
  const replies = (agent: string, name: string) =>
    parts.registry.agent(agent)?.tools.find((tool) => tool.name === name)?.replies === true;
  const rules = { firstAgent: facts.agent, replies };
  return { ...parts, facts, rules, signal, interrupt, log, claimed, answers, model: () => request.model() };
}

function settled(journal: Journal, run: TurnRun): Journal {
  return settleDelegations(journal, run.rules, run.clock.now());
}

function claim(journal: Journal, run: TurnRun) {
  const ready = callsOf(journal).some((call) => call.effect === 'external' && !isFinal(call))
    ? openCalls(journal, run).filter((open) => mayStart(open, run))
    : [];
  const started = ({ call }: { call: Call }): [string, CallOutcome] => [
    call.id,
    { state: 'Started', summary: `${call.tool} has been begun.` },
  ];
  return {
    journal: withOutcomes(journal, new Map(ready.map(started))),
    claimed: new Set(ready.map(({ call }) => call.id)),
  };
}

type Acted = Awaited<ReturnType<typeof actOnCalls>>;

async function decideUnlessBroken(acted: Acted, run: TurnRun): Promise<Advance> {
  const { questions, troubles } = acted;
  const broken = troubles.find((error) => !(error instanceof RetryableError));
  if (broken !== undefined) return { journal: acted.journal, questions, next: { kind: 'broken', error: broken } };

  const decided = await decideFrames(acted.journal, run);
  if (decided.end) return { journal: decided.journal, questions, next: decided.end };
  const trouble = decided.trouble ?? troubles[0];
  if (trouble !== undefined) {
    const about = decided.trouble === undefined ? 'tool' : 'model';
    return { journal: decided.journal, questions, next: nextAfter(trouble, about) };
  }
  return { journal: decided.journal, questions, next: nextOf(decided.journal, run) };
}

function nextAfter(trouble: unknown, about: 'model' | 'tool'): Next {
  if (trouble instanceof RetryableError) return { kind: 'retry', about, error: trouble };
  if (trouble instanceof TerminalError) return { kind: 'stalled', error: trouble };
  return { kind: 'broken', error: trouble };
}

function nextOf(journal: Journal, run: TurnRun): Next {
  const open = journal.steps.flatMap(({ decidedAt, calls = [] }) =>
    calls.filter((call) => call.effect !== 'delegate' && !isFinal(call)).map((call) => ({ ...call, decidedAt })),
  );
  const isIdle = open.every((call) => call.outcome !== undefined);
  const isReady = framesOf(journal, run.rules).some((frame) => frame.state === 'ready');
  if (isReady || !isIdle) return { kind: 'again' };
  const now = run.clock.now().getTime();
  const times = open.flatMap(({ outcome, decidedAt }) => [
    ...(outcome?.deadline === undefined ? [] : [Date.parse(outcome.deadline)]),
    ...(outcome?.waitingFor === undefined
      ? []
      : [now + recheckAfterMs[outcome.waitingFor.backend](now - Date.parse(decidedAt))]),
  ]);
  return { kind: 'waiting', until: new Date(Math.min(run.facts.deadline.getTime(), ...times)) };
}

/**
 * Changes of PipelineRuns are watched, so looking at them is only a safety net. Runs of Kubeflow Pipelines are polled: the
 * longer the wait has lasted, the less often.
 */
const recheckAfterMs = {
  tekton: () => 60_000,
  kfp: (waitedMs: number) => Math.min(30_000, Math.max(2_000, waitedMs / 8)),
} as const;

function fitted({ journal: recorded, facts }: AdvanceRequest, advance: Advance): Advance {
  const journal = fitJournal(recorded, advance.journal, facts.journalBytes);
  if (journal) return { ...advance, journal };
  const message = `The journal of this turn would outgrow its object; ask for less at once, in a new message.`;
  return {
    ...advance,
    journal: outcomesOnly(recorded, advance.journal),
    next: { kind: 'failed', reason: 'HistoryTooLarge', message },
  };
}

/** The journal of a turn that ends now, whatever was still open: nothing is begun any more. */
export function closeJournal(journal: Journal, why: string, now: Date): Journal {
  const open = callsOf(journal).filter((call) => !isFinal(call));
  const outcomeOf = (call: Call): CallOutcome =>
    call.outcome?.state === 'Started'
      ? ambiguous(call, now)
      : ended(
          'Cancelled',
          { code: 'Cancelled', message: `The turn ended before ${call.tool} had an outcome: ${why}` },
          now,
        );
  return withOutcomes(journal, new Map(open.map((call) => [call.id, outcomeOf(call)])));
}
