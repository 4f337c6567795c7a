import { TerminalError } from '../../base/errors.ts';
import { artifactsApiProducts, hasArtifactsApi } from './artifacts-api.ts';
import { collectFacts } from './collect-facts.ts';
import { inBatches } from './in-batches.ts';
import { kept } from './kept.ts';
import { type KfpApi, isId, pathOf } from './kfp-api.ts';
import type { CallOptions, KfpEvidence, KfpReader } from './kfp-client.ts';
import type { KfpArtifact, KfpPipelineTask } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import type { KfpSettings } from './kfp-settings.ts';
import type { KfpTransport } from './kfp-transport.ts';
import { listTasksOf } from './list-tasks.ts';
import { withMetadataStore } from './metadata-client.ts';
import { metadataProducts } from './metadata-products.ts';
import { parsePipelineSpec } from './parse-pipeline-spec.ts';
import { readLogs } from './read-logs.ts';
import { metricsOf, type RunProducts } from './run-products.ts';
import { isEnd, runOf } from './run-state.ts';
import { run, type WireRun } from './wire.ts';
import type { WorkflowReader } from './workflow-reader.ts';

export interface EvidenceParts {
  readonly api: KfpApi;
  readonly transport: KfpTransport;
  readonly reader: KfpReader;
  readonly workflows: WorkflowReader;
  readonly settings: KfpSettings;
}

export function createKfpEvidence(parts: EvidenceParts): KfpEvidence {
  const { api, transport, workflows, settings } = parts;
  const isNewer = kept(settings.clock, (options: CallOptions) => hasArtifactsApi(api, options));
  // What a run wrote is only looked for after KFP has shown the run to this identity: ML Metadata knows no rights.
  const products = async (runId: string, options: CallOptions): Promise<RunProducts> => {
    const { run_id: id } = await readable(api, runId, options);
    if (await isNewer(options)) return artifactsApiProducts(api, id, options);
    const { metadataUrl: url, metadataCa: ca, clock } = settings;
    if (url === undefined) throw withoutMetadata();
    return withMetadataStore({ url, ca, clock }, options, (store) => metadataProducts(store, id));
  };

  return {
    listTasks: async (runId, options) => {
      const wire = await readable(api, runId, options);
      const [declared, listing] = await Promise.all([
        declaredTasks(parts, wire, options),
        workflows.list(runId, options),
      ]);
      const workflow = listing.kind === 'read' ? listing.workflows[0] : undefined;
      const details = wire.run_details.task_details;
      return listTasksOf({ declared, workflow, details, hasEnded: isEnd(runOf(wire).state) });
    },
    listArtifacts: async (runId, options) => {
      const { artifacts } = await products(runId, options);
      return inBatches(artifacts, (artifact) => withSize(artifact, settings, options));
    },
    getMetrics: async (runId, options) => metricsOf(await products(runId, options)),
    readArtifact: async ({ uri, maxBytes }, { signal }) =>
      settings.objects?.read({ uri, maxBytes, from: 'start' }, { signal }),
    readLogs: async (query, options) => {
      const wire = await readable(api, query.runId, options);
      const declared = query.task === undefined ? [] : await declaredTasks(parts, wire, options);
      const named = declared.filter(({ displayName }) => displayName === query.task).map(({ name }) => name);
      const taskNames = new Set([query.task ?? '', ...named]);
      return readLogs({ workflows, transport, objects: settings.objects }, { ...query, taskNames }, options);
    },
    collectFacts: async (runId, options) => {
      await readable(api, runId, options);
      return collectFacts(workflows, runId, options);
    },
  };
}

/** @throws KfpRefusedError NotFound or Forbidden: who may not read the run may not read what it left behind. */
async function readable(api: KfpApi, runId: string, options: CallOptions): Promise<WireRun> {
  const wire = isId(runId) ? await api.find(run, pathOf('runs', runId), options) : undefined;
  if (!wire) throw new KfpRefusedError('NotFound', `There is no run ${runId}.`);
  return wire;
}

/** Empty when the version was deleted or is none of KFP 2. */
async function declaredTasks(
  { reader }: EvidenceParts,
  wire: WireRun,
  options: CallOptions,
): Promise<readonly KfpPipelineTask[]> {
  const reference = wire.pipeline_version_reference;
  if (!reference?.pipeline_id) return parsePipelineSpec(wire.pipeline_spec)?.tasks ?? [];
  const version = await reader.findVersion(reference.pipeline_id, reference.pipeline_version_id || undefined, options);
  return version?.spec?.tasks ?? [];
}

async function withSize(
  artifact: KfpArtifact,
  { objects }: KfpSettings,
  { signal }: CallOptions,
): Promise<KfpArtifact> {
  if (!objects || artifact.uri === '') return artifact;
  return { ...artifact, sizeBytes: await objects.size(artifact.uri, { signal }) };
}

function withoutMetadata(): TerminalError {
  return new TerminalError(
    'MetadataNotConfigured',
    'This Kubeflow Pipelines keeps artifacts and metrics in ML Metadata; give its address in backends.kfp.metadataURL of the SwarmConfig, for example http://metadata-grpc-service.kubeflow:8080.',
  );
}
