import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import type { TektonPipeline } from '../../../backends/tekton/tekton-objects.ts';
import { existing } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { findPipeline } from '../find-pipeline.ts';
import { tektonAccess } from '../tekton-access.ts';
import { textOf } from '../tekton-data.ts';

const data = z.object({
  name: z.string(),
  description: z.string().optional(),
  createdAt: z.string(),
  parameters: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['string', 'array', 'object']),
      required: z.boolean(),
      default: z.string().optional(),
      choices: z.array(z.string()).optional(),
      description: z.string().optional(),
    }),
  ),
  workspaces: z.array(z.object({ name: z.string(), optional: z.boolean() })),
  tasks: z.array(
    z.object({
      name: z.string(),
      task: z.string().optional(),
      description: z.string().optional(),
      after: z.array(z.string()),
      finally: z.boolean(),
      images: z.array(z.string()),
    }),
  ),
  results: z.array(z.object({ name: z.string(), description: z.string().optional() })),
});

export const getPipeline = (tekton: TektonClient) =>
  defineTool({
    name: 'get_pipeline',
    description:
      'Describe one Tekton pipeline: its parameters with types and defaults, its tasks in order, images and results.',
    effect: 'pure',
    input: z.strictObject({ pipeline: existing('pipeline', 'Pipeline to describe.') }),
    output: data,
    access: [tektonAccess('get', 'pipelines')],
    examples: [
      'What does the deploy pipeline do?',
      'which parameters does build-and-push take?',
      'describe the Tekton pipeline release',
      'what are the tasks of the image build, and in which order do they run?',
    ],
    display: 'tree',
    execute: async ({ pipeline: name }, context) => {
      const pipeline = await findPipeline(tekton, name, context);
      if (!pipeline.ok) return pipeline.failure;
      return { kind: 'ok', summary: summaryOf(pipeline.value), data: dataOf(pipeline.value) };
    },
  });

function summaryOf({ name, description, parameters, tasks }: TektonPipeline): string {
  const takes = parameters.map((parameter) =>
    parameter.default === undefined
      ? `${parameter.name} (required)`
      : `${parameter.name} (default ${textOf(parameter.default)})`,
  );
  const what = description === undefined ? '' : ` ${description.slice(0, 200).trim().replace(/\.?$/, '.')}`;
  return [
    `Pipeline ${name} has ${tasks.length} tasks (${tasks.map((task) => task.name).join(', ')})`,
    ` and ${takes.length === 0 ? 'takes no parameters' : `takes ${takes.join(', ')}`}.${what}`,
  ].join('');
}

function dataOf(pipeline: TektonPipeline): z.output<typeof data> {
  const { name, description, createdAt } = pipeline;
  return {
    name,
    ...(description !== undefined && { description }),
    createdAt,
    parameters: pipeline.parameters.map((parameter) => ({
      name: parameter.name,
      type: parameter.type,
      required: parameter.default === undefined,
      ...(parameter.default !== undefined && { default: textOf(parameter.default) }),
      ...(parameter.enum && { choices: [...parameter.enum] }),
      ...(parameter.description !== undefined && { description: parameter.description }),
    })),
    workspaces: pipeline.workspaces.map((workspace) => ({ name: workspace.name, optional: workspace.isOptional })),
    tasks: pipeline.tasks.map((task) => ({
      name: task.name,
      ...(task.taskRef !== undefined && { task: task.taskRef }),
      ...(task.description !== undefined && { description: task.description }),
      after: [...task.after],
      finally: task.isFinally,
      images: [...task.images],
    })),
    results: pipeline.results.map((result) => ({
      name: result.name,
      ...(result.description !== undefined && { description: result.description }),
    })),
  };
}
