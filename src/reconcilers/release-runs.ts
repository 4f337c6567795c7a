import type { ObjectMeta } from '../api/resource.ts';
import { finalizers } from '../api/names.ts';
import { kinds } from '../api/group.ts';
import { isTrue } from '../api/conditions.ts';
import type { Turn } from '../api/turn.ts';
import { attempt } from '../base/attempt.ts';
import { messageOf } from '../base/errors.ts';
import { isNotFound } from '../kube/errors.ts';
import type { KubeClient, ResourceType } from '../kube/kube-client.ts';
import { later, type Outcome, type ReconcileContext, settled } from '../operator/reconciler.ts';
import { currentRuns, hasEnded, type RunHolder, type RunHolderSpec, runScopeOf, type RunSource } from './runs.ts';

/** Turns get this long to end in order, runs until `runsGraceMs`, counted from the deletion; together under 30 s. */
const turnsGraceMs = 10_000;
const runsGraceMs = 20_000;
const lookAgainMs = 2_000;

export interface RunOwnerObject {
  readonly metadata: ObjectMeta;
  readonly spec: RunHolderSpec & { readonly deletionPolicy: 'Cancel' | 'Orphan' };
  readonly status?: RunHolder['status'];
}

export interface Release {
  readonly type: ResourceType;
  readonly owner: RunOwnerObject;
  readonly turns: readonly Turn[];
  readonly now: Date;
  readonly beforeLettingGo?: () => Promise<void>;
}

/**
 * The end of a Conversation or Intent: its turns are stopped, then its runs are cancelled or orphaned, then it is let
 * go. It always is, in time: what could not be done by then is logged.
 */
export async function releaseRuns(
  { kube, runs }: { readonly kube: KubeClient; readonly runs: RunSource },
  release: Release,
  { log, signal }: ReconcileContext,
): Promise<Outcome> {
  const { owner, turns, now } = release;
  const elapsedMs = sinceDeletion(owner, now);
  const unfinished = turns.filter((turn) => !isTrue(turn.status?.conditions, 'Finished'));
  await Promise.all(unfinished.filter((turn) => !turn.spec.cancel).map((turn) => cancelTurn(kube, turn, signal)));
  if (unfinished.length > 0 && elapsedMs < turnsGraceMs) return later(lookAgainMs);

  const ended = await attempt(() => endRuns(runs, release));
  if (elapsedMs < runsGraceMs && !(ended.ok && ended.value)) {
    if (!ended.ok) log.warn({ error: messageOf(ended.error) }, 'Trying again to end the runs of a deleted object');
    return later(lookAgainMs);
  }
  if (!ended.ok) log.error({ error: messageOf(ended.error) }, 'Letting go of a deleted object whose runs go on');
  await release.beforeLettingGo?.();
  await letGo(kube, release, signal);
  return settled;
}

/** A clock that runs behind the API server's must not hold the object: the grace is then taken as over. */
function sinceDeletion({ metadata }: RunOwnerObject, now: Date): number {
  const elapsedMs = now.getTime() - Date.parse(metadata.deletionTimestamp ?? now.toISOString());
  return elapsedMs < -1_000 ? Number.POSITIVE_INFINITY : elapsedMs;
}

/** @returns true when none is left to wait for. */
async function endRuns(runs: RunSource, { owner, turns, now }: Release): Promise<boolean> {
  const { metadata, spec, status } = owner;
  const scope = runScopeOf(spec);
  const listed = [status, ...turns.map((turn) => turn.status)].flatMap((holder) => holder?.pipelineRuns ?? []);
  // Objects name their owner; what other backends run is known by the lists alone.
  const elsewhere = listed.filter((run) => run.backend !== 'tekton');
  const all = [...(await runs.ownedBy(metadata)), ...(await currentRuns(runs, elsewhere, { scope, now }))];
  const going = all.filter((run) => !hasEnded(run));
  if (spec.deletionPolicy === 'Orphan') {
    await Promise.all(going.map((run) => runs.orphan(run, scope)));
    return true;
  }
  await Promise.all(going.map((run) => runs.cancel(run, scope)));
  return going.length === 0;
}

async function cancelTurn(kube: KubeClient, { metadata }: Turn, signal: AbortSignal): Promise<void> {
  const patch = { metadata: { uid: metadata.uid }, spec: { cancel: true } };
  await kube.mergePatch(kinds.turn, metadata, patch, { signal });
}

async function letGo(kube: KubeClient, { type, owner: { metadata } }: Release, signal: AbortSignal): Promise<void> {
  const remaining = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== finalizers.runs);
  const patch = { metadata: { resourceVersion: metadata.resourceVersion, finalizers: remaining } };
  try {
    await kube.mergePatch(type, metadata, patch, { signal });
  } catch (error) {
    // It is gone already; only our cache does not know yet.
    if (!isNotFound(error)) throw error;
  }
}
