import { buffer } from 'node:stream/consumers';
import type { KfpPipelineSpec } from '../../backends/kfp/kfp-objects.ts';
import { parsePipelineFile, pipelineFileLimitBytes } from '../../backends/kfp/parse-pipeline-file.ts';
import type { ObjectReference, ObjectStore, ObjectStoreSource } from '../../backends/s3/object-store.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';
import type { ToolContext } from '../tool.ts';

export interface CompiledPipeline {
  readonly text: string;
  readonly spec: KfpPipelineSpec;
}

/** A compiled pipeline from the object store, checked before Kubeflow Pipelines sees any of it. */
export async function readPipelineFile(
  files: ObjectStoreSource,
  source: string,
  context: ToolContext,
): Promise<Found<CompiledPipeline>> {
  const object = referenceOf(source);
  if (!object) {
    return missed(
      'InvalidArgument',
      `"${source}" names no object.`,
      'Give it as bucket/key, for example builds/churn.yaml.',
    );
  }
  const store = await files.store(context);
  const stat = await store.stat(object);
  if (!stat) return noObject(store, object);
  if (stat.sizeBytes > pipelineFileLimitBytes) {
    return missed('TooLarge', `${source} has ${stat.sizeBytes} bytes, too many for a compiled pipeline (4 MiB).`);
  }
  const { body } = await store.open({ ...object, ifMatch: stat.etag });
  const text = (await buffer(body)).toString('utf8');
  const parsed = parsePipelineFile(text);
  if (parsed.ok) return found({ text, spec: parsed.spec });
  const hint = 'Compile the pipeline with the kfp SDK 2 (kfp dsl compile) and store the YAML it writes.';
  return missed('InvalidPipeline', `${source}: ${parsed.problem}`, hint);
}

/** Also `s3://bucket/key` and the like. */
function referenceOf(source: string): ObjectReference | undefined {
  const [, bucket, key] = /^(?:[a-z0-9]+:\/\/)?([^/]+)\/(.+)$/.exec(source) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

const neighboursLookedAt = 200;

async function noObject(store: ObjectStore, { bucket, key }: ObjectReference): Promise<Found<never>> {
  const keys: string[] = [];
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  for await (const object of store.listObjects({ bucket, prefix: folder })) {
    keys.push(object.key);
    if (keys.length === neighboursLookedAt) break;
  }
  return missed('NotFound', `There is no object ${key} in bucket ${bucket}.`, didYouMean(key, keys));
}
