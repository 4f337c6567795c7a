import { z } from 'zod';
import { argumentsDigestAnnotation, runLabels } from './new-run.ts';
import { parameterValue, pipelineSpec } from './parse-pipeline.ts';
import { progressOf, progressStatus } from './progress.ts';
import type { NamedValue, TektonRun } from './tekton-objects.ts';

const namedValues = z.array(z.object({ name: z.string(), value: parameterValue })).default([]);

const metadata = z.object({
  name: z.string(),
  uid: z.string().default(''),
  creationTimestamp: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
  ownerReferences: z.array(z.object({ uid: z.string(), controller: z.boolean().default(false) })).default([]),
});

const spec = z.object({
  pipelineRef: z.object({ name: z.string().optional(), resolver: z.string().optional() }).optional(),
  params: namedValues,
  status: z.string().optional(),
  workspaces: z.array(z.unknown()).default([]),
  timeouts: z.unknown().optional(),
  taskRunTemplate: z
    .object({ serviceAccountName: z.string().default('default'), podTemplate: z.unknown().optional() })
    .prefault({}),
  taskRunSpecs: z.array(z.unknown()).default([]),
});

const status = z.object({
  ...progressStatus,
  results: namedValues,
  childReferences: z
    .array(
      z.object({ kind: z.string().default('TaskRun'), name: z.string(), pipelineTaskName: z.string().default('') }),
    )
    .default([]),
  skippedTasks: z.array(z.object({ name: z.string(), reason: z.string().default('') })).default([]),
  pipelineSpec: pipelineSpec.optional(),
});

const pipelineRun = z.object({ metadata, spec: spec.prefault({}), status: status.prefault({}) }).transform(toRun);

/** Reads a PipelineRun (tekton.dev/v1), at any point of its life. */
export function parseRun(object: unknown): TektonRun {
  return pipelineRun.parse(object);
}

function toRun(run: {
  metadata: z.output<typeof metadata>;
  spec: z.output<typeof spec>;
  status: z.output<typeof status>;
}): TektonRun {
  const { pipelineRef } = run.spec;
  return {
    name: run.metadata.name,
    uid: run.metadata.uid,
    pipeline: pipelineRef?.name ?? run.metadata.labels['tekton.dev/pipeline'] ?? '',
    source: sourceOf(pipelineRef),
    createdAt: run.metadata.creationTimestamp,
    ...progressOf(run.status),
    parameters: run.spec.params,
    defaults: defaultsOf(run.status.pipelineSpec, run.spec.params),
    results: run.status.results,
    children: run.status.childReferences.map(({ kind, name, pipelineTaskName }) => ({
      kind,
      name,
      task: pipelineTaskName,
    })),
    skippedTasks: run.status.skippedTasks,
    tasks: run.status.pipelineSpec?.tasks ?? [],
    requestedStatus: run.spec.status,
    ownerUid: run.metadata.ownerReferences.find(({ controller }) => controller)?.uid,
    turn: run.metadata.labels[runLabels.turn],
    argumentsDigest: run.metadata.annotations[argumentsDigestAnnotation],
    workspaces: run.spec.workspaces,
    timeouts: run.spec.timeouts,
    ownSettings: ownSettingsOf(run.spec),
  };
}

function sourceOf(reference: z.output<typeof spec>['pipelineRef']): TektonRun['source'] {
  if (reference === undefined) return 'inline';
  return reference.name === undefined ? 'resolver' : 'name';
}

function defaultsOf(
  declared: z.output<typeof pipelineSpec> | undefined,
  given: readonly NamedValue[],
): readonly NamedValue[] {
  const names = new Set(given.map(({ name }) => name));
  return (declared?.parameters ?? []).flatMap(({ name, default: value }) =>
    value === undefined || names.has(name) ? [] : [{ name, value }],
  );
}

function ownSettingsOf({ taskRunTemplate, taskRunSpecs }: z.output<typeof spec>): readonly string[] {
  return [
    ...(taskRunTemplate.serviceAccountName === 'default' ? [] : ['serviceAccountName']),
    ...(taskRunTemplate.podTemplate === undefined ? [] : ['podTemplate']),
    ...(taskRunSpecs.length === 0 ? [] : ['taskRunSpecs']),
  ];
}
