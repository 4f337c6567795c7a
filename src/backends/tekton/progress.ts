import { z } from 'zod';
import type { TektonProgress, TektonRunState } from './tekton-objects.ts';

/** Status that PipelineRuns and TaskRuns share. Every field may be missing: the controller fills them one by one. */
export const progressStatus = {
  conditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        reason: z.string().default(''),
        message: z.string().default(''),
      }),
    )
    .default([]),
  startTime: z.string().optional(),
  completionTime: z.string().optional(),
};

type ProgressStatus = z.output<z.ZodObject<typeof progressStatus>>;

const pendingReasons = new Set(['', 'PipelineRunPending', 'Pending', 'ResolvingPipelineRef', 'ResolvingTaskRef']);
/** Stopped and cancelled runs that ran their finally tasks end with reason Cancelled as well. */
const cancelledReasons = new Set(['Cancelled', 'TaskRunCancelled', 'CancelledRunFinally', 'StoppedRunFinally']);

export function progressOf(status: ProgressStatus): TektonProgress {
  const succeeded = status.conditions.find(({ type }) => type === 'Succeeded');
  const reason = succeeded?.reason ?? '';
  return {
    state: stateOf(succeeded?.status, reason),
    reason,
    message: succeeded?.message ?? '',
    startedAt: status.startTime,
    finishedAt: status.completionTime,
  };
}

function stateOf(status: string | undefined, reason: string): TektonRunState {
  if (status === 'True') return 'Succeeded';
  if (status === 'False') return cancelledReasons.has(reason) ? 'Cancelled' : 'Failed';
  return pendingReasons.has(reason) ? 'Pending' : 'Running';
}
