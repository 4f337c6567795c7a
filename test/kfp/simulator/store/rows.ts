/** What the server keeps in its database. Times are seconds since 1970; 0 where nothing has happened yet. */
export interface PipelineRow {
  readonly id: string;
  readonly name: string;
  displayName: string;
  readonly description: string;
  readonly namespace: string;
  readonly createdAt: number;
  tags: Record<string, string>;
}

export interface VersionRow {
  readonly id: string;
  readonly pipelineId: string;
  readonly name: string;
  displayName: string;
  readonly description: string;
  readonly createdAt: number;
  readonly codeSourceUrl: string;
  /** The uploaded text. */
  readonly template: string;
  tags: Record<string, string>;
  /** Kubernetes-native mode: applied without the webhook, so it lacks the label that lists go by. */
  readonly isUnlabelled?: boolean;
}

export interface ExperimentRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly createdAt: number;
  storageState: string;
  lastRunCreatedAt: number;
}

/** A state of a run or task; the empty one is that of a Workflow without a phase. */
export interface StateChange {
  readonly at: number;
  readonly state: string;
}

export interface TaskRow {
  readonly id: string;
  readonly nodeId: string;
  readonly name: string;
  readonly createdAt: number;
  startedAt: number;
  /** undefined while it runs: shown as year 1. */
  finishedAt: number | undefined;
  state: string;
  readonly history: StateChange[];
  children: readonly string[];
}

/** Where the executed pipeline comes from. */
export interface PipelineSource {
  readonly pipelineId?: string | undefined;
  readonly versionId?: string | undefined;
  /** Inline, as the client sent it. */
  readonly spec?: object | undefined;
}

export interface RunRow {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  storageState: string;
  readonly serviceAccount: string;
  readonly source: PipelineSource;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly pipelineRoot: string;
  readonly createdAt: number;
  readonly scheduledAt: number;
  finishedAt: number;
  state: string;
  readonly history: StateChange[];
  readonly recurringRunId: string;
  readonly pluginsInput?: object | undefined;
  readonly pluginsOutput?: object | undefined;
  readonly workflowName: string;
  /** The last reported Workflow, as JSON; empty before the first report. */
  manifest: string;
  readonly tasks: TaskRow[];
}

export interface Trigger {
  readonly cron?: string | undefined;
  readonly intervalSeconds?: number | undefined;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

export interface RecurringRunRow {
  /** The UID of its ScheduledWorkflow. */
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly source: PipelineSource;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly pipelineRoot: string;
  readonly maxConcurrency: number;
  readonly trigger: Trigger;
  isEnabled: boolean;
  readonly noCatchup: boolean;
  readonly createdAt: number;
  updatedAt: number;
  /** The ScheduledWorkflow as its controller sees it. */
  readonly scheduleName: string;
  lastIndex: number;
  lastTriggeredAt: number;
}
