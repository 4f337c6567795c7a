import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import { existing, params } from '../../argument.ts';
import { found, missed, type Found } from '../../found.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { convertParameters, type GivenParameters } from '../convert-parameters.ts';
import { findPipeline } from '../find-pipeline.ts';
import { runReferenceOf } from '../run-reference.ts';
import { inWords, startRun, tryRun, type PlannedRun } from '../start-run.ts';
import { tektonAccess } from '../tekton-access.ts';
import { runSummary, runSummaryOf, textsByName, withValues } from '../tekton-data.ts';

export const runPipeline = (tekton: TektonClient) =>
  defineTool({
    name: 'run_pipeline',
    description:
      'Start a run of a Tekton pipeline, such as a build, a test, a release or a deployment, with given parameters.',
    effect: 'named',
    input: z.strictObject({ pipeline: existing('pipeline', 'Pipeline to run.'), params }),
    output: z.object({ run: runSummary, parameters: z.record(z.string(), z.string()) }),
    access: [tektonAccess('get', 'pipelines'), tektonAccess('create', 'pipelineruns')],
    examples: [
      'Build the image with tag 1.4.0',
      'deploy version 2.1 to staging',
      'run the Tekton pipeline build-and-push with revision=main',
      'start a release of branch release/5.0',
      'kick off the CI tests for commit abc123',
      'trigger build-and-push again with tag=latest',
    ],
    display: 'text',
    precheck: async (input, context) => {
      const plan = await planRun(tekton, input, context);
      if (!plan.ok) return plan.failure;
      await tryRun(tekton, plan.value, context);
      return undefined;
    },
    preview: async (input, context) => {
      const plan = await planRun(tekton, input, context);
      return plan.ok ? `Would run ${inWords(plan.value, context)}.` : undefined;
    },
    execute: async (input, context) => {
      const started = await startRun(tekton, await planRun(tekton, input, context), context);
      if (!started.ok) return started.failure;
      const run = started.value;
      const parameters = textsByName(run.parameters);
      return {
        kind: 'ok',
        summary: `Started run ${run.name} of pipeline ${run.pipeline}${withValues(parameters)}.`,
        data: { run: runSummaryOf(run), parameters },
        runs: [runReferenceOf(run, context.namespace)],
      };
    },
  });

interface Request {
  readonly pipeline: string;
  readonly params?: GivenParameters | undefined;
}

async function planRun(tekton: TektonClient, request: Request, context: ToolContext): Promise<Found<PlannedRun>> {
  const pipeline = await findPipeline(tekton, request.pipeline, context);
  if (!pipeline.ok) return pipeline;
  const needed = pipeline.value.workspaces.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
  if (needed.length > 0) {
    return missed(
      'WorkspaceNeeded',
      `Pipeline ${request.pipeline} needs the workspace ${needed.join(', ')}, and volumes are never chosen here.`,
      'Start it once by hand with its volumes; rerun then uses the same ones.',
    );
  }
  const parameters = convertParameters(pipeline.value, request.params ?? {});
  return parameters.ok ? found({ pipeline: request.pipeline, parameters: parameters.value }) : parameters;
}
