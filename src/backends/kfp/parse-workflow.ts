import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { KfpNode, KfpWorkflow } from './kfp-facts.ts';
import { placeOf } from './node-path.ts';
import { text } from './wire.ts';

/** Argo compresses the nodes of large Workflows; more than this is not unpacked. */
const mostUnpackedBytes = 64 * 1024 * 1024;

const time = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);

const outputs = z
  .object({
    exitCode: z.string().optional(),
    parameters: z.array(z.object({ name: z.string(), value: z.unknown().optional() })).default([]),
    artifacts: z
      .array(z.object({ name: z.string(), s3: z.object({ key: text, bucket: text }).prefault({}) }))
      .default([]),
  })
  .prefault({});

const node = z.object({
  id: z.string(),
  name: text,
  type: text,
  phase: text,
  message: text,
  templateName: text,
  startedAt: time,
  finishedAt: time,
  outputs,
});
type WireNode = z.output<typeof node>;

const workflow = z.object({
  metadata: z.object({ name: z.string(), uid: text, creationTimestamp: text }),
  status: z
    .object({
      phase: text,
      message: text,
      nodes: z.record(z.string(), z.unknown()).default({}),
      compressedNodes: text,
      artifactRepositoryRef: z
        .object({
          artifactRepository: z.object({ s3: z.object({ bucket: text }).prefault({}) }).prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
});

export function parseWorkflow(object: unknown): KfpWorkflow {
  const { metadata, status } = workflow.parse(object);
  const bucket = status.artifactRepositoryRef.artifactRepository.s3.bucket;
  const raw = status.compressedNodes === '' ? status.nodes : unpacked(status.compressedNodes);
  const nodes = Object.values(raw).flatMap((value) => {
    const parsed = node.safeParse(value);
    return parsed.success ? [nodeOf(parsed.data, { workflow: metadata.name, bucket })] : [];
  });
  return {
    name: metadata.name,
    uid: metadata.uid,
    createdAt: metadata.creationTimestamp,
    phase: status.phase,
    message: status.message,
    nodes: nodes.toSorted((left, right) => Date.parse(left.startedAt ?? '') - Date.parse(right.startedAt ?? '')),
  };
}

function nodeOf(wire: WireNode, { workflow: name, bucket }: { workflow: string; bucket: string }): KfpNode {
  const place = placeOf(wire.name, wire.templateName);
  const decision = wire.outputs.parameters.find((parameter) => parameter.name === 'cached-decision');
  return {
    id: wire.id,
    path: wire.name,
    type: wire.type,
    templateName: wire.templateName,
    phase: wire.phase,
    message: wire.message,
    task: place.task,
    role: place.role,
    attempt: place.attempt,
    depth: place.depth,
    exitCode: exitCodeOf(wire),
    podName: wire.type === 'Pod' ? podNameOf(wire, name) : undefined,
    startedAt: wire.startedAt,
    finishedAt: wire.finishedAt,
    isCached: decision?.value === 'true',
    logUri: logUriOf(wire, bucket),
  };
}

/** Also from the message: "main: Error (exit code 137)". */
function exitCodeOf({ outputs: { exitCode }, message }: WireNode): number | undefined {
  const code = exitCode ?? /\(exit code (\d+)\)/.exec(message)?.[1];
  return code === undefined ? undefined : Number(code);
}

function logUriOf({ outputs: { artifacts } }: WireNode, usualBucket: string): string | undefined {
  const log = artifacts.find(({ name }) => name === 'main-logs')?.s3;
  if (!log || log.key === '') return undefined;
  const bucket = log.bucket === '' ? usualBucket : log.bucket;
  return bucket === '' ? undefined : `s3://${bucket}/${log.key}`;
}

/** `<workflow>-<template>-<hash>`, where the node's id is `<workflow>-<hash>`; the root node's pod is the Workflow's name. */
function podNameOf({ id, templateName }: WireNode, workflowName: string): string {
  return id.startsWith(`${workflowName}-`)
    ? `${workflowName}-${templateName}-${id.slice(workflowName.length + 1)}`
    : id;
}

function unpacked(compressed: string): Record<string, unknown> {
  const json = gunzipSync(Buffer.from(compressed, 'base64'), { maxOutputLength: mostUnpackedBytes }).toString();
  return z.record(z.string(), z.unknown()).parse(JSON.parse(json));
}
