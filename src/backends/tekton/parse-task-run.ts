import { z } from 'zod';
import { parameterValue } from './parse-pipeline.ts';
import { progressOf, progressStatus } from './progress.ts';
import type { TektonStep, TektonTaskRun } from './tekton-objects.ts';

const stopped = z.object({
  exitCode: z.int().default(0),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const step = z
  .object({
    name: z.string(),
    container: z.string().optional(),
    waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
    running: z.unknown().optional(),
    terminated: stopped.optional(),
    terminationReason: z.string().optional(),
  })
  .transform(({ name, container, ...state }): TektonStep => ({
    name,
    container: container ?? `step-${name}`,
    ...stepState(state),
  }));

const taskRun = z
  .object({
    metadata: z.object({
      name: z.string(),
      uid: z.string().default(''),
      labels: z.record(z.string(), z.string()).default({}),
    }),
    status: z
      .object({
        ...progressStatus,
        podName: z.string().optional(),
        steps: z.array(step).default([]),
        results: z.array(z.object({ name: z.string(), value: parameterValue })).default([]),
        retriesStatus: z.array(z.unknown()).default([]),
      })
      .prefault({}),
  })
  .transform(({ metadata, status }): TektonTaskRun => ({
    name: metadata.name,
    uid: metadata.uid,
    task: metadata.labels['tekton.dev/pipelineTask'] ?? metadata.name,
    ...progressOf(status),
    podName: status.podName === '' ? undefined : status.podName,
    steps: status.steps,
    results: status.results,
    attempts: status.retriesStatus.length + 1,
  }));

/** Reads a TaskRun (tekton.dev/v1). */
export function parseTaskRun(object: unknown): TektonTaskRun {
  return taskRun.parse(object);
}

interface StepFacts {
  readonly waiting?: { readonly reason?: string | undefined; readonly message?: string | undefined } | undefined;
  readonly running?: unknown;
  readonly terminated?: z.output<typeof stopped> | undefined;
  readonly terminationReason?: string | undefined;
}

function stepState({
  waiting,
  running,
  terminated,
  terminationReason,
}: StepFacts): Omit<TektonStep, 'name' | 'container'> {
  if (terminated) {
    const { exitCode, reason, message } = terminated;
    // A step that was passed over after a failure ends with exit code 1 and the word Skipped.
    return { state: exitCode === 0 ? 'Succeeded' : 'Failed', exitCode, reason: terminationReason ?? reason, message };
  }
  if (waiting) return { state: 'Waiting', reason: waiting.reason, message: waiting.message };
  return { state: running === undefined ? 'Waiting' : 'Running' };
}
