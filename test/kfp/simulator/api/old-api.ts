import { codes, KfpError, notFound, StackError } from '../protocol/kfp-error.ts';
import { oldRunMessage } from '../protocol/request-messages.ts';
import { type ExperimentRow, type RunRow } from '../store/rows.ts';
import { type World } from '../world.ts';
import { type Json, timestamp, withoutZeros } from './answers.ts';
import { type ApiRequest } from './api-request.ts';

/** What is left of v1beta1 and v1alpha1, as far as clients of today touch it. */
export class OldApi {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async listExperiments(): Promise<Json> {
    const rows = this.#world.database.experiments.all();
    return Promise.resolve(withoutZeros({ experiments: rows.map(experiment), total_size: rows.length }));
  }

  async getExperiment(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const row = this.#world.database.experiments.get(id);
    if (!row) throw notFound('Experiment', id, 'Failed to get an experiment (v1beta1): ');
    return Promise.resolve(experiment(row));
  }

  async getRun(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const row = this.#world.database.runs.get(id);
    if (!row) throw notFound('Run', id, 'Failed to get a run (v1beta1): ');
    return Promise.resolve(this.#run(row));
  }

  #run(row: RunRow): Json {
    const version = this.#world.database.versions.get(row.source.versionId ?? '');
    const pipeline = this.#world.database.pipelines.get(row.source.pipelineId ?? '');
    const phase = row.state === '' ? '' : row.state.charAt(0) + row.state.slice(1).toLowerCase();
    const run = withoutZeros({
      id: row.id,
      name: row.name,
      pipeline_spec: withoutZeros({
        pipeline_id: row.source.pipelineId,
        pipeline_name: pipeline?.name,
        pipeline_manifest: version?.template,
      }),
      resource_references: [
        { key: { type: 'EXPERIMENT', id: row.experimentId }, relationship: 'OWNER' },
        ...(row.source.versionId === undefined
          ? []
          : [{ key: { type: 'PIPELINE_VERSION', id: row.source.versionId }, relationship: 'CREATOR' }]),
      ],
      service_account: row.serviceAccount,
      created_at: timestamp(row.createdAt),
      scheduled_at: timestamp(row.scheduledAt),
      finished_at: timestamp(row.finishedAt),
      status: phase,
    });
    return {
      run,
      pipeline_runtime: withoutZeros({ pipeline_manifest: row.manifest, workflow_manifest: row.manifest }),
    };
  }

  async listVersions(request: ApiRequest): Promise<Json> {
    const id = request.text('resource_key.id');
    if (!this.#world.database.pipelines.get(id)) {
      throw notFound('Pipeline', id, `Failed to list pipeline versions (v1beta1) with pipeline id ${id}: `);
    }
    return Promise.resolve({});
  }

  async empty(): Promise<Json> {
    return Promise.resolve({});
  }

  /** May somebody look at the viewers of a namespace? Everybody, in single-user mode. */
  async authorize(request: ApiRequest): Promise<Json> {
    await this.#world.access?.require(request.headers, {
      namespace: request.text('namespace'),
      verb: request.text('verb').toLowerCase(),
      resource: request.text('resources').toLowerCase(),
      name: '',
      group: 'kubeflow.org',
    });
    return {};
  }

  async createRun(request: ApiRequest): Promise<Json> {
    request.message(oldRunMessage);
    return Promise.reject(new KfpError(codes.invalidArgument, 'Runs are created with v2beta1'));
  }

  /** There is no visualization service. */
  async visualize(): Promise<Json> {
    const url = 'http://visualization.kfp.test';
    const refused = `Internal error: Get "${url}": dial tcp visualization.kfp.test: connect: connection refused`;
    const text = `${refused}\nUnable to verify visualization service aliveness by sending request to ${url}\n<stack trace>\nCannot generate visualization\n<stack trace>`;
    return Promise.reject(new StackError(text));
  }
}

const experiment = (row: ExperimentRow): Json =>
  withoutZeros({
    id: row.id,
    name: row.name,
    description: row.description,
    created_at: timestamp(row.createdAt),
    resource_references: [{ key: withoutZeros({ type: 'NAMESPACE', id: row.namespace }), relationship: 'OWNER' }],
    storage_state: `STORAGESTATE_${row.storageState}`,
  });
