import type { PipelineRun } from '../api/common.ts';
import type { KubeObject } from '../kube/kube-client.ts';
import { cutAt } from './one-line.ts';

/** Runs of the backends as their watches have brought them, and the few things that are done to them. */
export interface RunSource {
  find(run: RunName): PipelineRun | undefined;
  /** Live; undefined when it does not exist. */
  read(run: RunName): Promise<PipelineRun | undefined>;
  /** Live: runs that are owned by the object of this UID; none where the backend is absent. */
  ownedBy(owner: RunOwner): Promise<readonly PipelineRun[]>;
  /** Asks the backend to end it, its finally tasks included. A run that is gone or has ended is fine. */
  cancel(run: RunName, serviceAccountName: string): Promise<void>;
  /** Takes the owner off it, so that it outlives the owner. */
  orphan(run: RunName, serviceAccountName: string): Promise<void>;
}
export type RunName = Pick<PipelineRun, 'backend' | 'namespace' | 'name'>;
export interface RunOwner {
  readonly namespace: string;
  readonly uid: string;
}

const listedResults = 64;

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
  now: Date,
): Promise<readonly PipelineRun[]> {
  const latest = new Map<string, PipelineRun>();
  for (const run of known) {
    const before = latest.get(idOf(run));
    if (!before || !hasEnded(before)) latest.set(idOf(run), run);
  }
  const current = await Promise.all([...latest.values()].map((run) => currentRun(source, run, now)));
  const started = (run: PipelineRun) => (hasEnded(run) ? (run.startedAt ?? '') : '~');
  return current.sort((left, right) => (started(left) > started(right) ? -1 : 1));
}

async function currentRun(source: RunSource, run: PipelineRun, now: Date): Promise<PipelineRun> {
  if (hasEnded(run)) return run;
  const found = source.find(run) ?? (await source.read(run));
  if (found) return { ...found, turn: run.turn };
  const message = 'It was deleted before its end was seen.';
  return { ...run, state: 'Cancelled', message, finishedAt: now.toISOString() };
}

function idOf({ backend, namespace, name }: RunName): string {
  return `${backend}/${namespace}/${name}`;
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
