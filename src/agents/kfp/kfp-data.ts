import { z } from 'zod';
import type {
  JsonValue,
  KfpExperiment,
  KfpPipeline,
  KfpPipelineReference,
  KfpRun,
  KfpTask,
  KfpVersion,
} from '../../backends/kfp/kfp-objects.ts';
import { runState } from '../argument.ts';
import { humanDuration } from '../moment.ts';

/** Data that several tools of this agent return. Times are RFC 3339; one that Kubeflow Pipelines does not know is absent. */

const time = z.string();

export const nextPage = { total: z.int().optional(), nextPageToken: z.string().optional() };

export const pipelineSummary = z.object({
  name: z.string(),
  id: z.string(),
  description: z.string().optional(),
  newestVersion: z.string().optional(),
  createdAt: time.optional(),
});
export type PipelineSummary = z.output<typeof pipelineSummary>;

export function pipelineSummaryOf(pipeline: KfpPipeline, newest?: KfpVersion): PipelineSummary {
  return {
    name: pipeline.name,
    id: pipeline.id,
    ...present('description', pipeline.description),
    ...present('newestVersion', newest?.name),
    ...present('createdAt', pipeline.createdAt),
  };
}

export const experimentSummary = z.object({
  name: z.string(),
  id: z.string(),
  description: z.string().optional(),
  createdAt: time.optional(),
  lastRunCreatedAt: time.optional(),
});

export function experimentSummaryOf(experiment: KfpExperiment): z.output<typeof experimentSummary> {
  return {
    name: experiment.name,
    id: experiment.id,
    ...present('description', experiment.description),
    ...present('createdAt', experiment.createdAt),
    ...present('lastRunCreatedAt', experiment.lastRunCreatedAt),
  };
}

export const runSummary = z.object({
  name: z.string(),
  id: z.string(),
  pipeline: z.string(),
  version: z.string().optional(),
  experiment: z.string().optional(),
  state: runState,
  note: z.string().optional(),
  createdAt: time.optional(),
  startedAt: time.optional(),
  finishedAt: time.optional(),
  durationSeconds: z.number().optional(),
  url: z.string().optional(),
});
export type RunSummary = z.output<typeof runSummary>;

export function runSummaryOf(run: KfpRun): RunSummary {
  return {
    name: run.name,
    id: run.id,
    pipeline: pipelineNameOf(run),
    ...present('version', run.pipeline?.versionName),
    ...present('experiment', run.experimentName),
    state: run.state,
    ...present('note', run.note),
    ...present('createdAt', run.createdAt),
    ...timesOf(run),
    ...present('url', run.url),
  };
}

export const taskSummary = z.object({
  name: z.string(),
  state: z.string(),
  group: z.string().optional(),
  message: z.string().optional(),
  attempts: z.int().optional(),
  startedAt: time.optional(),
  finishedAt: time.optional(),
  durationSeconds: z.number().optional(),
  cached: z.boolean(),
  after: z.array(z.string()),
});

export function taskSummaryOf(task: KfpTask): z.output<typeof taskSummary> {
  return {
    name: task.displayName,
    state: task.state,
    ...present('group', task.parent),
    ...(task.state === 'Failed' && present('message', task.message)),
    ...(task.attempts > 1 && { attempts: task.attempts }),
    ...timesOf(task),
    cached: task.isCached,
    after: [...task.after],
  };
}

/** A member that is there only when it has a value. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined || value === '' ? {} : ({ [name]: value } as Record<Name, Value>);
}

/** Runs can carry their own specification, and pipelines can be deleted while their runs stay. */
export function pipelineNameOf({
  pipeline,
  inlinePipelineName,
}: Pick<KfpRun, 'pipeline' | 'inlinePipelineName'>): string {
  return nameOfReference(pipeline) ?? inlinePipelineName ?? '(written out in the run)';
}

export function nameOfReference(pipeline: KfpPipelineReference | undefined): string | undefined {
  return pipeline && (pipeline.pipelineName ?? '(deleted pipeline)');
}

interface Times {
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
}

export function timesOf({ startedAt, finishedAt }: Times): {
  startedAt?: string;
  finishedAt?: string;
  durationSeconds?: number;
} {
  return {
    ...present('startedAt', startedAt),
    ...present('finishedAt', finishedAt),
    ...(startedAt !== undefined &&
      finishedAt !== undefined && { durationSeconds: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000 }),
  };
}

/** `succeeded after 9 min`, `failed after 50 s`, `is running since 3 min`, `is being stopped`. */
export function stateInWords(run: KfpRun, now: Date): string {
  const from = run.startedAt ?? run.createdAt;
  if (isGoing(run)) {
    if (run.rawState === 'CANCELING') return 'is being stopped';
    if (run.rawState === 'PAUSED') return 'is paused';
    if (run.state === 'Pending') return 'is pending';
    return from === undefined ? 'is running' : `is running since ${humanDuration(now.getTime() - Date.parse(from))}`;
  }
  const { durationSeconds } = timesOf({ startedAt: from, finishedAt: run.finishedAt });
  const after = durationSeconds === undefined ? '' : ` after ${humanDuration(durationSeconds * 1_000)}`;
  return `${endings[run.state]}${after}`;
}

const endings: Readonly<Record<KfpRun['state'], string>> = {
  Pending: 'is pending',
  Running: 'is running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Cancelled: 'was cancelled',
};

export function isGoing({ state }: Pick<KfpRun, 'state'>): boolean {
  return state === 'Pending' || state === 'Running';
}

/** Texts as they are, everything else as JSON. */
export function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function textsOf(values: Readonly<Record<string, JsonValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)]));
}

/** ` with a=1, b=2`, or nothing; long values are cut for the sentence. */
export function withValues(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(([name, value]) => `${name}=${shortened(value, 60)}`);
  return entries.length === 0 ? '' : ` with ${listed(entries, 12)}`;
}

export function shortened(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

/** `a, b, c and 4 more`. */
export function listed(entries: readonly string[], most: number): string {
  const more = entries.length - most;
  return more <= 0 ? entries.join(', ') : `${entries.slice(0, most).join(', ')} and ${more} more`;
}

/** `1 run`, `3 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
