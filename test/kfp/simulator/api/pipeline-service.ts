import { alreadyExists, InternalError, invalid, notFound } from '../protocol/kfp-error.ts';
import { compareFolded } from '../protocol/collation.ts';
import { pipelineAndVersionMessage, pipelineMessage, versionMessage } from '../protocol/request-messages.ts';
import { pipelineKind, versionKind } from '../store/list-kinds.ts';
import { pageOf } from '../store/page.ts';
import { type PipelineRow, type VersionRow } from '../store/rows.ts';
import { nowSeconds, type World } from '../world.ts';
import { type Json, pipelineAnswer, versionAnswer, withoutZeros } from './answers.ts';
import { type ApiRequest, textOf } from './api-request.ts';
import { NativeObjects } from './native-objects.ts';

const allowedHosts = ['storage.googleapis.com', 's3.amazonaws.com', 'github.com', 'raw.githubusercontent.com'];

export interface NewPipeline {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly namespace: string;
  readonly tags: Record<string, string>;
}

export type NewVersion = Omit<NewPipeline, 'namespace'> & {
  readonly pipelineId: string;
  readonly template: string;
  readonly codeSourceUrl: string;
};

export class PipelineService {
  readonly #world: World;
  readonly #native: NativeObjects;

  constructor(world: World) {
    this.#world = world;
    this.#native = new NativeObjects(world);
  }

  async list(request: ApiRequest): Promise<Json> {
    const namespace = this.#world.access ? request.text('namespace') : '';
    if (namespace !== '') await this.#require(request, { namespace, verb: 'list', name: '' });
    if (this.#world.isKubernetesNative) this.#native.refuseComparisons(request.text('filter'));
    const rows = this.#world.database.pipelines
      .all()
      .filter((row) => !this.#world.access || row.namespace === namespace);
    const page = pageOf(pipelineKind, rows, request.page());
    return withoutZeros({
      pipelines: page.rows.map(pipelineAnswer),
      total_size: page.totalSize,
      next_page_token: page.nextPageToken,
    });
  }

  async get(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const context = `Failed to get a pipeline ${id}. Check error stack: Failed to get a pipeline with id ${id}: `;
    const row = this.#pipeline(id, context);
    await this.#requireOn(request, row, 'get');
    return pipelineAnswer(row);
  }

  /** Without a namespace, the first one of any namespace. */
  async getByName(request: ApiRequest): Promise<Json> {
    const [name, namespace] = [request.part('name'), request.text('namespace')];
    const row = this.#world.database.pipelines
      .all()
      .find((one) => compareFolded(one.name, name) === 0 && (namespace === '' || one.namespace === namespace));
    if (!row)
      throw notFound('Namespace/Pipeline', `${namespace}/${name}`, `Failed to get a pipeline with name ${name}: `);
    await this.#requireOn(request, row, 'get');
    return pipelineAnswer(row);
  }

  async create(request: ApiRequest): Promise<Json> {
    const body = request.message(pipelineMessage);
    const name = textOf(body, 'name') || textOf(body, 'display_name');
    if (name.length > 128) throw new InternalError('Invalid input error: Pipeline.Name length cannot exceed 128');
    if (name === '') throw invalid('name is required', 'Failed to create a pipeline due to server error: ');
    const namespace = textOf(body, 'namespace');
    if (this.#world.access && namespace !== '') await this.#require(request, { namespace, verb: 'create', name });
    const row = this.insert({
      name,
      displayName: textOf(body, 'display_name') || name,
      description: textOf(body, 'description'),
      namespace,
      tags: (body['tags'] ?? {}) as Record<string, string>,
    });
    return pipelineAnswer(row);
  }

  /** @throws KfpError AlreadyExists */
  insert(fields: NewPipeline): PipelineRow {
    const namespace = this.#storedNamespace(fields.namespace);
    const { pipelines } = this.#world.database;
    if (pipelines.all().some((row) => row.namespace === namespace && compareFolded(row.name, fields.name) === 0)) {
      const detail = `Failed to create a new pipeline. The name ${fields.name} already exist. Please specify a new name`;
      throw alreadyExists(detail, 'Failed to create a pipeline due to server error: ');
    }
    const id = this.#world.identities.id('pipeline', fields.name);
    const row: PipelineRow = { ...fields, id, namespace, createdAt: nowSeconds(this.#world) };
    pipelines.put(row);
    return row;
  }

  #storedNamespace(namespace: string): string {
    if (this.#world.isKubernetesNative) return this.#world.namespace;
    return this.#world.access ? namespace : '';
  }

  insertVersion(fields: NewVersion): VersionRow {
    const { versions } = this.#world.database;
    const isTaken = versions
      .all()
      .some((row) => row.pipelineId === fields.pipelineId && compareFolded(row.name, fields.name) === 0);
    if (isTaken) throw alreadyExists(`The name ${fields.name} already exist. Please specify a new name`);
    const id = this.#world.identities.id('version', `${fields.pipelineId}/${fields.name}`);
    const row: VersionRow = { ...fields, id, createdAt: nowSeconds(this.#world) };
    versions.put(row);
    return row;
  }

  async update(request: ApiRequest): Promise<Json> {
    const body = request.message(pipelineMessage);
    const id = request.part('id');
    const row = this.#pipeline(id, `Failed to update pipeline ${id}. Check error stack: `);
    await this.#requireOn(request, row, 'update');
    change(row, body);
    this.#world.database.pipelines.put(row);
    return pipelineAnswer(row);
  }

  async delete(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const row = this.#pipeline(id, `Failed to delete pipeline ${id}. Check error stack: `);
    // The shared space has no namespace of its own: its pipelines belong to the server's.
    if (this.#world.access) {
      await this.#require(request, {
        namespace: row.namespace || this.#world.namespace,
        verb: 'delete',
        name: row.name,
      });
    }
    const versions = this.versionsOf(row.id);
    const [latest] = versions;
    if (latest && !request.isTrue('cascade')) {
      const detail =
        `Failed to delete pipeline with id ${id} as it has existing pipeline versions (e.g. ${latest.id}). ` +
        'Set cascade=true to delete all versions';
      throw invalid(detail, `Failed to delete pipeline ${id}. Check error stack: `);
    }
    for (const version of versions) this.#world.database.versions.delete(version.id);
    this.#world.database.pipelines.delete(row.id);
    return {};
  }

  async listVersions(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const row = this.#pipeline(id, `Failed to list pipeline versions for pipeline ${id}: `);
    await this.#requireOn(request, row, 'list');
    const rows = this.versionsOf(row.id).filter((version) => !version.isUnlabelled);
    const page = pageOf(versionKind, rows, request.page());
    return withoutZeros({
      pipeline_versions: page.rows.map(versionAnswer),
      total_size: page.totalSize,
      next_page_token: page.nextPageToken,
    });
  }

  /** The pipeline id in the path is not looked at. */
  async getVersion(request: ApiRequest): Promise<Json> {
    const row = this.#version(request.part('version'), 'Failed to get a pipeline version: ');
    await this.#requireVersion(request, row, 'get');
    return versionAnswer(row);
  }

  async updateVersion(request: ApiRequest): Promise<Json> {
    const body = request.message(versionMessage);
    const row = this.#version(request.part('version'), 'Failed to update a pipeline version: ');
    await this.#requireVersion(request, row, 'update');
    change(row, body);
    this.#world.database.versions.put(row);
    return versionAnswer(row);
  }

  async deleteVersion(request: ApiRequest): Promise<Json> {
    const row = this.#version(request.part('version'), 'Failed to delete a pipeline version: ');
    await this.#requireVersion(request, row, 'delete');
    this.#world.database.versions.delete(row.id);
    return {};
  }

  /** Both ways to create from a URL; nothing is downloaded here, whatever the host. */
  async createFromUrl(request: ApiRequest): Promise<Json> {
    const isBoth = request.part('id') === '';
    const body = request.message(isBoth ? pipelineAndVersionMessage : versionMessage);
    const version = (isBoth ? body['pipeline_version'] : body) as
      { package_url?: { pipeline_url?: string } } | undefined;
    const url = version?.package_url?.pipeline_url;
    const what = isBoth ? 'Failed to create a pipeline' : 'Failed to create a pipeline version';
    if (url === undefined) throw invalid(`${what}. Package URL is nil`);
    const { protocol, hostname } = URL.parse(url) ?? { protocol: '', hostname: '' };
    if (protocol !== 'https:' || !allowedHosts.includes(hostname)) {
      throw invalid('Pipeline URL validation failed', `${what}. Check error stack: `);
    }
    return Promise.reject(new InternalError(`${what}: ${url} cannot be downloaded`));
  }

  /** Newest first. */
  versionsOf(pipelineId: string): VersionRow[] {
    return this.#world.database.versions
      .all()
      .filter((row) => row.pipelineId === pipelineId)
      .sort((left, right) => right.createdAt - left.createdAt || (left.id < right.id ? -1 : 1));
  }

  #pipeline(id: string, context: string): PipelineRow {
    const row = this.#world.database.pipelines.get(id);
    if (!row) throw notFound('Pipeline', id, context);
    return row;
  }

  #version(id: string, context: string): VersionRow {
    const row = this.#world.database.versions.get(id);
    if (!row) throw notFound('PipelineVersion', id, context);
    return row;
  }

  async #requireVersion(request: ApiRequest, version: VersionRow, verb: string): Promise<void> {
    const row = this.#world.database.pipelines.get(version.pipelineId);
    if (row) await this.#requireOn(request, row, verb);
  }

  /** The shared space asks nobody who he is. */
  async #requireOn(request: ApiRequest, row: PipelineRow, verb: string): Promise<void> {
    if (row.namespace !== '') await this.#require(request, { namespace: row.namespace, verb, name: row.name });
  }

  async #require(request: ApiRequest, what: { namespace: string; verb: string; name: string }): Promise<void> {
    await this.#world.access?.require(request.headers, { ...what, resource: 'pipelines' });
  }
}

/** Only display name and tags can change; `tags: {}` clears them, and everything else is ignored without a word. */
function change(row: { displayName: string; tags: Record<string, string> }, body: Record<string, unknown>): void {
  if (textOf(body, 'display_name') !== '') row.displayName = textOf(body, 'display_name');
  if (body['tags'] !== undefined) row.tags = body['tags'] as Record<string, string>;
}
