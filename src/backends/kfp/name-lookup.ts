import type { KfpApi } from './kfp-api.ts';
import { pathOf } from './kfp-api.ts';
import type { CallOptions } from './kfp-client.ts';
import type { KfpPipelineReference } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { experiment, pipeline, version } from './wire.ts';

const mostNames = 2_000;

/** Names of what runs and schedules only carry ids of. Each is asked for once in the life of a client. */
export interface NameLookup {
  pipeline(reference: KfpPipelineReference, options: CallOptions): Promise<KfpPipelineReference>;
  /** With the name of the version too. */
  version(reference: KfpPipelineReference, options: CallOptions): Promise<KfpPipelineReference>;
  experiment(id: string, options: CallOptions): Promise<string | undefined>;
}

export function createNameLookup(api: KfpApi): NameLookup {
  const known = new Map<string, Promise<string | undefined>>();
  const once = (key: string, ask: () => Promise<string | undefined>) => {
    const asked = known.get(key) ?? unlessRefused(ask);
    if (known.size >= mostNames) known.clear();
    known.set(key, asked);
    // What failed, or could not be seen, may be there next time.
    const forget = () => known.delete(key);
    asked.then((name) => name ?? forget(), forget);
    return asked;
  };
  const pipelineName = (id: string, options: CallOptions) =>
    once(`pipeline/${id}`, async () => {
      const found = await api.find(pipeline, pathOf('pipelines', id), options);
      return found && (found.name || found.display_name);
    });
  const withPipeline = async (reference: KfpPipelineReference, options: CallOptions) => ({
    ...reference,
    pipelineName: await pipelineName(reference.pipelineId, options),
  });
  return {
    pipeline: withPipeline,
    version: async (reference, options) => {
      const { pipelineId, versionId } = reference;
      const named = await withPipeline(reference, options);
      if (versionId === undefined) return named;
      const versionName = await once(`version/${versionId}`, async () => {
        const found = await api.find(version, pathOf('pipelines', pipelineId, 'versions', versionId), options);
        return found && (found.name || found.display_name);
      });
      return { ...named, versionName };
    },
    experiment: (id, options) =>
      once(
        `experiment/${id}`,
        async () => (await api.find(experiment, pathOf('experiments', id), options))?.display_name,
      ),
  };
}

/** A name is an extra: who may not see it does without. */
async function unlessRefused(ask: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof KfpRefusedError) return undefined;
    throw error;
  }
}
