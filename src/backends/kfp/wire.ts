import { z } from 'zod';

/**
 * How KFP writes JSON: snake_case, zero values left out, int64 as text, and times that are not known yet as epoch 0 or
 * year 1. All other fields, known or not, are let pass.
 */

export const text = z.string().default('');

/** Also for numbers: the proto says int64, older servers int32. */
export const int64 = z
  .union([z.string(), z.number()])
  .default(0)
  .transform((value) => Number(value));

/** A run that has not ended says 1970-01-01, a running task 0001-01-01. */
export const time = z
  .string()
  .optional()
  .transform((value) => (value === undefined || !(Date.parse(value) > 0) ? undefined : value));

const jsonMap = z.record(z.string(), z.json()).default({});

/** A list may hold an entry that KFP could not convert: an id and a google.rpc.Status. */
const status = z.object({ message: text }).optional();

export const healthAnswer = z.object({
  tag_name: text,
  multi_user: z.boolean().default(false),
  pipeline_store: z.string().default('database'),
});

export const pipeline = z.object({
  pipeline_id: z.string(),
  name: text,
  display_name: text,
  description: z.string().optional(),
  created_at: time,
  namespace: text,
  tags: z.record(z.string(), z.string()).default({}),
  error: status,
});

export const version = z.object({
  pipeline_id: text,
  pipeline_version_id: z.string(),
  name: text,
  display_name: text,
  description: z.string().optional(),
  created_at: time,
  pipeline_spec: z.unknown().optional(),
  error: status,
});

export const experiment = z.object({
  experiment_id: z.string(),
  display_name: text,
  description: z.string().optional(),
  created_at: time,
  last_run_created_at: time,
  namespace: text,
  storage_state: text,
});

const reference = z.object({ pipeline_id: text, pipeline_version_id: text }).optional();

const runtimeConfig = z.object({ parameters: jsonMap }).prefault({});

const taskDetail = z.object({
  task_id: text,
  display_name: text,
  start_time: time,
  end_time: time,
  state: text,
});
export type WireTask = z.output<typeof taskDetail>;

export const run = z.object({
  run_id: z.string(),
  display_name: text,
  description: z.string().optional(),
  experiment_id: text,
  storage_state: text,
  pipeline_version_reference: reference,
  pipeline_spec: z.unknown().optional(),
  runtime_config: runtimeConfig,
  service_account: text,
  created_at: time,
  scheduled_at: time,
  finished_at: time,
  state: text,
  error: status,
  state_history: z.array(z.object({ update_time: time, state: text })).default([]),
  run_details: z.object({ task_details: z.array(taskDetail).default([]) }).prefault({}),
  recurring_run_id: text,
});
export type WireRun = z.output<typeof run>;

export const recurringRun = z.object({
  recurring_run_id: z.string(),
  display_name: text,
  description: z.string().optional(),
  pipeline_version_reference: reference,
  pipeline_version_id: text,
  experiment_id: text,
  runtime_config: runtimeConfig,
  max_concurrency: int64,
  mode: text,
  status: text,
  no_catchup: z.boolean().default(false),
  created_at: time,
  trigger: z
    .object({
      cron_schedule: z.object({ cron: text, start_time: time, end_time: time }).optional(),
      periodic_schedule: z.object({ interval_second: int64, start_time: time, end_time: time }).optional(),
    })
    .prefault({}),
  error: status,
});

/** The list of recurring runs is spelled in camelCase, all others in snake_case. */
const lists = {
  pipelines: pipeline,
  pipeline_versions: version,
  experiments: experiment,
  runs: run,
  recurringRuns: recurringRun,
} as const;
export type ListField = keyof typeof lists;
export type ListItem<Field extends ListField> = z.output<(typeof lists)[Field]>;

export interface ListAnswer<Field extends ListField> {
  readonly items: readonly ListItem<Field>[];
  readonly nextPageToken: string;
  readonly total: number;
}

/** An empty list is `{}`. An entry that has no id, or cannot be read at all, is left out. */
export function parseList<Field extends ListField>(field: Field, answer: unknown): ListAnswer<Field> {
  const page = z
    .object({ [field]: z.array(z.unknown()).default([]), next_page_token: text, total_size: z.number().default(0) })
    .parse(answer) as Record<string, unknown> & { next_page_token: string; total_size: number };
  const items = (page[field] as unknown[]).flatMap((item) => {
    const parsed = lists[field].safeParse(item);
    return parsed.success ? [parsed.data as ListItem<Field>] : [];
  });
  return { items, nextPageToken: page.next_page_token, total: page.total_size };
}
