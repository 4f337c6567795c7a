import { z } from 'zod';
import { TerminalError } from '../../base/errors.ts';
import { inBatches } from './in-batches.ts';
import { type KfpApi, pathOf } from './kfp-api.ts';
import type { CallOptions } from './kfp-client.ts';
import type { JsonValue, KfpArtifact } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { artifactType, type RunProducts } from './run-products.ts';
import { text } from './wire.ts';

/** Links between tasks and artifacts looked at for one run. */
const mostLinks = 1_000;

const link = z.object({
  artifact_id: text,
  type: text,
  key: text,
  producer: z.object({ task_name: text }).prefault({}),
});
const linkPage = z.object({ artifact_tasks: z.array(link).default([]), next_page_token: text });

const artifact = z.object({
  artifact_id: text,
  name: text,
  type: text,
  uri: text,
  metadata: z.record(z.string(), z.json()).default({}),
  number_value: z.number().optional(),
});

/** Newer servers keep artifacts themselves; KFP up to 2.17 does not know the route. */
export async function hasArtifactsApi(api: KfpApi, options: CallOptions): Promise<boolean> {
  try {
    await api.find(z.unknown(), '/artifacts?page_size=1', options);
    return true;
  } catch (error) {
    if (error instanceof KfpRefusedError) return true;
    if (error instanceof TerminalError && error.reason === 'NotKubeflowPipelines') return false;
    throw error;
  }
}

/** What a run wrote, as newer servers tell it (after upstream's proposal 12147, which replaces ML Metadata). */
export async function artifactsApiProducts(api: KfpApi, runId: string, options: CallOptions): Promise<RunProducts> {
  const links = (await linksOf(api, runId, options)).filter(({ type }) => type === 'OUTPUT');
  const unique = [...new Map(links.map((each) => [each.artifact_id, each])).values()];
  const found = await inBatches(unique, async (each) => {
    const wire = await api.find(artifact, pathOf('artifacts', each.artifact_id), options);
    return wire ? [artifactOf(wire, each)] : [];
  });
  return { artifacts: found.flat(), outputs: [] };
}

async function linksOf(api: KfpApi, runId: string, options: CallOptions) {
  const links: z.output<typeof link>[] = [];
  let pageToken = '';
  do {
    const page = new URLSearchParams({ run_ids: runId, page_size: '200', ...(pageToken && { page_token: pageToken }) });
    const answer = await api.find(linkPage, `/artifact_tasks?${page.toString()}`, options);
    links.push(...(answer?.artifact_tasks ?? []));
    pageToken = answer?.next_page_token ?? '';
  } while (pageToken !== '' && links.length < mostLinks);
  return links;
}

/** Metrics are artifacts of one number each here, called by its name. */
const olderTypes: Readonly<Record<string, string>> = {
  Metric: 'Metrics',
  ClassificationMetric: 'ClassificationMetrics',
  SlicedClassificationMetric: 'SlicedClassificationMetrics',
};

function artifactOf(wire: z.output<typeof artifact>, { key, producer }: z.output<typeof link>): KfpArtifact {
  const number: Readonly<Record<string, JsonValue>> =
    wire.number_value === undefined ? {} : { [wire.name || key]: wire.number_value };
  return {
    name: key || wire.name,
    type: olderTypes[wire.type] ?? artifactType(wire.type),
    uri: wire.uri,
    task: producer.task_name,
    metadata: { ...wire.metadata, ...number },
  };
}
