import type { TektonEvent, TektonPipeline, TektonPod, TektonRun, TektonTaskRun } from './tekton-objects.ts';
import type { NewRun } from './new-run.ts';

/** In which namespace and as whom the backend is asked; neither ever comes from a model. */
export interface TektonScope {
  readonly namespace: string;
  /** ServiceAccount of that namespace whose rights apply, whatever the operator itself may do. */
  readonly serviceAccountName: string;
  readonly signal: AbortSignal;
}

/** How a run is ended: at once, or with its finally tasks, or after the tasks that have begun and its finally tasks. */
export const cancelModes = ['Cancelled', 'CancelledRunFinally', 'StoppedRunFinally'] as const;
export type CancelMode = (typeof cancelModes)[number];

/**
 * What Swarm needs of Tekton (API tekton.dev/v1). All methods throw RetryableError when only time can help,
 * TerminalError when Tekton is absent, and TektonRefusedError when the API server understood and declined.
 */
export interface TektonClient {
  /** By name. */
  listPipelines(scope: TektonScope): Promise<readonly TektonPipeline[]>;
  getPipeline(name: string, scope: TektonScope): Promise<TektonPipeline | undefined>;
  /** Newest first. */
  listRuns(scope: TektonScope): Promise<RunListing>;
  getRun(name: string, scope: TektonScope): Promise<TektonRun | undefined>;
  /** TaskRuns that belong to this very run. */
  listTaskRuns(run: Pick<TektonRun, 'name' | 'uid'>, scope: TektonScope): Promise<readonly TektonTaskRun[]>;
  /** With `dryRun` the API server admits and validates, and keeps nothing. */
  createRun(run: NewRun, scope: TektonScope, options?: { readonly dryRun?: boolean }): Promise<CreatedRun>;
  /** A run that is gone is fine. @throws TektonRefusedError when the run has ended meanwhile. */
  cancelRun(run: Pick<TektonRun, 'name' | 'uid'>, mode: CancelMode, scope: TektonScope): Promise<void>;
  getPod(name: string, scope: TektonScope): Promise<TektonPod | undefined>;
  /** Events about the object of this name, oldest first. */
  listEvents(objectName: string, scope: TektonScope): Promise<readonly TektonEvent[]>;
  readLog(query: StepLogQuery, scope: TektonScope): Promise<StepLog>;
}

export interface RunListing {
  readonly runs: readonly TektonRun[];
  /** False when there are more runs than are looked at. */
  readonly complete: boolean;
}

/** `taken`: the name exists already; whose it is must be looked at before anything is made of it. */
export type CreatedRun = { readonly kind: 'created'; readonly run: TektonRun } | { readonly kind: 'taken' };

export interface StepLogQuery {
  readonly pod: string;
  readonly container: string;
  readonly tailLines: number;
}

/** `gone`: the pod was deleted. `unavailable`: the container has written nothing that can be read, and why. */
export type StepLog =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unavailable'; readonly reason: string };
