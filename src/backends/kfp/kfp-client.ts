import type { KfpRunFacts, KfpTaskLog } from './kfp-facts.ts';
import type {
  JsonValue,
  KfpArtifact,
  KfpExperiment,
  KfpPipeline,
  KfpRun,
  KfpRunMetrics,
  KfpRunState,
  KfpSchedule,
  KfpServer,
  KfpTask,
  KfpTrigger,
  KfpVersion,
} from './kfp-objects.ts';

/** For which namespace of Swarm and as whom Kubeflow Pipelines is asked; neither ever comes from a model. */
export interface KfpScope {
  readonly namespace: string;
  /** The SwarmConfig that holds; the namespace's usual one when absent. */
  readonly configName?: string | undefined;
  /** ServiceAccount of that namespace whose rights apply, whatever the operator itself may do. */
  readonly serviceAccountName: string;
  readonly signal: AbortSignal;
}

export interface KfpSource {
  /** @throws TerminalError with the remedy when the namespace has no Kubeflow Pipelines. */
  client(scope: KfpScope): Promise<KfpClient>;
}

export interface CallOptions {
  readonly signal: AbortSignal;
}

/**
 * What Swarm needs of Kubeflow Pipelines, bound to one endpoint, one namespace and one identity. All methods throw
 * RetryableError when only time can help, TerminalError when a person must act (wrong address, no identity), and
 * KfpRefusedError when KFP understood and declined. A reader of something that is not there returns undefined.
 */
export interface KfpClient extends KfpReader, KfpEvidence, KfpWriter {}

export interface KfpReader {
  about(options: CallOptions): Promise<KfpServer>;

  /** Newest first: those of the namespace, and those that all namespaces share. */
  listPipelines(query: NameQuery, options: CallOptions): Promise<KfpListing<KfpPipeline>>;
  /** By name, id or display name, in this order; the namespace's own before a shared one. */
  findPipeline(reference: string, options: CallOptions): Promise<KfpPipeline | undefined>;
  /** Newest first, without `spec`. */
  listVersions(pipelineId: string, options: CallOptions): Promise<KfpListing<KfpVersion>>;
  /** With `spec`. By name, id or display name; the newest when no reference is given. */
  findVersion(pipelineId: string, reference: string | undefined, options: CallOptions): Promise<KfpVersion | undefined>;

  /** Newest first, archived ones left out. */
  listExperiments(query: NameQuery, options: CallOptions): Promise<KfpListing<KfpExperiment>>;
  /** By name or id. */
  findExperiment(reference: string, options: CallOptions): Promise<KfpExperiment | undefined>;

  /** Newest first. */
  listRuns(query: RunQuery, options: CallOptions): Promise<RunPage>;
  getRun(id: string, options: CallOptions): Promise<KfpRun | undefined>;

  /** Newest first. */
  listSchedules(query: NameQuery, options: CallOptions): Promise<KfpListing<KfpSchedule>>;
  getSchedule(id: string, options: CallOptions): Promise<KfpSchedule | undefined>;
}

/** What happened inside a run; from the Workflow, pods, ML Metadata and the object store. */
export interface KfpEvidence {
  /** In the order of the pipeline. From the Workflow when it can be read, else from what KFP reports itself. */
  listTasks(runId: string, options: CallOptions): Promise<readonly KfpTask[]>;
  listArtifacts(runId: string, options: CallOptions): Promise<readonly KfpArtifact[]>;
  getMetrics(runId: string, options: CallOptions): Promise<KfpRunMetrics>;
  /** The first `maxBytes` of an artifact of `listArtifacts`; undefined when no object store is set or the object is gone. */
  readArtifact(query: ArtifactQuery, options: CallOptions): Promise<Uint8Array | undefined>;
  /** One entry for each task that started a container, in the order of start. */
  readLogs(query: LogQuery, options: CallOptions): Promise<readonly KfpTaskLog[]>;
  collectFacts(runId: string, options: CallOptions): Promise<KfpRunFacts>;
}

/** Every change carries the key of the decision behind it, so that a repeat after a crash finds what was done already. */
export interface KfpWriter {
  /**
   * Starts a run at most once for each key: call again with the same request after a RetryableError, until it returns.
   * `conflict`: a run has our id or key, but not our arguments; it is not ours to use.
   */
  submitRun(request: NewKfpRun, options: CallOptions): Promise<Submitted<KfpRun>>;
  /** `alreadyEnded`: there was nothing to stop any more. */
  terminateRun(runId: string, options: CallOptions): Promise<ChangedRun<'terminating' | 'alreadyEnded'>>;
  /**
   * Runs the failed tasks again, under the same id.
   * `alreadyRetried`: it was set going again after `decidedAt`. @throws KfpRefusedError Conflict unless it has failed.
   */
  retryRun(request: RetryRequest, options: CallOptions): Promise<ChangedRun<'retrying' | 'alreadyRetried'>>;

  /** `exists`: the name is taken by an experiment that is adopted as it is. */
  createExperiment(request: NewExperiment, options: CallOptions): Promise<Created<KfpExperiment>>;

  /** Registers a new pipeline with its first version. `exists`: a pipeline of that name is there, made by someone else. */
  uploadPipeline(request: NewPipeline, options: CallOptions): Promise<Created<UploadedPipeline>>;
  /** `exists`: the pipeline has a version of that name already, made by someone else. */
  uploadVersion(request: NewVersion, options: CallOptions): Promise<Created<KfpVersion>>;

  /** At most once for each key, like submitRun. */
  createSchedule(request: NewSchedule, options: CallOptions): Promise<Submitted<KfpSchedule>>;
  /** To the state that it has already is fine. */
  setScheduleEnabled(scheduleId: string, isEnabled: boolean, options: CallOptions): Promise<void>;
  /** One that is gone is fine. */
  deleteSchedule(scheduleId: string, options: CallOptions): Promise<void>;
}

export interface NameQuery {
  /** Whatever the case. */
  readonly nameContains?: string | undefined;
}

export interface KfpListing<T> {
  readonly items: readonly T[];
  /** False when there are more than are looked at (2,000). */
  readonly isComplete: boolean;
}

export interface RunQuery {
  /** The whole name, exactly. Archived runs are found by it, and otherwise left out. */
  readonly name?: string | undefined;
  /** Whatever the case. */
  readonly nameContains?: string | undefined;
  readonly state?: KfpRunState | undefined;
  /** Created at or after this time. */
  readonly since?: Date | undefined;
  /** Created at or before this time. */
  readonly until?: Date | undefined;
  readonly experimentId?: string | undefined;
  readonly pipelineId?: string | undefined;
  readonly scheduleId?: string | undefined;
  /** 1–200. */
  readonly limit: number;
  /** `nextPageToken` of the page before; short, and good for the same query only. */
  readonly pageToken?: string | undefined;
}

export interface RunPage {
  readonly runs: readonly KfpRun[];
  /** Absent when there are no more. A page may hold fewer runs than asked for although there are more. */
  readonly nextPageToken?: string | undefined;
  /** How many fit the query in all; absent when KFP cannot count them. */
  readonly total?: number | undefined;
}

export interface ArtifactQuery {
  readonly uri: string;
  readonly maxBytes: number;
}

export interface LogQuery {
  readonly runId: string;
  /** Name or display name; all when absent. */
  readonly task?: string | undefined;
  readonly tailLines: number;
}

/** The position of the decision behind a change, as the turn engine gives it. */
export interface Decision {
  readonly effectKey: string;
  /** `sha256:<hex>` of the canonical arguments. */
  readonly argumentsDigest: string;
  /** False when another process may have begun to act on it. */
  readonly isOwnDecision: boolean;
}

export interface NewKfpRun extends Decision {
  /** At most 255 characters, none of four bytes. */
  readonly name: string;
  /** For people; shortened so that it fits beside the key. */
  readonly description?: string | undefined;
  readonly pipelineId: string;
  readonly versionId: string;
  /** Absent: KFP's default experiment. */
  readonly experimentId?: string | undefined;
  /** Of the declared types: KFP refuses missing and unknown names, and values of another type. */
  readonly parameters: Readonly<Record<string, JsonValue>>;
}

export interface RetryRequest {
  readonly runId: string;
  readonly decidedAt: Date;
}

export interface NewExperiment {
  readonly name: string;
  readonly description?: string | undefined;
}

export interface NewPipeline extends Decision {
  /** At most 127 characters, none of four bytes. */
  readonly name: string;
  readonly description?: string | undefined;
  /** Text of the compiled pipeline (YAML or JSON). */
  readonly file: string;
}

export interface NewVersion extends NewPipeline {
  readonly pipelineId: string;
}

export interface UploadedPipeline {
  readonly pipeline: KfpPipeline;
  readonly version: KfpVersion;
}

export interface NewSchedule extends Decision {
  readonly name: string;
  readonly description?: string | undefined;
  readonly pipelineId: string;
  /** Absent: always the newest version. */
  readonly versionId?: string | undefined;
  readonly experimentId?: string | undefined;
  readonly parameters: Readonly<Record<string, JsonValue>>;
  /** From `parseTrigger`, so that a cron expression has its six fields. */
  readonly trigger: KfpTrigger;
  /** 1–10. */
  readonly maxConcurrency: number;
  readonly catchup: boolean;
}

/** `adopted`: this very decision had been carried out before. */
export type Submitted<T> =
  { readonly kind: 'created' | 'adopted'; readonly value: T } | { readonly kind: 'conflict'; readonly message: string };

/** `exists`: the name is taken. */
export interface Created<T> {
  readonly kind: 'created' | 'adopted' | 'exists';
  readonly value: T;
}

export interface ChangedRun<Kind extends string> {
  readonly kind: Kind;
  /** As it was before the change. */
  readonly run: KfpRun;
}
