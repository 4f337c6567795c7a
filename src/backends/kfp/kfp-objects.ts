/**
 * What Swarm reads of Kubeflow Pipelines (API v2beta1). Times are RFC 3339; a time that KFP does not know (epoch 0, year
 * 1, missing) is undefined. Names, descriptions, parameters and messages were written by others.
 */

export type KfpRunState = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Cancelled';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

export interface KfpServer {
  /** Release, for example 2.17.0; empty when the server does not say. */
  readonly version: string;
  readonly multiUser: boolean;
  /** `kubernetes`: pipelines are objects of group pipelines.kubeflow.org. */
  readonly pipelineStore: 'database' | 'kubernetes';
}

export interface KfpPipeline {
  readonly id: string;
  /** Unique in its namespace. */
  readonly name: string;
  /** What the KFP user interface shows; often the same as the name. */
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly createdAt?: string | undefined;
  /** Empty for pipelines that all namespaces share. */
  readonly namespace: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface KfpVersion {
  readonly id: string;
  readonly pipelineId: string;
  readonly name: string;
  readonly displayName: string;
  readonly description?: string | undefined;
  readonly createdAt?: string | undefined;
  /** Undefined when the specification is not one of KFP 2 (schema 2.1.0), for example an old Argo Workflow. */
  readonly spec?: KfpPipelineSpec | undefined;
}

/** What is declared in the intermediate representation (IR) of a pipeline version. */
export interface KfpPipelineSpec {
  /** `pipelineInfo.name`. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly parameters: readonly KfpParameter[];
  /** In the order of the file; tasks inside conditions and loops come after the group that holds them. */
  readonly tasks: readonly KfpPipelineTask[];
}

/** `TASK_FINAL_STATUS` and `TASK_CONFIG` are filled by KFP itself. */
export const kfpParameterTypes = [
  'STRING',
  'NUMBER_INTEGER',
  'NUMBER_DOUBLE',
  'BOOLEAN',
  'LIST',
  'STRUCT',
  'TASK_FINAL_STATUS',
  'TASK_CONFIG',
] as const;
export type KfpParameterType = (typeof kfpParameterTypes)[number];

export interface KfpParameter {
  readonly name: string;
  readonly type: KfpParameterType;
  /** Absent: KFP has none to fall back on. Integers are written as in 3.0 by the compiler and read as 3. */
  readonly default?: JsonValue | undefined;
  /** True when a run may leave it out, with or without default. */
  readonly isOptional: boolean;
  readonly description?: string | undefined;
}

export interface KfpPipelineTask {
  /** Key of the task in its graph. */
  readonly name: string;
  /** What people called it (`set_display_name`); the name when they did not. */
  readonly displayName: string;
  /** The group (condition, loop, exit handler, sub-pipeline) that holds it; absent at the top. */
  readonly parent?: string | undefined;
  readonly kind: 'container' | 'group' | 'importer' | 'condition' | 'loop';
  /** Names of tasks of the same group that it waits for. */
  readonly after: readonly string[];
  readonly image?: string | undefined;
  /** As written, for example {cpuLimit: '1', memoryLimit: '512Mi', accelerator: '1 × nvidia.com/gpu'}. */
  readonly resources: Readonly<Record<string, string>>;
  readonly condition?: string | undefined;
  readonly isCacheEnabled: boolean;
}

export interface KfpExperiment {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly createdAt?: string | undefined;
  readonly lastRunCreatedAt?: string | undefined;
  readonly namespace: string;
  readonly isArchived: boolean;
}

/** What a run or a schedule is made of, with the names looked up; a name is absent when the thing was deleted. */
export interface KfpPipelineReference {
  readonly pipelineId: string;
  readonly versionId?: string | undefined;
  readonly pipelineName?: string | undefined;
  /** Only where one run or schedule is read, not in listings. */
  readonly versionName?: string | undefined;
}

export interface KfpRun {
  readonly id: string;
  /** Not unique. */
  readonly name: string;
  readonly description?: string | undefined;
  /** Uniform state. A stopped run that KFP ends as FAILED is Cancelled here. */
  readonly state: KfpRunState;
  /** KFP's own word: PENDING, RUNNING, SUCCEEDED, SKIPPED, FAILED, CANCELING, CANCELED, PAUSED; empty before the first report. */
  readonly rawState: string;
  /** What is odd about the state, in one sentence: an end state that was taken back, a second Workflow still running. */
  readonly note?: string | undefined;
  /** Oldest first. */
  readonly stateHistory: readonly { readonly state: string; readonly at: string }[];
  readonly isArchived: boolean;
  readonly experimentId?: string | undefined;
  readonly experimentName?: string | undefined;
  /** Absent when the run carries its own specification. */
  readonly pipeline?: KfpPipelineReference | undefined;
  /** Name in the run's own specification, when it carries one. */
  readonly inlinePipelineName?: string | undefined;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly serviceAccountName?: string | undefined;
  readonly createdAt?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** The schedule that started it. */
  readonly scheduleId?: string | undefined;
  /** Page of the run in KFP's user interface, when its address is known. */
  readonly url?: string | undefined;
  /** Only set when KFP could not make the run at all; why a task failed is never here. */
  readonly error?: string | undefined;
}

/** One task as people know it: drivers, retries and wrapper nodes are folded into it. */
export interface KfpTask {
  readonly name: string;
  readonly displayName: string;
  readonly parent?: string | undefined;
  readonly state: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Skipped' | 'Omitted';
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly isCached: boolean;
  /** How often its container was started. */
  readonly attempts: number;
  readonly after: readonly string[];
  /** The last message of Argo about it, when there is one. */
  readonly message?: string | undefined;
  /** Pod of the last attempt. */
  readonly podName?: string | undefined;
}

export type KfpTrigger =
  | { readonly kind: 'cron'; readonly cron: string; readonly startTime?: string; readonly endTime?: string }
  | { readonly kind: 'interval'; readonly seconds: number; readonly startTime?: string; readonly endTime?: string }
  /** KFP accepts schedules that never fire. */
  | { readonly kind: 'none' };

/** A recurring run. */
export interface KfpSchedule {
  readonly id: string;
  /** Not unique. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly isEnabled: boolean;
  readonly trigger: KfpTrigger;
  readonly pipeline?: KfpPipelineReference | undefined;
  readonly experimentId?: string | undefined;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  readonly maxConcurrency: number;
  readonly catchup: boolean;
  readonly createdAt?: string | undefined;
  /** KFP's own word: ENABLED, DISABLED, … */
  readonly rawStatus: string;
}

export interface KfpArtifact {
  readonly name: string;
  /** Without prefix: Model, Dataset, Metrics, ClassificationMetrics, HTML, Markdown, Artifact, … */
  readonly type: string;
  readonly uri: string;
  /** Task that wrote it. */
  readonly task: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
  readonly sizeBytes?: number | undefined;
}

export interface KfpRunMetrics {
  /** Numbers logged into Metrics artifacts. */
  readonly scalars: readonly KfpScalarMetric[];
  readonly classifications: readonly KfpClassificationMetrics[];
  /** Output parameters of tasks, which many pipelines use for numbers instead. */
  readonly outputs: readonly { readonly task: string; readonly name: string; readonly value: JsonValue }[];
}

export interface KfpScalarMetric {
  readonly name: string;
  readonly value: number;
  readonly task: string;
}

export interface KfpClassificationMetrics {
  readonly name: string;
  readonly task: string;
  /** `rows[i].counts[j]`: truly class i, taken for class j. */
  readonly confusionMatrix?:
    | {
        readonly labels: readonly string[];
        readonly rows: readonly { readonly label: string; readonly counts: readonly number[] }[];
      }
    | undefined;
  readonly rocCurve: readonly {
    readonly threshold: number;
    readonly falsePositiveRate: number;
    readonly truePositiveRate: number;
  }[];
}
