import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { KfpPipelineSpec } from './kfp-objects.ts';
import { parsePipelineSpec } from './parse-pipeline-spec.ts';

/** KFP takes files up to 32 MiB; compiled pipelines are some hundred kilobytes. */
export const pipelineFileLimitBytes = 4 * 1024 * 1024;

export type PipelineFile =
  { readonly ok: true; readonly spec: KfpPipelineSpec } | { readonly ok: false; readonly problem: string };

/**
 * Reads a compiled pipeline as KFP would. What is no YAML must never be sent: its parser does not come back from it, and
 * the upload hangs for ever.
 */
export function parsePipelineFile(text: string): PipelineFile {
  if (Buffer.byteLength(text) > pipelineFileLimitBytes) return problem('The file is larger than 4 MiB.');
  // Compilers write plain YAML; aliases only serve to blow a small file up.
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  if (!Array.isArray(documents) || documents.length === 0) return problem('The file is empty.');
  const mistake = documents.flatMap(({ errors }) => errors)[0];
  if (mistake) return problem(`The file is no YAML: ${mistake.message.split('\n', 1)[0] ?? ''}`);
  let values: unknown[];
  try {
    values = documents.map((document) => document.toJS({ maxAliasCount: 0 }) as unknown);
  } catch {
    return problem('The file uses YAML aliases, which compiled pipelines do not need.');
  }
  return specOf(values);
}

const argoWorkflow = z.object({ kind: z.literal('Workflow') });
const versioned = z.object({ schemaVersion: z.string() });

function specOf(values: readonly unknown[]): PipelineFile {
  const [first, ...others] = values;
  if (argoWorkflow.safeParse(first).success) {
    return problem('The file is an Argo Workflow of KFP 1; compile the pipeline with the KFP SDK 2.');
  }
  const version = versioned.safeParse(first);
  if (version.success && version.data.schemaVersion !== '2.1.0') {
    return problem(`The file has schema version ${version.data.schemaVersion}; KFP takes 2.1.0 only.`);
  }
  const spec = parsePipelineSpec(first);
  if (!spec) return problem('The file is YAML, but no compiled pipeline of KFP 2 (pipelineInfo, root, components).');
  if (others.some((value) => !platforms.safeParse(value).success)) {
    return problem('The file holds more than one pipeline.');
  }
  return { ok: true, spec };
}

/** The only second document: settings of the Kubernetes platform. */
const platforms = z.object({ platforms: z.record(z.string(), z.unknown()) });

function problem(text: string): PipelineFile {
  return { ok: false, problem: text };
}
