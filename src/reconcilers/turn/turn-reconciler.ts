import type { Turn } from '../../api/turn.ts';
import type { ReconcileContext, Reconciler } from '../../operator/reconciler.ts';
import { again, later, type ObjectKey, type Outcome, settled } from '../../operator/reconciler.ts';
import { keyOf, nameOf } from '../../operator/object-key.ts';
import type { Source } from '../../operator/swarm-operator.ts';
import { createTurnEngine } from '../../turns/turn-engine.ts';
import { announce } from './announce.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { TurnObserver } from './observe.ts';
import { isFinished, type Observed } from './observed.ts';
import { Pauses } from './pauses.ts';
import { perform, type Performed, statusContext } from './perform.ts';
import { type Plan, planTurn } from './plan.ts';
import { turnStatus } from './status.ts';
import { turnMeter } from './turn-meter.ts';
import { turnSources } from './turn-sources.ts';
import { JournalConflict, recordStatus } from './turn-writer.ts';
import { TurnSlots } from './turn-slots.ts';
import { markApprovals } from './used-approvals.ts';

export interface TurnReconciler extends Reconciler {
  /** What must lead to a reconcile; `pipelineRun` where the cluster serves them. */
  readonly sources: readonly Source[];
  /** Workers that let every free place be used and those who wait be told: more than there are places. */
  readonly concurrency: number;
}

/** A turn that waits in line is shown as Queued once it has waited this long. */
const showQueuedAfterMs = 2_000;

export function createTurnReconciler(dependencies: TurnReconcilerDependencies): TurnReconciler {
  const state: ReconcilerState = {
    dependencies,
    engine: createTurnEngine({
      registry: dependencies.agents,
      clock: dependencies.clock,
      meter: turnMeter(dependencies.metrics),
      hooks: dependencies.hooks,
      mutations: dependencies.mutations,
    }),
    observer: new TurnObserver(dependencies),
    slots: new TurnSlots(dependencies.maxConcurrentTurns, (key) => {
      dependencies.enqueue(key);
    }),
    pauses: new Pauses(dependencies.clock, dependencies.random),
    running: new Map(),
  };
  return {
    name: 'turn',
    concurrency: dependencies.maxConcurrentTurns + 16,
    sources: turnSources(dependencies, {
      interrupt: (key) => state.running.get(key)?.abort(),
      resume: (key) => {
        state.pauses.end(key);
      },
    }),
    reconcile: (key, context) => reconcileInPlace(key, context, state),
  };
}

interface ReconcilerState {
  readonly dependencies: TurnReconcilerDependencies;
  readonly engine: ReturnType<typeof createTurnEngine>;
  readonly observer: TurnObserver;
  readonly slots: TurnSlots;
  readonly pauses: Pauses;
  /** To break off the model calls of turns that are cancelled. */
  readonly running: Map<ObjectKey, AbortController>;
}

type TurnContext = ReconcileContext & { readonly key: ObjectKey; readonly interrupt: AbortSignal };

/** A place is kept from one step to the next; turns that wait for something take none. */
async function reconcileInPlace(key: ObjectKey, context: ReconcileContext, state: ReconcilerState): Promise<Outcome> {
  const interrupt = new AbortController();
  state.running.set(key, interrupt);
  let keepsPlace = false;
  try {
    const outcome = await reconcile({ ...context, key, interrupt: interrupt.signal }, state);
    keepsPlace = outcome.kind === 'again';
    return outcome;
  } finally {
    state.running.delete(key);
    if (!keepsPlace) state.slots.leave(key);
  }
}

async function reconcile(context: TurnContext, state: ReconcilerState): Promise<Outcome> {
  const { dependencies, observer, pauses } = state;
  const observed = await observer.observe(context.key);
  await dependencies.hooks?.boundary('observed');
  if (observed) await markApprovals(observed, dependencies);
  const plan = observed && planTurn(observed);
  show(context.key, observed, dependencies);
  if (!plan || plan.kind === 'nothing') {
    pauses.end(context.key);
    return settled;
  }
  return plan.kind === 'advance'
    ? advanceInTurn(plan, observed, { ...context, state })
    : follow(plan, observed, { ...context, state });
}

function show(key: ObjectKey, observed: Observed | undefined, { live }: TurnReconcilerDependencies): void {
  if (observed) live?.recorded(observed.turn);
  else live?.gone(nameOf(key));
}

type StepContext = TurnContext & { readonly state: ReconcilerState };

/** Where nothing forbids it: a pause after trouble, or more turns at work than there are places. */
function advanceInTurn(plan: Extract<Plan, { kind: 'advance' }>, observed: Observed, context: StepContext) {
  const { pauses, slots } = context.state;
  const pauseMs = pauses.remainingMs(context.key);
  if (pauseMs > 0) return later(pauseMs);
  if (slots.enter(context.key)) return takeStep(plan, observed, context);
  const message = 'Waits for a free place among the turns at work.';
  return follow({ kind: 'hold', reason: 'Queued', message }, observed, context);
}

/** Turns that are held for a moment only are not written about. */
function follow(plan: Exclude<Plan, { kind: 'nothing' | 'advance' }>, observed: Observed, context: StepContext) {
  const tooEarlyMs = plan.kind === 'hold' && plan.reason === 'Queued' ? hiddenMs(observed) : 0;
  return tooEarlyMs > 0 ? later(tooEarlyMs) : takeStep(plan, observed, context);
}

function hiddenMs({ turn, now }: Observed): number {
  const waitedMs = now.getTime() - Date.parse(turn.metadata.creationTimestamp);
  return turn.status?.phase === undefined ? Math.max(0, showQueuedAfterMs - waitedMs) : 0;
}

/** Performs, records and tells; a lost race for the journal costs what was performed, and nothing else. */
async function takeStep(
  plan: Exclude<Plan, { kind: 'nothing' }>,
  observed: Observed,
  context: StepContext,
): Promise<Outcome> {
  const { engine, dependencies, observer } = context.state;
  const { log, signal, interrupt } = context;
  try {
    const performed = await perform(plan, observed, { engine, dependencies, log, signal, interrupt });
    signal.throwIfAborted();
    const status = turnStatus(performed.turn, performed.progress, statusContext(dependencies));
    const written = await recordStatus(performed.turn, status, dependencies);
    announce(observed.turn, written, dependencies);
    return outcomeOf(performed, written, context);
  } catch (error) {
    // Whatever was not recorded did not happen; what is recorded must be read anew.
    observer.doubt(observed.turn);
    if (error instanceof JournalConflict) return again;
    throw error;
  }
}

function outcomeOf({ next }: Performed, turn: Turn, { state, key }: StepContext): Outcome {
  const { pauses, dependencies } = state;
  if (next.kind === 'broken') throw next.error;
  if (next.kind === 'retry') return later(pauses.afterFailure(key, next.error.retryAfterMs));
  if (next.kind === 'stalled') return later(pauses.whileStalled(key));
  pauses.end(key);
  if (next.kind === 'again') return again;
  if (next.kind === 'waiting') {
    return later(Math.max(1_000, next.until.getTime() - dependencies.clock.now().getTime()));
  }
  // Held turns are woken by what holds them; an ended one makes room for the next of its owner.
  if (isFinished(turn)) for (const waiting of unfinishedOf(turn, dependencies)) dependencies.enqueue(waiting);
  return settled;
}

function unfinishedOf({ spec }: Turn, { caches }: TurnReconcilerDependencies): readonly ObjectKey[] {
  return caches.turns
    .byIndex('owner', spec.owner.uid)
    .filter((turn) => !isFinished(turn))
    .map(keyOf);
}
