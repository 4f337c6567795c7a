import type { TektonClient } from '../../backends/tekton/tekton-client.ts';
import type { TektonPipeline, TektonRun } from '../../backends/tekton/tekton-objects.ts';
import type { InventoryContext, InventoryItem } from '../agent.ts';
import { pipelineNameOf, textOf } from './tekton-data.ts';

/** Shares of the bound: pipelines and their tasks may take at most so much when there are runs as well. */
const pipelineShare = 0.4;
const taskShare = 0.2;

/** Pipelines with their parameters, their tasks, and the newest runs. */
export async function tektonInventory(
  tekton: TektonClient,
  context: InventoryContext,
): Promise<readonly InventoryItem[]> {
  const [pipelines, { runs }] = await Promise.all([tekton.listPipelines(context), tekton.listRuns(context)]);
  const shown = pipelines.slice(0, Math.ceil(context.limit * pipelineShare));
  const tasks = shown.flatMap(tasksOf).slice(0, Math.ceil(context.limit * taskShare));
  const items = [...shown.map((pipeline) => itemOfPipeline(pipeline, context.namespace)), ...tasks];
  const room = context.limit - items.length;
  return [...items, ...runs.slice(0, room).map((run) => itemOfRun(run, context.namespace))];
}

function itemOfPipeline(
  { name, description, createdAt, parameters }: TektonPipeline,
  namespace: string,
): InventoryItem {
  return {
    agent: 'tekton',
    kind: 'pipeline',
    name,
    ...(description !== undefined && { description: description.slice(0, 200) }),
    attributes: { namespace, createdAt },
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      type: parameter.type,
      ...(parameter.default !== undefined && { default: textOf(parameter.default) }),
    })),
  };
}

function tasksOf({ name: pipeline, tasks }: TektonPipeline): InventoryItem[] {
  return tasks.map(({ name, description }) => ({
    agent: 'tekton',
    kind: 'task',
    name,
    ...(description !== undefined && { description: description.slice(0, 200) }),
    attributes: { pipeline },
  }));
}

function itemOfRun(run: TektonRun, namespace: string): InventoryItem {
  const { name, state, createdAt, startedAt, finishedAt } = run;
  return {
    agent: 'tekton',
    kind: 'run',
    name,
    attributes: {
      namespace,
      pipeline: pipelineNameOf(run),
      state,
      createdAt,
      ...(startedAt !== undefined && { startedAt }),
      ...(finishedAt !== undefined && { finishedAt }),
    },
  };
}
