import { z } from 'zod';
import { runIdOf } from '../../../backends/kfp/effect-mark.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import { existing, params } from '../../argument.ts';
import { found, missed, type Found } from '../../found.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { pipelineNameOf, runSummary, runSummaryOf, textsOf, withValues } from '../kfp-data.ts';
import { newRun, type PlannedRun, planRun, runNameFor, type RunRequest } from '../plan-run.ts';
import { runReferenceOf } from '../run-reference.ts';

export const runPipeline = (kfp: KfpSource) =>
  defineTool({
    name: 'run_pipeline',
    description: 'Start a run of a Kubeflow pipeline with given parameters.',
    effect: 'keyed',
    input: z.strictObject({
      pipeline: existing('pipeline', 'Pipeline to run.'),
      version: z.string().min(1).max(253).optional().describe('Version to run, when it is not the newest.'),
      experiment: existing('experiment', 'Experiment the run belongs to.').optional(),
      params,
      runName: z.string().min(1).max(128).optional().describe('Name for the new run.'),
    }),
    output: z.object({ run: runSummary, parameters: z.record(z.string(), z.string()) }),
    access: [...kfpAccess('get', 'pipelines'), ...kfpAccess('create', 'runs')],
    examples: [
      'Run churn-train with 20 epochs',
      'start the fraud training again with learning_rate=0.001 and batch_size=64',
      'please train the classifier on the new data',
      'kick off image-classifier v3 in experiment ablation-study',
      'launch a run of nightly-scoring and call it scoring-friday',
      'execute the pipeline with default settings',
    ],
    display: 'text',

    precheck: async (input, context) => {
      const plan = await planRun(await kfp.client(context), input, context);
      return plan.ok ? undefined : plan.failure;
    },
    preview: async (input, context) => {
      const plan = await planRun(await kfp.client(context), input, context);
      if (!plan.ok) return undefined;
      const { pipeline, version, experiment, parameters } = plan.value;
      const where = experiment === undefined ? '' : ` in experiment ${experiment.name}`;
      const name = runNameFor(pipeline.name, input.runName, context);
      const given = withValues(textsOf(parameters));
      return `Would run ${pipeline.name}, version ${version.name}, as ${name}${where}${given}${defaultsInWords(plan.value)}.`;
    },
    execute: async (input, context) => {
      const client = await kfp.client(context);
      const submitted = await submit(client, input, context);
      if (!submitted.ok) return submitted.failure;
      const run = submitted.value;
      const parameters = textsOf(run.parameters);
      const where = run.experimentName === undefined ? '' : ` in experiment ${run.experimentName}`;
      return {
        kind: 'ok',
        summary: `Started run ${run.name} of ${pipelineNameOf(run)}${where}${withValues(parameters)}.`,
        data: { run: runSummaryOf(run), parameters },
        runs: [runReferenceOf(run, context.namespace)],
      };
    },
  });

/** `; by default epochs=3`, of the parameters that were not given. */
function defaultsInWords({ version, parameters }: PlannedRun): string {
  const left = (version.spec?.parameters ?? []).flatMap(({ name, default: value }) =>
    value === undefined || Object.hasOwn(parameters, name) ? [] : [[name, value] as const],
  );
  return withValues(textsOf(Object.fromEntries(left))).replace(' with ', '; by default ');
}

async function submit(client: KfpClient, request: RunRequest, context: ToolContext): Promise<Found<KfpRun>> {
  const plan = await planRun(client, request, context);
  if (!plan.ok) {
    // What this decision started already is not forgotten because its pipeline was deleted meanwhile.
    const begun = await client.getRun(runIdOf(context.effectKey), context);
    return begun ? found(begun) : plan;
  }
  const submitted = await client.submitRun(newRun(plan.value, request.runName, context), context);
  return submitted.kind === 'conflict'
    ? missed('EffectConflict', submitted.message, 'Find out who started it, then ask again.')
    : found(withNames(submitted.value, plan.value));
}

/** The answer to a submission carries ids only. */
function withNames(run: KfpRun, { pipeline, version, experiment }: PlannedRun): KfpRun {
  const ids = { pipelineId: pipeline.id, versionId: version.id };
  return {
    ...run,
    pipeline: { ...ids, pipelineName: pipeline.name, versionName: version.name },
    experimentName: run.experimentName ?? experiment?.name,
  };
}
