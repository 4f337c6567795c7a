import { kinds } from '../../api/group.ts';
import type { Intent, IntentStatus } from '../../api/intent.ts';
import { finalizers } from '../../api/names.ts';
import type { Turn } from '../../api/turn.ts';
import { canonicalJson } from '../../base/digest.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import {
  later,
  type ObjectKey,
  type Outcome,
  type ReconcileContext,
  type Reconciler,
  settled,
} from '../../operator/reconciler.ts';
import { createTurn, keepUntilAnnotation } from '../new-turn.ts';
import { releaseRuns } from '../release-runs.ts';
import { recordRunEnds, type RunEvents } from '../run-events.ts';
import { hasEnded, pollAfterMs, runScopeOf } from '../runs.ts';
import { isSettled, isTurnFinished, keptUntil, type Observed, runsOfTurn } from './observed.ts';
import { type ObserveDependencies, observeIntent } from './observe.ts';
import { type Plan, planIntent } from './plan.ts';
import { intentStatus } from './status.ts';

export interface IntentDependencies extends ObserveDependencies {
  readonly kube: KubeClient;
  readonly events: RunEvents;
}

/** Carries one request through to its end: one Turn, the runs it starts, the verdict. */
export function createIntentReconciler(dependencies: IntentDependencies): Reconciler {
  return {
    name: 'intent',
    async reconcile(key, context) {
      const observed = await observeIntent(dependencies, key);
      if (!observed) return forgetOutcomes(dependencies, key);
      const plan = planIntent(observed);
      if (plan.kind === 'gone') return settled;
      if (plan.kind === 'release') return release(dependencies, observed, context);
      if (plan.kind === 'delete') return remove(dependencies, observed);
      if (plan.kind === 'forget-outcome') return forgetOutcome(dependencies, observed);
      return carryOn(dependencies, { observed, plan }, context);
    },
  };
}

async function remove({ kube }: IntentDependencies, { intent: { metadata } }: Observed): Promise<Outcome> {
  await kube.delete(kinds.intent, metadata, { uid: metadata.uid });
  return settled;
}

/** Once it is gone, the Turn can be made anew. */
async function forgetOutcome({ kube }: IntentDependencies, { turn }: Observed): Promise<Outcome> {
  await removeTurn(kube, turn);
  return later(1_000);
}

async function carryOn(
  dependencies: IntentDependencies,
  step: { readonly observed: Observed; readonly plan: Plan },
  context: ReconcileContext,
): Promise<Outcome> {
  const { observed, plan } = step;
  const { intent } = await perform(dependencies, step, context);
  await writeStatus(dependencies, { ...observed, intent }, plan);
  if (plan.kind === 'wait') return later(Math.min(plan.afterMs, pollAfterMs(observed.runs) ?? Infinity));
  return plan.kind === 'rest' && plan.deleteAfterMs !== undefined ? later(plan.deleteAfterMs) : settled;
}
/** @returns the intent as it is after the finalizer was put on. */
async function perform(
  dependencies: IntentDependencies,
  { observed, plan }: { readonly observed: Observed; readonly plan: Plan },
  context: ReconcileContext,
): Promise<{ readonly intent: Intent }> {
  const { kube } = dependencies;
  await Promise.all(observed.superseded.map((turn) => cancelTurn(kube, turn)));
  if (plan.kind === 'ask') return { intent: await ask(dependencies, observed, context) };
  if (plan.kind === 'stop') await stop(dependencies, observed);
  if (plan.kind === 'judge') await keepOutcome(dependencies, observed);
  return observed;
}

async function ask(dependencies: IntentDependencies, observed: Observed, { log }: ReconcileContext): Promise<Intent> {
  const { intent, turnName: name, now } = observed;
  const held = await hold(dependencies, intent);
  const { request: text, parameters, author, reuseWithin } = intent.spec;
  log.info({ turn: name }, 'Creating the turn of an intent');
  await createTurn(
    dependencies,
    { kind: 'Intent', metadata: intent.metadata, author },
    {
      name,
      text,
      parameters,
      index: intent.metadata.generation,
      keepUntil:
        reuseWithin === undefined ? undefined : keptUntil({ creationTimestamp: now.toISOString() }, reuseWithin),
    },
  );
  return held;
}

async function hold({ kube, intents }: IntentDependencies, intent: Intent): Promise<Intent> {
  const { metadata } = intent;
  if (metadata.finalizers?.includes(finalizers.runs) === true) return intent;
  const all = [...(metadata.finalizers ?? []), finalizers.runs];
  const patch = { metadata: { resourceVersion: metadata.resourceVersion, finalizers: all } };
  const held = await kube.mergePatch<Intent>(kinds.intent, metadata, patch);
  intents.noteWritten(held);
  return held;
}

async function cancelTurn(kube: KubeClient, { metadata, spec }: Turn): Promise<void> {
  if (!spec.cancel)
    await kube.mergePatch(kinds.turn, metadata, { metadata: { uid: metadata.uid }, spec: { cancel: true } });
}

/** Nothing of it may go on, unless its runs were to be left alone. */
async function stop({ kube, runs }: IntentDependencies, observed: Observed): Promise<void> {
  if (observed.turn && !isTurnFinished(observed.turn)) await cancelTurn(kube, observed.turn);
  const { spec } = observed.intent;
  if (spec.deletionPolicy === 'Orphan') return;
  const going = runsOfTurn(observed).filter((run) => !hasEnded(run));
  await Promise.all(going.map((run) => runs.cancel(run, runScopeOf(spec))));
}

/** A Turn that outlives its Intent must know how its runs ended: they may be gone by the time it is reused. */
async function keepOutcome({ kube, turns }: IntentDependencies, observed: Observed): Promise<void> {
  const { turn } = observed;
  if (turn?.metadata.annotations?.[keepUntilAnnotation] === undefined) return;
  const pipelineRuns = runsOfTurn(observed);
  if (canonicalJson(pipelineRuns) === canonicalJson(turn.status?.pipelineRuns ?? [])) return;
  turns.noteWritten(
    await kube.replaceStatus(kinds.turn, { ...turn, status: { ...turn.status, pipelineRuns: [...pipelineRuns] } }),
  );
}

function release(dependencies: IntentDependencies, observed: Observed, context: ReconcileContext): Promise<Outcome> {
  const { intent, turn, superseded, now } = observed;
  const isReusable = intent.spec.reuseWithin !== undefined;
  const unfinished = turn && !isTurnFinished(turn) ? [turn, ...superseded] : superseded;
  return releaseRuns(
    dependencies,
    {
      type: kinds.intent,
      owner: intent,
      turns: unfinished,
      now,
      // An outcome that was cut short must not be taken for the outcome by the next intent of this name.
      beforeLettingGo: () =>
        isReusable && !isSettled(observed) ? removeTurn(dependencies.kube, turn) : Promise.resolve(),
    },
    context,
  );
}

/** The intent is gone: outcomes of its name stay until their time is over. */
async function forgetOutcomes({ kube, turns, clock }: IntentDependencies, key: ObjectKey): Promise<Outcome> {
  const now = clock.now().getTime();
  const leftMs = (turn: Turn) => Date.parse(turn.metadata.annotations?.[keepUntilAnnotation] ?? '') - now;
  const kept = turns.byIndex('kept', key);
  await Promise.all(kept.filter((turn) => leftMs(turn) <= 0).map((turn) => removeTurn(kube, turn)));
  const remaining = kept.map(leftMs).filter((ms) => ms > 0);
  return remaining.length === 0 ? settled : later(Math.min(...remaining));
}

async function removeTurn(kube: KubeClient, turn: Turn | undefined): Promise<void> {
  if (turn) await kube.delete(kinds.turn, turn.metadata, { uid: turn.metadata.uid });
}

async function writeStatus(
  { kube, intents, events }: IntentDependencies,
  observed: Observed,
  plan: Plan,
): Promise<void> {
  const { intent } = observed;
  const status: IntentStatus = intentStatus(observed, plan);
  if (canonicalJson(status) === canonicalJson(intent.status)) return;
  intents.noteWritten(await kube.replaceStatus(kinds.intent, { ...intent, status }));
  recordRunEnds(events, intent, status.pipelineRuns);
}
