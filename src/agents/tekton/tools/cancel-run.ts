import { z } from 'zod';
import { cancelModes, type CancelMode, type TektonClient } from '../../../backends/tekton/tekton-client.ts';
import { TektonRefusedError } from '../../../backends/tekton/tekton-refused-error.ts';
import type { TektonRun } from '../../../backends/tekton/tekton-objects.ts';
import { existing } from '../../argument.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolContext, type ToolFailure, type ToolSuccess } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { runReferenceOf } from '../run-reference.ts';
import { tektonAccess } from '../tekton-access.ts';
import { pipelineNameOf, runSummary, runSummaryOf, stateInWords, type RunSummary } from '../tekton-data.ts';

export const cancelRun = (tekton: TektonClient) =>
  defineTool({
    name: 'cancel_run',
    description: 'Cancel a Tekton PipelineRun that is still going.',
    effect: 'named',
    input: z.strictObject({
      run: existing('run', 'Run to cancel.'),
      mode: z
        .enum(cancelModes)
        .default('Cancelled')
        .describe(
          'Cancelled stops at once; CancelledRunFinally stops, then runs the finally tasks; StoppedRunFinally lets tasks that have begun end first.',
        ),
    }),
    output: z.object({ run: runSummary, mode: z.enum(cancelModes) }),
    access: [tektonAccess('get', 'pipelineruns'), tektonAccess('patch', 'pipelineruns')],
    examples: [
      'Cancel PipelineRun build-81',
      'stop the deployment',
      'abort the release that is running',
      'kill that Tekton build',
      'let build-81 finish its current tasks and then stop it',
    ],
    display: 'text',
    precheck: async ({ run, mode }, context) => {
      const found = await findRun(tekton, { run }, context);
      if (!found.ok) return found.failure;
      return hasEnded(found.value) && !isOurDoing(found.value, mode)
        ? alreadyFinished(found.value, context)
        : undefined;
    },
    preview: async ({ run, mode }, context) => {
      const found = await findRun(tekton, { run }, context);
      if (!found.ok) return undefined;
      const now = context.clock.now();
      return `Would end run ${run} of ${pipelineNameOf(found.value)} (${mode}), which ${stateInWords(found.value, now)}.`;
    },
    execute: async ({ run: name, mode }, context) => {
      const found = await findRun(tekton, { run: name }, context);
      if (!found.ok) return found.failure;
      if (isOurDoing(found.value, mode)) return cancelled(found.value, mode, context);
      if (hasEnded(found.value)) return alreadyFinished(found.value, context);
      try {
        await tekton.cancelRun(found.value, mode, context);
      } catch (error) {
        const ended = error instanceof TektonRefusedError ? await tekton.getRun(name, context) : undefined;
        if (!ended || !hasEnded(ended)) throw error;
        return alreadyFinished(ended, context);
      }
      return cancelled(found.value, mode, context);
    },
  });

function hasEnded({ state }: TektonRun): boolean {
  return state === 'Succeeded' || state === 'Failed' || state === 'Cancelled';
}

/** On a repeat the run carries our request already, and may have ended through it. */
function isOurDoing(run: TektonRun, mode: CancelMode): boolean {
  return run.requestedStatus === mode && (!hasEnded(run) || run.state === 'Cancelled');
}

function cancelled(
  run: TektonRun,
  mode: CancelMode,
  context: ToolContext,
): ToolSuccess<{ run: RunSummary; mode: CancelMode }> {
  return {
    kind: 'ok',
    summary: `Run ${run.name} of ${pipelineNameOf(run)} is being ended (${mode}).`,
    data: { run: runSummaryOf(run), mode },
    runs: [runReferenceOf(run, context.namespace)],
  };
}

function alreadyFinished(run: TektonRun, context: ToolContext): ToolFailure {
  return failure(
    'AlreadyFinished',
    `Run ${run.name} ${stateInWords(run, context.clock.now())}, so there is nothing to cancel.`,
  );
}
