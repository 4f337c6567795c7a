import { compareFolded, hasFourByteCharacter } from '../protocol/collation.ts';
import { aborted, alreadyExists, InternalError, invalid, notFound } from '../protocol/kfp-error.ts';
import { experimentMessage } from '../protocol/request-messages.ts';
import { experimentKind } from '../store/list-kinds.ts';
import { pageOf } from '../store/page.ts';
import { type ExperimentRow } from '../store/rows.ts';
import { nowSeconds, type World } from '../world.ts';
import { experimentAnswer, type Json, withoutZeros } from './answers.ts';
import { type ApiRequest, textOf } from './api-request.ts';

const defaultName = 'Default';
const defaultDescription = 'All runs created without specifying an experiment will be grouped here.';
const noNamespace = 'An experiment cannot have an empty namespace in multi-user mode';

export class ExperimentService {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A single-user server makes it when it starts. */
  createDefault(): void {
    if (this.#world.access || this.#world.database.experiments.all().length > 0) return;
    this.#insert({ name: defaultName, description: defaultDescription, namespace: '' });
  }

  default(): ExperimentRow | undefined {
    return this.#world.database.experiments.all().find(({ name }) => name === defaultName);
  }

  async list(request: ApiRequest): Promise<Json> {
    const namespace = request.text('namespace');
    if (this.#world.access) {
      if (namespace === '') throw invalid(noNamespace, 'List experiments failed: ');
      await this.#require(request, { namespace, verb: 'list', name: '' });
    }
    const rows = this.#world.database.experiments
      .all()
      .filter((row) => !this.#world.access || row.namespace === namespace);
    const page = pageOf(experimentKind, rows, request.page());
    return withoutZeros({
      experiments: page.rows.map(experimentAnswer),
      total_size: page.totalSize,
      next_page_token: page.nextPageToken,
    });
  }

  async create(request: ApiRequest): Promise<Json> {
    const body = request.message(experimentMessage);
    const fields = {
      name: textOf(body, 'display_name'),
      description: textOf(body, 'description'),
      namespace: textOf(body, 'namespace'),
    };
    const conversion = 'Failed to convert API experiment to model experiment: Invalid input error: ';
    if (fields.name === '') throw new InternalError(`${conversion}Experiment must have a non-empty name`);
    if (fields.name.length > 128) throw new InternalError(`${conversion}Experiment.Name length cannot exceed 128`);
    if (fields.namespace.length > 63)
      throw new InternalError(`${conversion}Experiment.Namespace length cannot exceed 63`);
    if (this.#world.access) {
      if (fields.namespace === '') throw invalid(noNamespace, 'Failed to create a experiment: ');
      await this.#require(request, { namespace: fields.namespace, verb: 'create', name: fields.name });
    }
    return experimentAnswer(this.#insert({ ...fields, namespace: this.#world.access ? fields.namespace : '' }));
  }

  #insert(fields: Pick<ExperimentRow, 'name' | 'description' | 'namespace'>): ExperimentRow {
    const table = 'Failed to add experiment to experiment table: ';
    if (fields.description.length > 255)
      throw new InternalError(`${table}Error 1406 (22001): Data too long for column 'Description'`);
    if (hasFourByteCharacter(fields.name + fields.description)) {
      throw new InternalError(`${table}Error 1366 (22007): Incorrect string value for column 'Name'`);
    }
    const { experiments } = this.#world.database;
    const isTaken = (row: ExperimentRow) =>
      row.namespace === fields.namespace && compareFolded(row.name, fields.name) === 0;
    if (experiments.all().some(isTaken)) {
      const detail = `Failed to create a new experiment. The name ${fields.name} already exists. Please specify a new name`;
      throw alreadyExists(detail, 'Failed to create a experiment: ');
    }
    const id = this.#world.identities.id('experiment', fields.name);
    const row = { ...fields, id, createdAt: nowSeconds(this.#world), storageState: 'AVAILABLE', lastRunCreatedAt: 0 };
    experiments.put(row);
    return row;
  }

  async get(request: ApiRequest): Promise<Json> {
    const row = this.find(request.part('id'), 'Failed to fetch experiment: ');
    await this.#requireOn(request, row, 'get');
    return experimentAnswer(row);
  }

  /** Archiving an unknown experiment is fine with the server. */
  async setStorageState(request: ApiRequest, storageState: 'AVAILABLE' | 'ARCHIVED'): Promise<Json> {
    const row = this.#world.database.experiments.get(request.part('id'));
    if (!row) return {};
    await this.#requireOn(request, row, storageState === 'ARCHIVED' ? 'archive' : 'unarchive');
    row.storageState = storageState;
    this.#world.database.experiments.put(row);
    for (const run of this.#world.database.runs.all()) {
      if (run.experimentId !== row.id || storageState !== 'ARCHIVED') continue;
      run.storageState = storageState;
      this.#world.database.runs.put(run);
    }
    return {};
  }

  /** Its runs stay. */
  async delete(request: ApiRequest): Promise<Json> {
    const id = request.part('id');
    const context = `Failed to delete experiment: Failed to delete experiment ${id} due to error fetching it: `;
    const row = this.find(id, context);
    await this.#requireOn(request, row, 'delete');
    if (row.id === this.default()?.id) {
      throw aborted(
        `Failed to delete experiment ${id}. The default experiment cannot be deleted`,
        'Failed to delete experiment: ',
      );
    }
    this.#world.database.experiments.delete(row.id);
    return {};
  }

  find(id: string, context: string): ExperimentRow {
    const row = this.#world.database.experiments.get(id);
    if (!row) throw notFound('Experiment', id, context);
    return row;
  }

  async #requireOn(request: ApiRequest, row: ExperimentRow, verb: string): Promise<void> {
    await this.#require(request, { namespace: row.namespace, verb, name: row.name });
  }

  async #require(request: ApiRequest, what: { namespace: string; verb: string; name: string }): Promise<void> {
    await this.#world.access?.require(request.headers, { ...what, resource: 'experiments' });
  }
}
