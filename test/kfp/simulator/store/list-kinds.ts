import { type ExperimentRow, type PipelineRow, type RecurringRunRow, type RunRow, type VersionRow } from './rows.ts';

export type ColumnValue = string | number;

/** What lists of one kind can be sorted and filtered by. */
export interface ListKind<Row> {
  /** As errors call it. */
  readonly typeName: string;
  /** As page tokens call it. */
  readonly modelName: string;
  /** Field of the API to column of the database. */
  readonly keys: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, (row: Row) => ColumnValue>>;
  readonly tagsOf?: (row: Row) => Readonly<Record<string, string>>;
}

export const pipelineKind: ListKind<PipelineRow> = {
  typeName: 'Pipeline',
  modelName: 'pipelines',
  keys: {
    pipeline_id: 'UUID',
    id: 'UUID',
    name: 'Name',
    display_name: 'DisplayName',
    created_at: 'CreatedAtInSec',
    description: 'Description',
    namespace: 'Namespace',
  },
  columns: {
    UUID: (row) => row.id,
    Name: (row) => row.name,
    DisplayName: (row) => row.displayName,
    CreatedAtInSec: (row) => row.createdAt,
    Description: (row) => row.description,
    Namespace: (row) => row.namespace,
  },
  tagsOf: (row) => row.tags,
};

export const versionKind: ListKind<VersionRow> = {
  typeName: 'PipelineVersion',
  modelName: 'pipeline_versions',
  keys: {
    pipeline_version_id: 'UUID',
    id: 'UUID',
    name: 'Name',
    display_name: 'DisplayName',
    created_at: 'CreatedAtInSec',
    description: 'Description',
    code_source_url: 'CodeSourceUrl',
  },
  columns: {
    UUID: (row) => row.id,
    Name: (row) => row.name,
    DisplayName: (row) => row.displayName,
    CreatedAtInSec: (row) => row.createdAt,
    Description: (row) => row.description,
    CodeSourceUrl: (row) => row.codeSourceUrl,
  },
  tagsOf: (row) => row.tags,
};

export const experimentKind: ListKind<ExperimentRow> = {
  typeName: 'Experiment',
  modelName: 'experiments',
  keys: {
    experiment_id: 'UUID',
    id: 'UUID',
    name: 'Name',
    display_name: 'Name',
    created_at: 'CreatedAtInSec',
    last_run_created_at: 'LastRunCreatedAtInSec',
    description: 'Description',
    namespace: 'Namespace',
    storage_state: 'StorageState',
  },
  columns: {
    UUID: (row) => row.id,
    Name: (row) => row.name,
    CreatedAtInSec: (row) => row.createdAt,
    LastRunCreatedAtInSec: (row) => row.lastRunCreatedAt,
    Description: (row) => row.description,
    Namespace: (row) => row.namespace,
    StorageState: (row) => row.storageState,
  },
};

export const runKind: ListKind<RunRow> = {
  typeName: 'Run',
  modelName: '',
  keys: {
    run_id: 'UUID',
    id: 'UUID',
    name: 'DisplayName',
    display_name: 'DisplayName',
    created_at: 'CreatedAtInSec',
    finished_at: 'FinishedAtInSec',
    scheduled_at: 'ScheduledAtInSec',
    description: 'Description',
    storage_state: 'StorageState',
    state: 'State',
    status: 'State',
    namespace: 'Namespace',
    experiment_id: 'ExperimentUUID',
    recurring_run_id: 'JobUUID',
    state_history: 'StateHistory',
    runtime_details: 'PipelineRuntimeManifest',
  },
  columns: {
    UUID: (row) => row.id,
    DisplayName: (row) => row.name,
    CreatedAtInSec: (row) => row.createdAt,
    FinishedAtInSec: (row) => row.finishedAt,
    ScheduledAtInSec: (row) => row.scheduledAt,
    Description: (row) => row.description,
    StorageState: (row) => row.storageState,
    State: (row) => row.state,
    // The column is empty in single-user mode.
    Namespace: (row) => row.namespace,
    ExperimentUUID: (row) => row.experimentId,
    JobUUID: (row) => row.recurringRunId,
    StateHistory: (row) => JSON.stringify(row.history),
    PipelineRuntimeManifest: (row) => row.manifest,
  },
};

export const recurringRunKind: ListKind<RecurringRunRow> = {
  typeName: 'Job',
  modelName: 'jobs',
  keys: {
    recurring_run_id: 'UUID',
    id: 'UUID',
    name: 'DisplayName',
    display_name: 'DisplayName',
    created_at: 'CreatedAtInSec',
    updated_at: 'UpdatedAtInSec',
    description: 'Description',
  },
  columns: {
    UUID: (row) => row.id,
    DisplayName: (row) => row.name,
    CreatedAtInSec: (row) => row.createdAt,
    UpdatedAtInSec: (row) => row.updatedAt,
    Description: (row) => row.description,
  },
};
