import { v5 as uuidv5 } from 'uuid';
import { hasFourByteCharacter } from '../protocol/collation.ts';
import { InternalError, invalid, notFound } from '../protocol/kfp-error.ts';
import { type Decoded } from '../protocol/proto-message.ts';
import { runMessage } from '../protocol/request-messages.ts';
import { runKind } from '../store/list-kinds.ts';
import { pageOf } from '../store/page.ts';
import { type ExperimentRow, type RunRow } from '../store/rows.ts';
import { compileWorkflow } from '../workflows/compile-workflow.ts';
import { type CrashPoint, defaultAccount, nowSeconds, type World } from '../world.ts';
import { type Json, runAnswer, withoutZeros } from './answers.ts';
import { type ApiRequest, textOf } from './api-request.ts';
import { type ExperimentService } from './experiment-service.ts';
import { checkParameters } from './parameter-check.ts';
import { type ResolvedSource, resolveSource } from './run-source.ts';

/** Since 2.17: a schedule's runs have ids that follow from schedule and name. */
const scheduledRunNamespace = 'c2f3a9d4-1e6b-4c8a-9f7d-0b5e3a1c2d4f';
const maxColumnLength = 255;
const maxIdLength = 191;
const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/u;
const creating = 'Failed to create a new run: ';

export class RunService {
  readonly #world: World;
  readonly #experiments: ExperimentService;

  constructor(world: World, experiments: ExperimentService) {
    this.#world = world;
    this.#experiments = experiments;
  }

  async list(request: ApiRequest): Promise<Json> {
    const experimentId = request.text('experiment_id');
    const namespace = await this.#listedNamespace(request, experimentId);
    const newestMs = this.#world.clock.now().getTime() - this.#world.settings.listLagMs;
    const rows = this.#world.database.runs
      .all()
      .filter((row) => experimentId === '' || row.experimentId === experimentId)
      .filter((row) => namespace === '' || row.namespace === namespace)
      .filter((row) => this.#world.settings.listLagMs === 0 || row.createdAt * 1000 <= newestMs);
    const page = pageOf(runKind, rows, request.page());
    return withoutZeros({
      runs: page.rows.map(runAnswer),
      total_size: page.totalSize,
      next_page_token: page.nextPageToken,
    });
  }

  /** Checks the right to list; single-user mode looks at no namespace. */
  async #listedNamespace(request: ApiRequest, experimentId: string): Promise<string> {
    const experiment = experimentId === '' ? undefined : this.#experiments.find(experimentId, 'Failed to list runs: ');
    if (!this.#world.access) return '';
    const namespace = experiment?.namespace ?? request.text('namespace');
    if (namespace === '')
      throw invalid('A run cannot have an empty namespace in multi-user mode', 'Failed to list runs: ');
    await this.#world.access.require(request.headers, { namespace, verb: 'list', resource: 'runs', name: '' });
    return namespace;
  }

  async get(request: ApiRequest): Promise<Json> {
    const row = this.find(request.part('id'), 'Failed to get a run: Failed to fetch run: ');
    await this.require(request, row, 'get');
    return runAnswer(row);
  }

  find(id: string, context: string): RunRow {
    const row = this.#world.database.runs.get(id);
    if (!row) throw notFound('Run', id, context);
    return row;
  }

  async require(request: ApiRequest, row: RunRow, verb: string): Promise<void> {
    const { namespace, workflowName: name } = row;
    await this.#world.access?.require(request.headers, { namespace, verb, resource: 'runs', name });
  }

  /** Workflow first, then the row, then the answer: what fails after the Workflow leaves it behind. */
  async create(request: ApiRequest): Promise<Json> {
    const body = request.message(runMessage);
    requireConvertible(body);
    const experiment = this.#experimentOf(body);
    await this.#world.access?.require(request.headers, {
      namespace: experiment.namespace,
      verb: 'create',
      resource: 'runs',
      name: '',
    });
    const scheduled = this.#existingScheduledRun(body);
    if (scheduled) return runAnswer(scheduled);
    const resolved = resolveSource(this.#world, body);
    return this.#start(body, { experiment, resolved });
  }

  async #start(
    body: Decoded,
    { experiment, resolved }: { experiment: ExperimentRow; resolved: ResolvedSource },
  ): Promise<Json> {
    const { parameters = {}, pipeline_root: pipelineRoot = '' } = (body['runtime_config'] ?? {}) as RuntimeConfig;
    if (resolved.template.kind === 'ir') {
      checkParameters(resolved.template.spec, parameters, 'Failed to create a new run');
    }
    const id = this.#newId(body);
    if (!labelValue.test(id))
      throw new InternalError(`${creating}metadata.labels: Invalid value: ${JSON.stringify(id)}`);
    this.#crash('before-workflow');
    const serviceAccount = textOf(body, 'service_account') || defaultAccount(this.#world);
    const workflow = await this.#world.workflows.create(
      compileWorkflow({
        template: resolved.template,
        namespace: experiment.namespace || this.#world.namespace,
        runId: id,
        runName: textOf(body, 'display_name'),
        parameters,
        serviceAccount,
        suffix: (generateName) => this.#world.identities.suffix(generateName, id),
      }),
    );
    this.#crash('after-workflow');
    const workflowName = workflow.metadata.name;
    const row = this.#newRow(body, {
      id,
      experiment,
      resolved,
      parameters,
      pipelineRoot,
      serviceAccount,
      workflowName,
    });
    this.#insert(row, experiment);
    this.#crash('after-row');
    return runAnswer(row);
  }

  #experimentOf(body: Decoded): ExperimentRow {
    const id = textOf(body, 'experiment_id');
    const context = `${creating}Failed to create a run due to invalid experimentId and namespace combination: `;
    if (id !== '') return this.#experiments.find(id, context);
    const experiment = this.#experiments.default();
    if (!experiment || this.#world.access) throw invalid('Experiment id can not be empty in multi-user mode', creating);
    return experiment;
  }

  #existingScheduledRun(body: Decoded): RunRow | undefined {
    const recurringRunId = textOf(body, 'recurring_run_id');
    if (recurringRunId === '') return undefined;
    if (!this.#world.database.recurringRuns.get(recurringRunId)) {
      throw new InternalError(`${creating}RecurringRunId doesn't exist: ${recurringRunId}`);
    }
    const name = textOf(body, 'display_name');
    return this.#world.database.runs.all().find((row) => row.recurringRunId === recurringRunId && row.name === name);
  }

  #newId(body: Decoded): string {
    const recurringRunId = textOf(body, 'recurring_run_id');
    const name = textOf(body, 'display_name');
    if (recurringRunId !== '') return uuidv5(`${recurringRunId}/${name}`, scheduledRunNamespace);
    const own = this.#world.settings.ignoreRunId ? '' : textOf(body, 'run_id');
    return own || this.#world.identities.id('run', name);
  }

  #newRow(body: Decoded, fields: NewRow): RunRow {
    const createdAt = nowSeconds(this.#world);
    return {
      id: fields.id,
      experimentId: fields.experiment.id,
      name: textOf(body, 'display_name'),
      description: textOf(body, 'description'),
      namespace: fields.experiment.namespace,
      // Not protected: a client may say that its run is archived, or finished long ago.
      storageState: body['storage_state'] === 'ARCHIVED' ? 'ARCHIVED' : 'AVAILABLE',
      finishedAt: (body['finished_at'] as number | undefined) ?? 0,
      serviceAccount: fields.serviceAccount,
      source: fields.resolved.source,
      parameters: fields.parameters,
      pipelineRoot: fields.pipelineRoot,
      createdAt,
      scheduledAt: createdAt,
      state: 'PENDING',
      history: [{ at: createdAt, state: 'PENDING' }],
      recurringRunId: textOf(body, 'recurring_run_id'),
      pluginsInput: body['plugins_input'] as object | undefined,
      pluginsOutput: this.#world.settings.mlflowPlugin ? failedMlflow : undefined,
      workflowName: fields.workflowName,
      manifest: '',
      tasks: [],
    };
  }

  #insert(row: RunRow, experiment: ExperimentRow): void {
    const table = `${creating}Failed to store run ${row.name} to table: `;
    for (const [column, text] of Object.entries({ DisplayName: row.name, Description: row.description })) {
      if (text.length > maxColumnLength)
        throw new InternalError(`${table}Error 1406 (22001): Data too long for column '${column}'`);
      if (hasFourByteCharacter(text))
        throw new InternalError(`${table}Error 1366 (22007): Incorrect string value for column ${column}`);
    }
    if (this.#world.database.runs.get(row.id)) {
      throw new InternalError(`${table}Error 1062 (23000): Duplicate entry '${row.id}' for key 'PRIMARY'`);
    }
    this.#world.database.runs.put(row);
    experiment.lastRunCreatedAt = row.createdAt;
    this.#world.database.experiments.put(experiment);
  }

  #crash(point: CrashPoint): void {
    if (this.#world.settings.crashAt !== point) return;
    this.#world.settings.crashAt = undefined;
    this.#world.die();
  }
}

interface RuntimeConfig {
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly pipeline_root?: string;
}

interface NewRow {
  readonly id: string;
  readonly experiment: ExperimentRow;
  readonly resolved: ResolvedSource;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly pipelineRoot: string;
  readonly serviceAccount: string;
  readonly workflowName: string;
}

/** What the MLflow plugin leaves in every run of an installation without MLflow. */
const failedMlflow = {
  mlflow: {
    entries: { experiment_name: { value: 'KFP-Default' } },
    state: 'PLUGIN_FAILED',
    state_message:
      'MLflow config resolution failed; run creation will continue: Invalid input error: Kubernetes bearer token is empty for MLflow auth',
  },
};

function requireConvertible(body: Decoded): void {
  const converting = 'Failed to create a run due to conversion error: ';
  if (textOf(body, 'display_name') === '') throw new InternalError(`${converting}Run name cannot be empty`);
  if (textOf(body, 'run_id').length > maxIdLength) {
    throw new InternalError(`${converting}Run.UUID length cannot exceed ${maxIdLength}`);
  }
}
