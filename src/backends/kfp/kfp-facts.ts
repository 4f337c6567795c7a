/** What the cluster tells about a run: Argo Workflows, pods and Events. KFP itself does not say why a task failed. */

export interface KfpWorkflow {
  readonly name: string;
  readonly uid: string;
  readonly createdAt: string;
  /** Argo's word: Pending, Running, Succeeded, Failed, Error; empty before the controller has seen it. */
  readonly phase: string;
  /** Empty for a failed step under KFP's usual retry strategy. */
  readonly message: string;
  readonly nodes: readonly KfpNode[];
}

export interface KfpNode {
  readonly id: string;
  /** Path from the root, for example `churn-x7.root.train.executor(0)`. */
  readonly path: string;
  /** Retry, Pod, DAG, Steps, TaskGroup, Skipped, … */
  readonly type: string;
  readonly templateName: string;
  readonly phase: string;
  readonly message: string;
  /** Name of the KFP task it belongs to; empty for the pipeline as a whole. */
  readonly task: string;
  /** What a Pod node does: a driver decides and prepares, user code runs in an executor. */
  readonly role: 'driver' | 'executor' | 'other';
  /** Counted from 0. */
  readonly attempt: number;
  readonly depth: number;
  readonly exitCode?: number | undefined;
  /** Only of Pod nodes. */
  readonly podName?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** Driver's decision that an earlier result is taken. */
  readonly isCached: boolean;
  /** Address of the archived log in the object store of the pipelines. */
  readonly logUri?: string | undefined;
}

export interface KfpContainer {
  readonly name: string;
  readonly isInit: boolean;
  readonly image: string;
  readonly restartCount: number;
  readonly waiting?: { readonly reason: string; readonly message: string } | undefined;
  readonly terminated?: KfpTermination | undefined;
  /** How it ended before its last restart. */
  readonly lastTerminated?: KfpTermination | undefined;
}

export interface KfpTermination {
  readonly exitCode: number;
  /** Completed, Error, OOMKilled, DeadlineExceeded, … */
  readonly reason: string;
  readonly message: string;
}

export interface KfpPod {
  readonly name: string;
  /** KFP task it works for; empty when it cannot be told. */
  readonly task: string;
  readonly role: 'driver' | 'executor' | 'other';
  readonly phase: string;
  /** Evicted, DeadlineExceeded, … */
  readonly reason: string;
  readonly message: string;
  readonly createdAt: string;
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
  }[];
  readonly containers: readonly KfpContainer[];
}

export interface KfpEvent {
  readonly objectKind: string;
  readonly objectName: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly at: string;
  readonly count: number;
}

/** Everything that helps to tell why a run failed or hangs. */
export interface KfpRunFacts {
  /** Newest first. More than one means that the run was started twice. */
  readonly workflows: readonly KfpWorkflow[];
  /** Failed Pod nodes of all Workflows, deepest first, then the earliest. */
  readonly failures: readonly KfpNode[];
  /** Pods that are still there, oldest first. */
  readonly pods: readonly KfpPod[];
  /** About the Workflows and pods, oldest first. */
  readonly events: readonly KfpEvent[];
  /** What could not be read and why, for example that the ServiceAccount may not list Workflows. */
  readonly unreadable: readonly string[];
}

/** `archive`: the pod is gone and the text comes from the object store. */
export type KfpTaskLog =
  | {
      readonly kind: 'text';
      readonly task: string;
      readonly podName: string;
      readonly source: 'pod' | 'archive';
      readonly text: string;
      /** True when there is more of it before what is returned. */
      readonly isCut: boolean;
    }
  | { readonly kind: 'unavailable'; readonly task: string; readonly podName: string; readonly reason: string };
