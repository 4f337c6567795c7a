import { parseTemplate, shownSpec } from './pipeline-template.ts';
import {
  type ExperimentRow,
  type PipelineRow,
  type PipelineSource,
  type RecurringRunRow,
  type RunRow,
  type StateChange,
  type TaskRow,
  type Trigger,
  type VersionRow,
} from '../store/rows.ts';

/** Rows as the API shows them: snake_case, zero values left out, int64 as text. */
export type Json = Record<string, unknown>;

/** RFC 3339 in whole seconds; no time at all is year 1. */
export function timestamp(seconds: number | undefined): string {
  if (seconds === undefined) return '0001-01-01T00:00:00Z';
  return new Date(seconds * 1000).toISOString().replace(/\.\d+/u, '');
}

/** Leaves out what protojson leaves out: empty text, zero, false, empty lists and maps that are not set. */
export function withoutZeros(fields: Json): Json {
  const isZero = (value: unknown) =>
    value === undefined ||
    value === '' ||
    value === 0 ||
    value === false ||
    (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isZero(value)));
}

const mapOf = (values: Readonly<Record<string, unknown>>) => (Object.keys(values).length === 0 ? undefined : values);

export const pipelineAnswer = (row: PipelineRow): Json =>
  withoutZeros({
    pipeline_id: row.id,
    display_name: row.displayName,
    name: row.name,
    description: row.description,
    created_at: timestamp(row.createdAt),
    namespace: row.namespace,
    tags: mapOf(row.tags),
  });

export const versionAnswer = (row: VersionRow): Json =>
  withoutZeros({
    pipeline_id: row.isUnlabelled ? '' : row.pipelineId,
    pipeline_version_id: row.id,
    display_name: row.displayName,
    name: row.name,
    description: row.description,
    created_at: timestamp(row.createdAt),
    pipeline_spec: shownSpec(parseTemplate(row.template)),
    code_source_url: row.codeSourceUrl,
    tags: mapOf(row.tags),
  });

export const experimentAnswer = (row: ExperimentRow): Json =>
  withoutZeros({
    experiment_id: row.id,
    display_name: row.name,
    description: row.description,
    created_at: timestamp(row.createdAt),
    namespace: row.namespace,
    storage_state: row.storageState,
    last_run_created_at: timestamp(row.lastRunCreatedAt),
  });

export const runAnswer = (row: RunRow): Json =>
  withoutZeros({
    experiment_id: row.experimentId,
    run_id: row.id,
    display_name: row.name,
    storage_state: row.storageState,
    description: row.description,
    ...sourceAnswer(row.source),
    runtime_config: runtimeConfig(row),
    service_account: row.serviceAccount,
    created_at: timestamp(row.createdAt),
    scheduled_at: timestamp(row.scheduledAt),
    finished_at: timestamp(row.finishedAt),
    state: row.state,
    run_details:
      row.tasks.length === 0
        ? undefined
        : { task_details: row.tasks.toSorted(byId).map((task) => taskAnswer(row.id, task)) },
    recurring_run_id: row.recurringRunId,
    state_history: row.history.map(stateAnswer),
    plugins_input: row.pluginsInput,
    plugins_output: row.pluginsOutput,
  });

export const recurringRunAnswer = (row: RecurringRunRow): Json =>
  withoutZeros({
    recurring_run_id: row.id,
    display_name: row.name,
    description: row.description,
    ...sourceAnswer(row.source),
    runtime_config: runtimeConfig(row),
    service_account: row.serviceAccount,
    max_concurrency: String(row.maxConcurrency),
    trigger: triggerAnswer(row.trigger),
    mode: row.isEnabled ? 'ENABLE' : 'DISABLE',
    created_at: timestamp(row.createdAt),
    updated_at: timestamp(row.updatedAt),
    status: row.isEnabled ? 'ENABLED' : 'DISABLED',
    no_catchup: row.noCatchup,
    namespace: row.namespace,
    experiment_id: row.experimentId,
  });

function sourceAnswer({ pipelineId, versionId, spec }: PipelineSource): Json {
  if (spec) return { pipeline_spec: spec };
  return { pipeline_version_reference: withoutZeros({ pipeline_id: pipelineId, pipeline_version_id: versionId }) };
}

function runtimeConfig({ parameters, pipelineRoot }: Pick<RunRow, 'parameters' | 'pipelineRoot'>): Json | undefined {
  return mapOf(withoutZeros({ parameters: mapOf(parameters), pipeline_root: pipelineRoot }));
}

function triggerAnswer({ cron, intervalSeconds, startTime, endTime }: Trigger): Json {
  const span = {
    ...(startTime !== undefined && { start_time: timestamp(startTime) }),
    ...(endTime !== undefined && { end_time: timestamp(endTime) }),
  };
  if (cron !== undefined) return { cron_schedule: { ...span, cron } };
  if (intervalSeconds !== undefined)
    return { periodic_schedule: { ...span, interval_second: String(intervalSeconds) } };
  return {};
}

const stateAnswer = ({ at, state }: StateChange): Json => withoutZeros({ update_time: timestamp(at), state });

const byId = (left: TaskRow, right: TaskRow) => (left.id < right.id ? -1 : 1);

/** Never filled by the server: error, pod_name, executor_detail, inputs, outputs. `pod_name` of children are node ids. */
const taskAnswer = (runId: string, task: TaskRow): Json =>
  withoutZeros({
    run_id: runId,
    task_id: task.id,
    display_name: task.name,
    create_time: timestamp(task.createdAt),
    start_time: timestamp(task.startedAt),
    end_time: timestamp(task.finishedAt),
    state: task.state,
    state_history: task.history.map(stateAnswer),
    child_tasks: task.children.map((id) => ({ pod_name: id })),
  });
