import { z } from 'zod';
import type { ParameterValue, TektonRun } from '../../backends/tekton/tekton-objects.ts';
import { runState } from '../argument.ts';
import { humanDuration } from '../moment.ts';

/** Data that several tools of this agent return. Times are RFC 3339. */

export const runSummary = z.object({
  name: z.string(),
  pipeline: z.string(),
  state: runState,
  reason: z.string(),
  createdAt: z.string(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  durationSeconds: z.number().optional(),
});
export type RunSummary = z.output<typeof runSummary>;

export function runSummaryOf(run: TektonRun): RunSummary {
  return {
    name: run.name,
    pipeline: pipelineNameOf(run),
    state: run.state,
    reason: run.reason,
    createdAt: run.createdAt,
    ...timesOf(run),
  };
}

/** Runs can be written without reference to a pipeline. */
export function pipelineNameOf(run: Pick<TektonRun, 'pipeline'>): string {
  return run.pipeline === '' ? '(written out in the run)' : run.pipeline;
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
    ...(startedAt !== undefined && { startedAt }),
    ...(finishedAt !== undefined && { finishedAt }),
    ...(startedAt !== undefined &&
      finishedAt !== undefined && { durationSeconds: (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000 }),
  };
}

/** `succeeded after 9 s`, `failed (PipelineRunTimeout) after 1 h`, `is running since 3 min`. */
export function stateInWords(run: TektonRun, now: Date): string {
  const because = run.state === 'Failed' && run.reason !== 'Failed' && run.reason !== '' ? ` (${run.reason})` : '';
  const { durationSeconds } = timesOf(run);
  if (durationSeconds !== undefined) {
    return `${ended[run.state]}${because} after ${humanDuration(durationSeconds * 1_000)}`;
  }
  if (run.state === 'Pending') return 'is pending';
  if (run.state !== 'Running') return `${ended[run.state]}${because}`;
  const since = run.startedAt === undefined ? '' : ` since ${humanDuration(now.getTime() - Date.parse(run.startedAt))}`;
  return `is running${since}`;
}

const ended: Readonly<Record<TektonRun['state'], string>> = {
  Pending: 'is pending',
  Running: 'is running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Cancelled: 'was cancelled',
};

/** Texts as they are, lists and objects as JSON. */
export function textOf(value: ParameterValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function textsByName(
  values: readonly { readonly name: string; readonly value: ParameterValue }[],
): Record<string, string> {
  return Object.fromEntries(values.map(({ name, value }) => [name, textOf(value)]));
}

/** ` with a=1, b=2`, or nothing. */
export function withValues(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return entries.length === 0 ? '' : ` with ${entries.join(', ')}`;
}
