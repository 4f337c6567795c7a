import { z } from 'zod';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { existing } from '../../argument.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolContext, type ToolFailure, type ToolSuccess } from '../../tool.ts';
import { refuseOrphan } from '../experiment-gone.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { isGoing, pipelineNameOf, runSummary, runSummaryOf, type RunSummary, stateInWords } from '../kfp-data.ts';
import { runReferenceOf } from '../run-reference.ts';

export const terminateRun = (kfp: KfpSource) =>
  defineTool({
    name: 'terminate_run',
    description: 'Stop a Kubeflow run that is still going.',
    effect: 'keyed',
    input: z.strictObject({ run: existing('run', 'Run to stop.') }),
    output: runSummary,
    access: kfpAccess('terminate', 'runs'),
    examples: [
      'Stop run churn-0412',
      'kill the training, it takes too long',
      'terminate exp-12 please',
      'abort the run that is going on',
      'cancel my fraud-train run',
    ],
    display: 'text',

    precheck: async ({ run }, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, { run, prefer: isGoing }, context);
      if (!found.ok) return found.failure;
      return isGoing(found.value) ? refuseOrphan(client, found.value, context) : alreadyFinished(found.value, context);
    },
    preview: async ({ run: reference }, context) => {
      const found = await findRun(await kfp.client(context), { run: reference, prefer: isGoing }, context);
      if (!found.ok) return undefined;
      const run = found.value;
      return `Would stop run ${run.name} of ${pipelineNameOf(run)}, which ${stateInWords(run, context.clock.now())}.`;
    },
    execute: async ({ run: reference }, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, { run: reference, prefer: isGoing }, context);
      if (!found.ok) return found.failure;
      // On a repeat the run may have been ended by our own first request.
      if (found.value.state === 'Cancelled') return stopped(found.value, context);
      if (!isGoing(found.value)) return alreadyFinished(found.value, context);
      return stop(client, found.value, context);
    },
  });

async function stop(client: KfpClient, run: KfpRun, context: ToolContext) {
  const orphan = await refuseOrphan(client, run, context);
  if (orphan) return orphan;
  const { kind } = await client.terminateRun(run.id, context);
  const now = (await client.getRun(run.id, context)) ?? run;
  // Kubeflow Pipelines calls a run that it stopped on request failed.
  if (kind === 'terminating') return stopped(now.state === 'Failed' ? { ...now, state: 'Cancelled' } : now, context);
  return now.state === 'Cancelled' ? stopped(now, context) : alreadyFinished(now, context);
}

function stopped(run: KfpRun, context: ToolContext): ToolSuccess<RunSummary> {
  const how = run.state === 'Cancelled' ? 'was stopped' : 'is being stopped';
  return {
    kind: 'ok',
    summary: `Run ${run.name} of ${pipelineNameOf(run)} ${how}.`,
    data: runSummaryOf(run),
    runs: [runReferenceOf(run, context.namespace)],
  };
}

function alreadyFinished(run: KfpRun, context: ToolContext): ToolFailure {
  const state = stateInWords(run, context.clock.now());
  return failure('AlreadyFinished', `Run ${run.name} ${state}, so there is nothing to stop.`);
}
