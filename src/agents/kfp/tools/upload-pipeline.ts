import { z } from 'zod';
import { nameProblem } from '../../../backends/kfp/bounds.ts';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpPipeline, KfpVersion } from '../../../backends/kfp/kfp-objects.ts';
import type { ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { existing } from '../../argument.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolContext, type ToolFailure } from '../../tool.ts';
import { parameterInWords } from '../convert-parameters.ts';
import { findPipeline } from '../find-pipeline.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, listed, pipelineSummary, pipelineSummaryOf } from '../kfp-data.ts';
import { type CompiledPipeline, readPipelineFile } from '../read-pipeline-file.ts';

export interface UploadDependencies {
  readonly kfp: KfpSource;
  /** Where compiled pipelines come from. */
  readonly files: ObjectStoreSource;
}

export const uploadPipeline = ({ kfp, files }: UploadDependencies) =>
  defineTool({
    name: 'upload_pipeline',
    description: 'Register a compiled pipeline file as a new Kubeflow pipeline or as a new version of an existing one.',
    effect: 'keyed',
    input: z.strictObject({
      pipeline: z.string().min(1).max(128).describe('Name of the pipeline, a new one or one that exists.'),
      version: z
        .string()
        .min(1)
        .max(128)
        .optional()
        .describe('Name of the new version, when the pipeline exists already.'),
      source: existing('object', 'Where the compiled YAML is, as bucket/key.').max(1280),
    }),
    output: z.object({ pipeline: pipelineSummary, version: z.string() }),
    access: kfpAccess('create', 'pipelines'),
    examples: [
      'Upload artifacts/pipelines/churn.yaml as a new pipeline called churn-v2',
      'register the compiled IR in bucket builds as a new version of fraud-train',
      'add version 1.4 to image-classifier from builds/classifier.yaml',
      'import this pipeline definition into Kubeflow',
    ],
    display: 'text',

    precheck: async (input, context) => {
      const file = await readPipelineFile(files, input.source, context);
      if (!file.ok) return file.failure;
      return checkTarget(await kfp.client(context), input, context);
    },
    preview: async (input, context) => {
      const file = await readPipelineFile(files, input.source, context);
      if (!file.ok) return undefined;
      const { pipeline, version, source } = input;
      const what = version === undefined ? `as new pipeline ${pipeline}` : `as version ${version} of ${pipeline}`;
      return `Would register ${source} ${what}: ${contentInWords(file.value)}.`;
    },
    execute: async (input, context) => {
      const problem = nameProblemOf(input);
      if (problem) return problem;
      const file = await readPipelineFile(files, input.source, context);
      if (!file.ok) return file.failure;
      const uploaded = await upload(await kfp.client(context), { ...input, file: file.value.text }, context);
      if (uploaded.kind === 'error') return uploaded;
      const { pipeline, version } = uploaded;
      return {
        kind: 'ok',
        summary: `Registered ${input.source} as version ${version.name} of pipeline ${pipeline.name}: ${contentInWords(file.value)}.`,
        data: { pipeline: pipelineSummaryOf(pipeline, version), version: version.name },
      };
    },
  });

interface Target {
  readonly pipeline: string;
  /** Absent: a new pipeline. */
  readonly version?: string | undefined;
}

function nameProblemOf({ pipeline, version }: Target): ToolFailure | undefined {
  const problem = version === undefined ? nameProblem('pipeline', pipeline) : nameProblem('version', version);
  return problem === undefined ? undefined : failure('InvalidArgument', problem, 'Choose another name.');
}

/** A version named means an existing pipeline, so that a repeat after a crash goes the same way. */
async function checkTarget(client: KfpClient, target: Target, context: ToolContext): Promise<ToolFailure | undefined> {
  const problem = nameProblemOf(target);
  if (problem) return problem;
  const { pipeline: name, version } = target;
  if (version === undefined) {
    const taken = await client.findPipeline(name, context);
    return taken?.name === name ? exists(client, taken, context) : undefined;
  }
  const pipeline = await findPipeline(client, name, context);
  if (!pipeline.ok) return noPipeline(name, pipeline.failure);
  const versions = await client.listVersions(pipeline.value.id, context);
  return versions.items.some((entry) => entry.name === version) ? versionExists(name, version) : undefined;
}

async function exists(client: KfpClient, { id, name }: KfpPipeline, context: ToolContext): Promise<ToolFailure> {
  const newest = (await client.listVersions(id, context)).items[0];
  const last = newest === undefined ? '' : ` The newest one is ${newest.name}.`;
  return failure(
    'AlreadyExists',
    `Pipeline ${name} exists already.`,
    `Is a new version of it meant? Then name the version.${last}`,
  );
}

function versionExists(pipeline: string, version: string): ToolFailure {
  return failure('AlreadyExists', `Pipeline ${pipeline} has a version ${version} already.`, 'Name another version.');
}

function noPipeline(name: string, { hint }: ToolFailure): ToolFailure {
  return failure(
    'NotFound',
    `There is no pipeline ${name} to add a version to.`,
    `${hint ?? ''} To register it as a new pipeline leave the version out.`.trim(),
  );
}

interface Uploaded {
  readonly kind: 'uploaded';
  readonly pipeline: KfpPipeline;
  readonly version: KfpVersion;
}

async function upload(
  client: KfpClient,
  { pipeline: name, version, file }: Target & { readonly file: string },
  context: ToolContext,
): Promise<Uploaded | ToolFailure> {
  const { effectKey, argumentsDigest, isOwnDecision } = context;
  const decision = { effectKey, argumentsDigest, isOwnDecision, file };
  if (version === undefined) {
    const created = await client.uploadPipeline({ ...decision, name }, context);
    if (created.kind === 'exists') return exists(client, created.value.pipeline, context);
    return { kind: 'uploaded', ...created.value };
  }
  const pipeline = await findPipeline(client, name, context);
  if (!pipeline.ok) return noPipeline(name, pipeline.failure);
  const created = await client.uploadVersion({ ...decision, name: version, pipelineId: pipeline.value.id }, context);
  if (created.kind === 'exists') return versionExists(name, version);
  return { kind: 'uploaded', pipeline: pipeline.value, version: created.value };
}

function contentInWords({ spec }: CompiledPipeline): string {
  const steps = spec.tasks.filter(({ kind }) => kind === 'container' || kind === 'importer').length;
  const takes = spec.parameters.map(parameterInWords);
  return `${counted(steps, 'task')}; it takes ${takes.length === 0 ? 'no parameters' : listed(takes, 10)}`;
}
