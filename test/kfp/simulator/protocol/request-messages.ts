import { type MessageType } from './proto-message.ts';

/** The v2beta1 messages that clients send, field by field: an unknown one is refused. */
const packageName = 'kubeflow.pipelines.backend.api.v2beta1';
const named = (name: string, rest: Omit<MessageType, 'name'>): MessageType => ({
  name: `${packageName}.${name}`,
  ...rest,
});

export const storageStates = ['STORAGE_STATE_UNSPECIFIED', 'AVAILABLE', 'ARCHIVED'] as const;
export const runtimeStates = [
  'RUNTIME_STATE_UNSPECIFIED',
  'PENDING',
  'RUNNING',
  'SUCCEEDED',
  'SKIPPED',
  'FAILED',
  'CANCELING',
  'CANCELED',
  'PAUSED',
] as const;

const status: MessageType = {
  name: 'google.rpc.Status',
  fields: { code: 'int32', message: 'string', details: { list: 'any' } },
};

const versionReference = named('PipelineVersionReference', {
  fields: { pipeline_id: 'string', pipeline_version_id: 'string' },
});
const runtimeConfig = named('RuntimeConfig', { fields: { parameters: { map: 'any' }, pipeline_root: 'string' } });
const runtimeStatus = named('RuntimeStatus', {
  fields: { update_time: 'timestamp', state: { enum: runtimeStates }, error: { message: status } },
});
const pipelineSource = ['pipeline_version_id', 'pipeline_spec', 'pipeline_version_reference'] as const;
const sourceFields = {
  pipeline_version_id: 'string',
  pipeline_spec: 'struct',
  pipeline_version_reference: { message: versionReference },
  runtime_config: { message: runtimeConfig },
  service_account: 'string',
} as const;

export const runMessage = named('Run', {
  fields: {
    experiment_id: 'string',
    run_id: 'string',
    display_name: 'string',
    storage_state: { enum: storageStates },
    description: 'string',
    ...sourceFields,
    created_at: 'timestamp',
    scheduled_at: 'timestamp',
    finished_at: 'timestamp',
    state: { enum: runtimeStates },
    error: { message: status },
    run_details: 'struct',
    recurring_run_id: 'string',
    state_history: { list: { message: runtimeStatus } },
    plugins_input: { map: 'struct' },
    plugins_output: { map: 'any' },
  },
  oneofs: { pipeline_source: pipelineSource },
});

export const experimentMessage = named('Experiment', {
  fields: {
    experiment_id: 'string',
    display_name: 'string',
    description: 'string',
    created_at: 'timestamp',
    namespace: 'string',
    storage_state: { enum: storageStates },
    last_run_created_at: 'timestamp',
  },
});

export const pipelineMessage = named('Pipeline', {
  fields: {
    pipeline_id: 'string',
    display_name: 'string',
    name: 'string',
    description: 'string',
    created_at: 'timestamp',
    namespace: 'string',
    error: { message: status },
    tags: { map: 'string' },
  },
});

const url = named('Url', { fields: { pipeline_url: 'string' } });

export const versionMessage = named('PipelineVersion', {
  fields: {
    pipeline_id: 'string',
    pipeline_version_id: 'string',
    display_name: 'string',
    name: 'string',
    description: 'string',
    created_at: 'timestamp',
    pipeline_spec: 'struct',
    package_url: { message: url },
    code_source_url: 'string',
    error: { message: status },
    tags: { map: 'string' },
  },
});

export const pipelineAndVersionMessage = named('CreatePipelineAndVersionRequest', {
  fields: { pipeline: { message: pipelineMessage }, pipeline_version: { message: versionMessage } },
});

const cronSchedule = named('CronSchedule', {
  fields: { start_time: 'timestamp', end_time: 'timestamp', cron: 'string' },
});
const periodicSchedule = named('PeriodicSchedule', {
  fields: { start_time: 'timestamp', end_time: 'timestamp', interval_second: 'int64' },
});
const trigger = named('Trigger', {
  fields: { cron_schedule: { message: cronSchedule }, periodic_schedule: { message: periodicSchedule } },
  oneofs: { trigger: ['cron_schedule', 'periodic_schedule'] },
});

export const recurringRunMessage = named('RecurringRun', {
  fields: {
    recurring_run_id: 'string',
    display_name: 'string',
    description: 'string',
    ...sourceFields,
    max_concurrency: 'int64',
    trigger: { message: trigger },
    mode: { enum: ['MODE_UNSPECIFIED', 'ENABLE', 'DISABLE'] },
    created_at: 'timestamp',
    updated_at: 'timestamp',
    status: { enum: ['STATUS_UNSPECIFIED', 'ENABLED', 'DISABLED'] },
    error: { message: status },
    no_catchup: 'bool',
    namespace: 'string',
    experiment_id: 'string',
  },
  oneofs: { pipeline_source: pipelineSource },
});

const values = [
  'int_value',
  'long_value',
  'string_value',
  'timestamp_value',
  'int_values',
  'long_values',
  'string_values',
] as const;
export const operations = [
  'OPERATION_UNSPECIFIED',
  'EQUALS',
  'NOT_EQUALS',
  'GREATER_THAN',
  'GREATER_THAN_EQUALS',
  'LESS_THAN',
  'LESS_THAN_EQUALS',
  'IN',
  'IS_SUBSTRING',
] as const;

const predicate = named('Predicate', {
  fields: {
    operation: { enum: operations },
    key: 'string',
    int_value: 'int32',
    long_value: 'int64',
    string_value: 'string',
    timestamp_value: 'timestamp',
    int_values: { message: named('Predicate.IntValues', { fields: { values: { list: 'int32' } } }) },
    long_values: { message: named('Predicate.LongValues', { fields: { values: { list: 'int64' } } }) },
    string_values: { message: named('Predicate.StringValues', { fields: { values: { list: 'string' } } }) },
  },
  oneofs: { value: values },
});

export const filterMessage = named('Filter', { fields: { predicates: { list: { message: predicate } } } });

/** Of the old API only what clients still touch: a body with the new field names is refused. */
export const oldRunMessage: MessageType = {
  name: 'api.Run',
  fields: {
    id: 'string',
    name: 'string',
    storage_state: 'string',
    description: 'string',
    pipeline_spec: 'struct',
    resource_references: { list: 'struct' },
    service_account: 'string',
  },
};
