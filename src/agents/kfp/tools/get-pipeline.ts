import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpParameter, KfpPipeline, KfpPipelineTask } from '../../../backends/kfp/kfp-objects.ts';
import { existing } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { isRequired } from '../convert-parameters.ts';
import { findPipeline, findVersion, type SpecifiedVersion } from '../find-pipeline.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, listed, pipelineSummary, pipelineSummaryOf, present, textOf } from '../kfp-data.ts';

const parameter = z.object({
  name: z.string(),
  type: z.string(),
  required: z.boolean(),
  default: z.string().optional(),
  description: z.string().optional(),
});

const task = z.object({
  name: z.string(),
  kind: z.enum(['container', 'group', 'importer', 'condition', 'loop']),
  group: z.string().optional(),
  after: z.array(z.string()),
  condition: z.string().optional(),
  image: z.string().optional(),
  resources: z.record(z.string(), z.string()),
  cached: z.boolean(),
});

export const getPipeline = (kfp: KfpSource) =>
  defineTool({
    name: 'get_pipeline',
    description:
      'Describe one Kubeflow pipeline: its parameters with types and defaults, its steps, images and resources.',
    effect: 'pure',
    input: z.strictObject({
      pipeline: existing('pipeline', 'Pipeline to describe.'),
      version: z.string().min(1).max(253).optional().describe('Version to describe, when it is not the newest.'),
    }),
    output: z.object({
      pipeline: pipelineSummary,
      version: z.string(),
      parameters: z.array(parameter),
      tasks: z.array(task),
    }),
    access: kfpAccess('get', 'pipelines'),
    examples: [
      'What does the churn training pipeline do?',
      'which parameters does image-classifier take and what are the defaults?',
      'describe pipeline fraud-train version v2',
      'What inputs do I have to give before I can start it?',
      'show the steps and container images of the scoring pipeline',
    ],
    display: 'tree',

    execute: async (input, context) => {
      const client = await kfp.client(context);
      const pipeline = await findPipeline(client, input.pipeline, context);
      if (!pipeline.ok) return pipeline.failure;
      const place = { pipeline: pipeline.value, reference: input.version };
      const version = await findVersion(client, place, context);
      if (!version.ok) return version.failure;
      const { spec } = version.value;
      return {
        kind: 'ok',
        summary: summaryOf(pipeline.value, version.value),
        data: {
          pipeline: pipelineSummaryOf(pipeline.value),
          version: version.value.version.name,
          parameters: spec.parameters.map(parameterOf),
          tasks: spec.tasks.map(taskOf),
        },
      };
    },
  });

function parameterOf(declared: KfpParameter): z.output<typeof parameter> {
  const { name, type, default: value, description } = declared;
  return {
    name,
    type,
    required: isRequired(declared),
    ...(value !== undefined && { default: textOf(value) }),
    ...present('description', description),
  };
}

function taskOf(declared: KfpPipelineTask): z.output<typeof task> {
  return {
    name: declared.displayName,
    kind: declared.kind,
    ...present('group', declared.parent),
    after: [...declared.after],
    ...present('condition', declared.condition),
    ...present('image', declared.image),
    resources: { ...declared.resources },
    cached: declared.isCacheEnabled,
  };
}

function summaryOf({ name, description }: KfpPipeline, { version, spec }: SpecifiedVersion): string {
  const steps = spec.tasks.filter(({ kind }) => kind === 'container' || kind === 'importer');
  const takes = spec.parameters.map((declared) => `${declared.name} (${stateOf(declared)})`);
  const about = description ?? spec.description;
  const what = about === undefined ? '' : ` ${about.slice(0, 200).trim().replace(/\.?$/, '.')}`;
  const does = listed(
    steps.map(({ displayName }) => displayName),
    12,
  );
  return [
    `Pipeline ${name}, version ${version.name}, has ${counted(steps.length, 'task')}${does === '' ? '' : ` (${does})`}`,
    ` and takes ${takes.length === 0 ? 'no parameters' : listed(takes, 15)}.${what}`,
  ].join('');
}

function stateOf(declared: KfpParameter): string {
  if (declared.default !== undefined) return `${declared.type}, default ${textOf(declared.default)}`;
  return `${declared.type}, ${isRequired(declared) ? 'required' : 'optional'}`;
}
