import { InternalError, KfpError, notFound } from '../protocol/kfp-error.ts';
import { type Decoded } from '../protocol/proto-message.ts';
import { type PipelineSource } from '../store/rows.ts';
import { type World } from '../world.ts';
import { textOf } from './api-request.ts';
import { parseTemplate, type PipelineTemplate, TemplateError, templateOfSpec } from './pipeline-template.ts';

export interface ResolvedSource {
  readonly source: PipelineSource;
  readonly template: PipelineTemplate;
}

const fetching = 'Failed to create a run due to error fetching manifest: ';

/** The pipeline that a run or recurring run names or brings along. Most mistakes here are internal errors to the server. */
export function resolveSource(world: World, body: Decoded): ResolvedSource {
  const spec = body['pipeline_spec'] as object | undefined;
  if (spec) return { source: { spec }, template: inlineTemplate(spec) };
  const reference = (body['pipeline_version_reference'] ?? {}) as Decoded;
  const pipelineId = textOf(reference, 'pipeline_id');
  const versionId = textOf(reference, 'pipeline_version_id');
  if (pipelineId === '' && versionId === '') {
    throw new InternalError(`${fetching}Failed to fetch a template with an empty pipeline spec manifest`);
  }
  const version = versionId === '' ? latestVersion(world, pipelineId) : world.database.versions.get(versionId);
  if (!version) throw new InternalError(`${fetching}Failed to fetch a pipeline version and its manifest`);
  if (pipelineId !== '' && version.pipelineId !== pipelineId) {
    throw new InternalError(`${fetching}Pipeline version ${version.id} belongs to another pipeline`);
  }
  const source = { pipelineId: version.isUnlabelled ? undefined : version.pipelineId, versionId: version.id };
  return { source, template: parseTemplate(version.template) };
}

export function latestVersion(world: World, pipelineId: string) {
  return world.database.versions
    .all()
    .filter((row) => row.pipelineId === pipelineId)
    .sort((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1))[0];
}

/** @throws KfpError NotFound, which recurring runs say where runs have an internal error */
export function requirePipeline(world: World, pipelineId: string): void {
  if (!world.database.pipelines.get(pipelineId))
    throw notFound('Pipeline', pipelineId, 'Failed to create a recurring run: ');
}

function inlineTemplate(spec: object): PipelineTemplate {
  try {
    return templateOfSpec(spec);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new InternalError(
      `${fetching}Failed to fetch a template with an invalid pipeline spec manifest: ${error.message}`,
    );
  }
}

/** What the server says of an error inside another one. */
export const isNotFoundError = (error: unknown): boolean => error instanceof KfpError && error.code === 5;
