/** What Swarm reads of Tekton's objects. Times are RFC 3339 as the API server wrote them. */

export type TektonRunState = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

export type ParameterValue = string | readonly string[] | Readonly<Record<string, string>>;

export interface TektonParameter {
  readonly name: string;
  readonly type: 'string' | 'array' | 'object';
  readonly description?: string | undefined;
  /** Absent: a value is required. */
  readonly default?: ParameterValue | undefined;
  readonly enum?: readonly string[] | undefined;
  /** Keys of an object parameter. */
  readonly properties: readonly string[];
}

export interface TektonPipelineTask {
  readonly name: string;
  /** Name of the Task; absent when the task is written out in the pipeline. */
  readonly taskRef?: string | undefined;
  readonly description?: string | undefined;
  /** Tasks it waits for: named in runAfter, or used through their results. */
  readonly after: readonly string[];
  /** True for tasks that run at the end whatever happened. */
  readonly isFinally: boolean;
  /** Images of its steps, as far as they are written out. */
  readonly images: readonly string[];
}

export interface TektonPipeline {
  readonly name: string;
  readonly description?: string | undefined;
  readonly createdAt: string;
  readonly parameters: readonly TektonParameter[];
  readonly workspaces: readonly { readonly name: string; readonly isOptional: boolean }[];
  readonly tasks: readonly TektonPipelineTask[];
  readonly results: readonly { readonly name: string; readonly description?: string | undefined }[];
}

export interface NamedValue<Value = ParameterValue> {
  readonly name: string;
  readonly value: Value;
}

/** Condition `Succeeded` and times that PipelineRuns and TaskRuns share. */
export interface TektonProgress {
  readonly state: TektonRunState;
  /** Tekton's own word, an open set: Failed, PipelineRunTimeout, StepOOM, … Empty when it has not spoken yet. */
  readonly reason: string;
  readonly message: string;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
}

export interface TektonRun extends TektonProgress {
  readonly name: string;
  readonly uid: string;
  /** Empty when the run was written without reference to a pipeline. */
  readonly pipeline: string;
  /** How the pipeline was found: by name, by a resolver (git, bundle, …), or written out in the run. */
  readonly source: 'name' | 'resolver' | 'inline';
  readonly createdAt: string;
  /** As given to the run. */
  readonly parameters: readonly NamedValue[];
  /** Defaults of the pipeline that the run used. */
  readonly defaults: readonly NamedValue[];
  readonly results: readonly NamedValue[];
  readonly children: readonly { readonly kind: string; readonly name: string; readonly task: string }[];
  readonly skippedTasks: readonly { readonly name: string; readonly reason: string }[];
  /** Tasks of the pipeline as it was when the run began; empty before. */
  readonly tasks: readonly TektonPipelineTask[];
  /** spec.status: what was asked of the run, for example Cancelled. */
  readonly requestedStatus?: string | undefined;
  /** The controller among its owners. */
  readonly ownerUid?: string | undefined;
  /** Label of the Turn that started it. */
  readonly turn?: string | undefined;
  readonly argumentsDigest?: string | undefined;
  /** Handed on as they are when the run is started anew. */
  readonly workspaces: readonly unknown[];
  readonly timeouts?: unknown;
  /** Settings a new run does not take over: serviceAccountName, podTemplate, taskRunSpecs. */
  readonly ownSettings: readonly string[];
}

export interface TektonStep {
  readonly name: string;
  readonly container: string;
  readonly state: 'Waiting' | 'Running' | 'Succeeded' | 'Failed';
  readonly exitCode?: number | undefined;
  /** Completed, Error, OOMKilled, ImagePullBackOff, Skipped, … */
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}

export interface TektonTaskRun extends TektonProgress {
  readonly name: string;
  readonly uid: string;
  /** Name of the task in the pipeline. */
  readonly task: string;
  readonly podName?: string | undefined;
  readonly steps: readonly TektonStep[];
  readonly results: readonly NamedValue[];
  /** 1 plus the retries. */
  readonly attempts: number;
}

export interface TektonContainer {
  readonly name: string;
  readonly waiting?: { readonly reason: string; readonly message: string } | undefined;
  readonly terminated?: { readonly exitCode: number; readonly reason: string; readonly message: string } | undefined;
}

export interface TektonPod {
  readonly name: string;
  readonly phase: string;
  /** Evicted, DeadlineExceeded, … */
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
  /** Init containers first. */
  readonly containers: readonly TektonContainer[];
}

export interface TektonEvent {
  readonly objectKind: string;
  readonly objectName: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly at: string;
  readonly count: number;
}
