import type { PipelineRun } from '../api/common.ts';
import type { KubeObject } from '../kube/kube-client.ts';
import { cutAt } from '../base/cut-at.ts';

/** Runs of the backends as far as they are known here, and the few things that are done to them. */
export interface RunSource {
  /** As a watch has brought it; undefined when it is not known, or nothing is watched. */
  find(run: RunName): PipelineRun | undefined;
  /** Live, or as a moment ago; undefined when it does not exist, the run itself when the backend does not answer. */
  read(run: PipelineRun, scope: RunScope): Promise<PipelineRun | undefined>;
  /** Live: runs that are owned by the object of this UID; none where the backend is absent or has no owners. */
  ownedBy(owner: RunOwner): Promise<readonly PipelineRun[]>;
  /** Asks the backend to end it, its finally tasks included. A run that is gone or has ended is fine. */
  cancel(run: PipelineRun, scope: RunScope): Promise<void>;
  /** Takes the owner off it, so that it outlives the owner. */
  orphan(run: RunName, scope: RunScope): Promise<void>;
}
export type RunName = Pick<PipelineRun, 'backend' | 'namespace' | 'name' | 'id'>;
/** As whom, and with whose settings, a backend is asked. */
export interface RunScope {
  readonly serviceAccountName: string;
  readonly configName?: string | undefined;
}
export interface RunOwner {
  readonly namespace: string;
  readonly uid: string;
}

const listedResults = 64;
/** Kubeflow Pipelines cannot be watched: a run that goes on is looked at this often. */
const pollEveryMs = 15_000;

export function runScopeOf({ serviceAccountName, configRef }: RunHolderSpec): RunScope {
  return { serviceAccountName, configName: configRef?.name };
}

export interface RunHolderSpec {
  readonly serviceAccountName: string;
  readonly configRef?: { readonly name: string } | undefined;
}

/** When the runs must be looked at again though nothing tells of a change; undefined: not at all. */
export function pollAfterMs(runs: readonly Pick<PipelineRun, 'backend' | 'state'>[]): number | undefined {
  return runs.some((run) => run.backend === 'kfp' && !hasEnded(run)) ? pollEveryMs : undefined;
}

export function hasEnded(run: Pick<PipelineRun, 'state'>): boolean {
  return run.state === 'Succeeded' || run.state === 'Failed' || run.state === 'Cancelled';
}

/**
 * What is known of the runs, made true: an end that was recorded stays, everything else is what the backend says now.
 * Newest first; those that have not ended come first, because they must not fall off the end of a bounded list.
 */
export async function currentRuns(
  source: RunSource,
  known: readonly PipelineRun[],
  at: { readonly scope: RunScope; readonly now: Date },
): Promise<readonly PipelineRun[]> {
  const latest = new Map<string, PipelineRun>();
  for (const run of known) {
    const before = latest.get(idOf(run));
    if (!before || !hasEnded(before)) latest.set(idOf(run), run);
  }
  const current = await Promise.all([...latest.values()].map((run) => currentRun(source, run, at)));
  const started = (run: PipelineRun) => (hasEnded(run) ? (run.startedAt ?? '') : '~');
  return current.sort((left, right) => (started(left) > started(right) ? -1 : 1));
}

async function currentRun(
  source: RunSource,
  run: PipelineRun,
  { scope, now }: { readonly scope: RunScope; readonly now: Date },
): Promise<PipelineRun> {
  if (hasEnded(run)) return run;
  const found = source.find(run) ?? (await source.read(run, scope));
  if (found) return { ...found, turn: run.turn };
  const message = 'It was deleted before its end was seen.';
  return { ...run, state: 'Cancelled', message, finishedAt: now.toISOString() };
}

/** Names of PipelineRuns are theirs alone; runs of Kubeflow Pipelines may share one. */
function idOf({ backend, namespace, name, id }: RunName): string {
  return `${backend}/${namespace}/${backend === 'kfp' ? id : name}`;
}

/** What a status may hold of a run, whatever the backend said. */
export function boundedRun(run: PipelineRun): PipelineRun {
  const results = Object.entries(run.results ?? {}).slice(0, listedResults);
  return {
    ...run,
    message: run.message === undefined ? undefined : cutAt(run.message, 512),
    url: run.url !== undefined && run.url.length <= 1024 ? run.url : undefined,
    results:
      results.length === 0 ? undefined : Object.fromEntries(results.map(([name, value]) => [name, cutAt(value, 1024)])),
  };
}

/** An object that holds runs: Conversation or Intent. */
export interface RunHolder extends KubeObject {
  readonly status?: { readonly pipelineRuns?: readonly PipelineRun[] | undefined } | undefined;
}

/** Index of Conversations and Intents by the runs they list, so that a run's event finds them. */
export const runIndex = (holder: RunHolder): readonly string[] =>
  (holder.status?.pipelineRuns ?? []).filter((run) => !hasEnded(run)).map(idOf);
