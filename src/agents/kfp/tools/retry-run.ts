import { z } from 'zod';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../../../backends/kfp/kfp-refused-error.ts';
import { existing } from '../../argument.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolContext, type ToolFailure } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { isGoing, pipelineNameOf, runSummary, runSummaryOf, stateInWords } from '../kfp-data.ts';
import { runReferenceOf } from '../run-reference.ts';

export const retryRun = (kfp: KfpSource) =>
  defineTool({
    name: 'retry_run',
    description: 'Retry a failed Kubeflow run from the tasks that failed, keeping what had succeeded.',
    effect: 'keyed',
    input: z.strictObject({ run: existing('run', 'Failed run to retry.') }),
    output: runSummary,
    access: kfpAccess('retry', 'runs'),
    examples: [
      'Retry run churn-0412',
      'try the failed training once more',
      'resume exp-12 from where it broke',
      'can you give nightly-7 another go?',
    ],
    display: 'text',

    precheck: async ({ run }, context) => {
      const found = await findRun(await kfp.client(context), { run, prefer: canBeRetried }, context);
      if (!found.ok) return found.failure;
      return canBeRetried(found.value) ? undefined : notRetryable(found.value, context);
    },
    preview: async ({ run: reference }, context) => {
      const found = await findRun(await kfp.client(context), { run: reference, prefer: canBeRetried }, context);
      if (!found.ok) return undefined;
      const run = found.value;
      return `Would run the failed tasks of ${run.name} (${pipelineNameOf(run)}) again, keeping what had succeeded.`;
    },
    execute: async ({ run: reference }, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, { run: reference, prefer: canBeRetried }, context);
      if (!found.ok) return found.failure;
      const isRetried = await retry(client, found.value, context);
      const run = (await client.getRun(found.value.id, context)) ?? found.value;
      if (!isRetried) return notRetryable(run, context);
      return {
        kind: 'ok',
        summary: `Run ${run.name} of ${pipelineNameOf(run)} goes on from the tasks that failed.`,
        data: runSummaryOf(run),
        runs: [runReferenceOf(run, context.namespace)],
      };
    },
  });

function canBeRetried({ state }: KfpRun): boolean {
  return state === 'Failed' || state === 'Cancelled';
}

/** @returns false when the run is in a state from which Kubeflow Pipelines retries nothing. */
async function retry(client: KfpClient, { id: runId }: KfpRun, context: ToolContext): Promise<boolean> {
  try {
    await client.retryRun({ runId, decidedAt: context.decidedAt }, context);
    return true;
  } catch (error) {
    if (error instanceof KfpRefusedError && error.code === 'Conflict') return false;
    throw error;
  }
}

function notRetryable(run: KfpRun, context: ToolContext): ToolFailure {
  const state = stateInWords(run, context.clock.now());
  if (isGoing(run)) {
    return failure('StillRunning', `Run ${run.name} ${state}; only a run that has failed can be retried.`);
  }
  const message = `Run ${run.name} ${state}, so there is nothing to retry.`;
  return failure('NothingToRetry', message, 'run_pipeline starts a new run.');
}
