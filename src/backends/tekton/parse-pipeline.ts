import { z } from 'zod';
import type { ParameterValue, TektonParameter, TektonPipeline, TektonPipelineTask } from './tekton-objects.ts';

/** Reads a Pipeline (tekton.dev/v1). Unknown fields are let through: newer versions of Tekton add some. */

/** Tekton itself reads numbers and booleans as text. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

export const parameterValue = z.union([scalar, z.array(scalar), z.record(z.string(), scalar)]);

const declaredParameter = z
  .object({
    name: z.string(),
    type: z.enum(['string', 'array', 'object']).optional(),
    description: z.string().optional(),
    default: parameterValue.optional(),
    enum: z.array(z.string()).optional(),
    properties: z.record(z.string(), z.unknown()).default({}),
  })
  .transform(({ name, type, description, default: value, enum: choices, properties }): TektonParameter => ({
    name,
    type: type ?? typeOf(value),
    description,
    default: value,
    enum: choices,
    properties: Object.keys(properties),
  }));

const pipelineTask = z
  .looseObject({
    name: z.string().default(''),
    taskRef: z.looseObject({ name: z.string().optional() }).optional(),
    taskSpec: z
      .looseObject({
        description: z.string().optional(),
        steps: z.array(z.looseObject({ image: z.string().optional() })).default([]),
      })
      .optional(),
    runAfter: z.array(z.string()).default([]),
  })
  .transform((task) => ({
    name: task.name,
    taskRef: task.taskRef?.name,
    description: task.taskSpec?.description,
    after: dependenciesOf(task, task.runAfter),
    images: [...new Set((task.taskSpec?.steps ?? []).flatMap(({ image }) => (image === undefined ? [] : [image])))],
  }));

export const pipelineSpec = z
  .object({
    description: z.string().optional(),
    params: z.array(declaredParameter).default([]),
    workspaces: z.array(z.object({ name: z.string(), optional: z.boolean().default(false) })).default([]),
    tasks: z.array(pipelineTask).default([]),
    finally: z.array(pipelineTask).default([]),
    results: z.array(z.object({ name: z.string(), description: z.string().optional() })).default([]),
  })
  .transform((spec) => ({
    description: spec.description,
    parameters: spec.params,
    workspaces: spec.workspaces.map(({ name, optional }) => ({ name, isOptional: optional })),
    tasks: [...spec.tasks.map(asTask(false)), ...spec.finally.map(asTask(true))],
    results: spec.results,
  }));

const pipeline = z
  .object({
    metadata: z.object({ name: z.string(), creationTimestamp: z.string().default('') }),
    spec: pipelineSpec.prefault({}),
  })
  .transform(({ metadata, spec }): TektonPipeline => ({
    name: metadata.name,
    createdAt: metadata.creationTimestamp,
    ...spec,
  }));

export function parsePipeline(object: unknown): TektonPipeline {
  return pipeline.parse(object);
}

function asTask(isFinally: boolean) {
  return (task: z.output<typeof pipelineTask>): TektonPipelineTask => ({ ...task, isFinally });
}

/** Using a result or the status of a task is waiting for it. */
function dependenciesOf(task: object, runAfter: readonly string[]): readonly string[] {
  const references = JSON.stringify(task).matchAll(/\$\(tasks\.([a-z0-9-]+)\./g);
  return [...new Set([...runAfter, ...[...references].map(([, name = '']) => name)])];
}

function typeOf(value: ParameterValue | undefined): TektonParameter['type'] {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' ? 'object' : 'string';
}
