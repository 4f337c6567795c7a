import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import type { TektonRun } from '../../../backends/tekton/tekton-objects.ts';
import { existing, params } from '../../argument.ts';
import { found, missed, type Found } from '../../found.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { convertParameters, type GivenParameters } from '../convert-parameters.ts';
import { findPipeline } from '../find-pipeline.ts';
import { findRun } from '../find-run.ts';
import { runReferenceOf } from '../run-reference.ts';
import { inWords, startRun, tryRun, type PlannedRun } from '../start-run.ts';
import { tektonAccess } from '../tekton-access.ts';
import { runSummary, runSummaryOf, textsByName, withValues } from '../tekton-data.ts';

export const rerun = (tekton: TektonClient) =>
  defineTool({
    name: 'rerun',
    description:
      'Start a Tekton PipelineRun anew with the same pipeline, parameters and workspaces, some parameters changed if wanted.',
    effect: 'named',
    input: z.strictObject({
      run: existing('run', 'Run to start anew.'),
      params: params.describe('Parameters that shall differ from the earlier run, by name.'),
    }),
    output: z.object({
      run: runSummary,
      earlierRun: z.string(),
      parameters: z.record(z.string(), z.string()),
      notTakenOver: z.array(z.string()),
    }),
    access: [
      tektonAccess('get', 'pipelineruns'),
      tektonAccess('get', 'pipelines'),
      tektonAccess('create', 'pipelineruns'),
    ],
    examples: [
      'Rerun build-81',
      'run the failed deployment again',
      'repeat PipelineRun deploy-12 but with version=2.2',
      'try that build once more',
      'restart the last release with the same settings',
    ],
    display: 'text',
    precheck: async (input, context) => {
      const plan = await planRerun(tekton, input, context);
      if (!plan.ok) return plan.failure;
      await tryRun(tekton, plan.value, context);
      return undefined;
    },
    preview: async (input, context) => {
      const plan = await planRerun(tekton, input, context);
      return plan.ok ? `Would run ${inWords(plan.value, context)}, like ${input.run}.` : undefined;
    },
    execute: async (input, context) => {
      const plan = await planRerun(tekton, input, context);
      const started = await startRun(tekton, plan, context);
      if (!started.ok) return started.failure;
      const run = started.value;
      const parameters = textsByName(run.parameters);
      const notTakenOver = plan.ok ? [...plan.value.notTakenOver] : [];
      const but = notTakenOver.length === 0 ? '' : `; its ${notTakenOver.join(' and ')} were not taken over`;
      return {
        kind: 'ok',
        summary: `Started run ${run.name} of pipeline ${run.pipeline}${withValues(parameters)}, as ${input.run}${but}.`,
        data: { run: runSummaryOf(run), earlierRun: input.run, parameters, notTakenOver },
        runs: [runReferenceOf(run, context.namespace)],
      };
    },
  });

interface Request {
  readonly run: string;
  readonly params?: GivenParameters | undefined;
}
type Replanned = PlannedRun & Pick<TektonRun, 'workspaces' | 'timeouts'> & { readonly notTakenOver: readonly string[] };

async function planRerun(tekton: TektonClient, request: Request, context: ToolContext): Promise<Found<Replanned>> {
  const earlier = await findRun(tekton, { run: request.run }, context);
  if (!earlier.ok) return earlier;
  const { pipeline: name, source, parameters: used, workspaces, timeouts, ownSettings } = earlier.value;
  if (source !== 'name') {
    return missed(
      'NotRerunnable',
      `Run ${request.run} was not made from a pipeline of this namespace (${source === 'inline' ? 'its tasks are written out in it' : 'its pipeline comes from elsewhere'}).`,
      'Create a Pipeline in this namespace and run that.',
    );
  }
  const pipeline = await findPipeline(tekton, name, context);
  if (!pipeline.ok) return pipeline;
  const given = { ...Object.fromEntries(used.map((entry) => [entry.name, entry.value])), ...request.params };
  const parameters = convertParameters(pipeline.value, given);
  if (!parameters.ok) return parameters;
  return found({ pipeline: name, parameters: parameters.value, workspaces, timeouts, notTakenOver: ownSettings });
}
