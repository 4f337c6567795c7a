import type { KfpClient } from '../../backends/kfp/kfp-client.ts';
import type { KfpPipeline, KfpPipelineSpec, KfpVersion } from '../../backends/kfp/kfp-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';
import type { ToolContext } from '../tool.ts';

/** The pipeline of this name or id, else the three nearest names. */
export async function findPipeline(
  client: KfpClient,
  reference: string,
  context: ToolContext,
): Promise<Found<KfpPipeline>> {
  const pipeline = await client.findPipeline(reference, context);
  if (pipeline) return found(pipeline);
  const names = (await client.listPipelines({}, context)).items.map(({ name }) => name);
  return missed(
    'NotFound',
    `There is no Kubeflow pipeline ${reference}.`,
    didYouMean(reference, names) ?? overview(names, 'No Kubeflow pipeline is registered at all.'),
  );
}

export interface SpecifiedVersion {
  readonly version: KfpVersion;
  readonly spec: KfpPipelineSpec;
}

/** The version of this name or id, or the newest one, with what it declares. */
export async function findVersion(
  client: KfpClient,
  { pipeline, reference }: { readonly pipeline: KfpPipeline; readonly reference: string | undefined },
  context: ToolContext,
): Promise<Found<SpecifiedVersion>> {
  const version = await client.findVersion(pipeline.id, reference, context);
  if (!version) return noVersion(client, { pipeline, reference }, context);
  if (version.spec) return found({ version, spec: version.spec });
  return missed(
    'UnsupportedPipeline',
    `Version ${version.name} of pipeline ${pipeline.name} was not compiled for Kubeflow Pipelines 2, so its inputs are not known.`,
    'Compile it with the kfp SDK 2 and upload it as a new version.',
  );
}

async function noVersion(
  client: KfpClient,
  { pipeline, reference }: { readonly pipeline: KfpPipeline; readonly reference: string | undefined },
  context: ToolContext,
): Promise<Found<never>> {
  if (reference === undefined) {
    return missed('NotFound', `Pipeline ${pipeline.name} has no version yet.`, 'Upload one with upload_pipeline.');
  }
  const names = (await client.listVersions(pipeline.id, context)).items.map(({ name }) => name);
  return missed(
    'NotFound',
    `Pipeline ${pipeline.name} has no version ${reference}.`,
    didYouMean(reference, names) ?? overview(names, 'It has no version at all.'),
  );
}

export function overview(names: readonly string[], none: string): string {
  return names.length === 0 ? none : `There are: ${names.slice(0, 10).join(', ')}.`;
}
