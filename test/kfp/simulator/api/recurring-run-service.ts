import { hasFourByteCharacter } from '../protocol/collation.ts';
import { InternalError, invalid, notFound, StackError } from '../protocol/kfp-error.ts';
import { type Decoded } from '../protocol/proto-message.ts';
import { recurringRunMessage } from '../protocol/request-messages.ts';
import { recurringRunKind } from '../store/list-kinds.ts';
import { pageOf } from '../store/page.ts';
import { type ExperimentRow, type PipelineSource, type RecurringRunRow, type Trigger } from '../store/rows.ts';
import { defaultAccount, nowSeconds, type World } from '../world.ts';
import { type Json, recurringRunAnswer, withoutZeros } from './answers.ts';
import { type ApiRequest, textOf } from './api-request.ts';
import { parseCron } from './cron-schedule.ts';
import { type ExperimentService } from './experiment-service.ts';
import { checkParameters } from './parameter-check.ts';
import { requirePipeline, resolveSource } from './run-source.ts';

const creating = 'Failed to create a recurring run: ';
const maxConcurrencyLimit = 10;
const maxColumnLength = 255;
const scheduleNameLength = 25;
const propagationPolicies = ['PROPAGATION_POLICY_UNSPECIFIED', 'FOREGROUND', 'BACKGROUND', 'ORPHAN'];

export class RecurringRunService {
  readonly #world: World;
  readonly #experiments: ExperimentService;

  constructor(world: World, experiments: ExperimentService) {
    this.#world = world;
    this.#experiments = experiments;
  }

  async list(request: ApiRequest): Promise<Json> {
    const experimentId = request.text('experiment_id');
    const experiment = experimentId === '' ? undefined : this.#experiments.find(experimentId, 'Failed to list jobs: ');
    const namespace = experiment?.namespace ?? request.text('namespace');
    if (this.#world.access) {
      if (namespace === '') throw invalid('a recurring run cannot have an empty namespace in multi-user mode');
      await this.#world.access.require(request.headers, { namespace, verb: 'list', resource: 'jobs', name: '' });
    }
    const rows = this.#world.database.recurringRuns
      .all()
      .filter((row) => experimentId === '' || row.experimentId === experimentId)
      .filter((row) => !this.#world.access || row.namespace === namespace);
    const page = pageOf(recurringRunKind, rows, request.page());
    return withoutZeros({
      recurringRuns: page.rows.map(recurringRunAnswer),
      total_size: page.totalSize,
      next_page_token: page.nextPageToken,
    });
  }

  async get(request: ApiRequest): Promise<Json> {
    const row = this.#find(request.part('id'), 'Failed to fetch a recurring run: ');
    await this.#require(request, row, 'get');
    return recurringRunAnswer(row);
  }

  /** The ScheduledWorkflow comes first, the row second, as with runs. */
  async create(request: ApiRequest): Promise<Json> {
    const body = request.message(recurringRunMessage);
    const name = textOf(body, 'display_name');
    if (name === '') throw new InternalError('Failed to convert a recurring run: Recurring run name cannot be empty');
    const trigger = triggerOf(body);
    const maxConcurrency = concurrencyOf(body);
    const experiment = this.#experimentOf(body);
    const namespace = experiment.namespace || this.#world.namespace;
    await this.#world.access?.require(request.headers, { namespace, verb: 'create', resource: 'jobs', name });
    const { source, hasVersion } = this.#sourceOf(body);
    const config = (body['runtime_config'] ?? {}) as { parameters?: Record<string, unknown>; pipeline_root?: string };
    const id = this.#world.identities.id('schedule', name);
    const createdAt = nowSeconds(this.#world);
    const row: RecurringRunRow = {
      id,
      experimentId: experiment.id,
      name,
      description: textOf(body, 'description'),
      namespace,
      // Without a version, the pipeline is compiled when the schedule fires; until then nobody fills this in.
      serviceAccount: textOf(body, 'service_account') || (hasVersion ? defaultAccount(this.#world) : ''),
      source,
      parameters: config.parameters ?? {},
      pipelineRoot: config.pipeline_root ?? '',
      maxConcurrency,
      trigger,
      isEnabled: body['mode'] === 'ENABLE',
      noCatchup: body['no_catchup'] === true,
      createdAt,
      updatedAt: createdAt,
      scheduleName: this.#scheduleName(name, id),
      lastIndex: 0,
      lastTriggeredAt: 0,
    };
    this.#insert(row);
    return recurringRunAnswer(row);
  }

  #experimentOf(body: Decoded): ExperimentRow {
    const id = textOf(body, 'experiment_id');
    if (id !== '') return this.#experiments.find(id, creating);
    const experiment = this.#experiments.default();
    if (!experiment || this.#world.access) throw invalid('Experiment id can not be empty in multi-user mode', creating);
    return experiment;
  }

  /** The parameters are checked as a run's, if it is known what will run. */
  #sourceOf(body: Decoded): { source: PipelineSource; hasVersion: boolean } {
    const reference = (body['pipeline_version_reference'] ?? {}) as Decoded;
    const [pipelineId, versionId] = [textOf(reference, 'pipeline_id'), textOf(reference, 'pipeline_version_id')];
    const hasSpec = body['pipeline_spec'] !== undefined;
    if (!hasSpec) this.#requireReference(pipelineId, versionId);
    const { source, template } = resolveSource(this.#world, body);
    const { parameters = {} } = (body['runtime_config'] ?? {}) as { parameters?: Record<string, unknown> };
    if (template.kind === 'ir') checkParameters(template.spec, parameters, 'Failed to create a recurring run');
    return versionId === '' && !hasSpec ? { source: { pipelineId }, hasVersion: false } : { source, hasVersion: true };
  }

  #requireReference(pipelineId: string, versionId: string): void {
    if (pipelineId === '' && versionId === '') throw emptyPipeline();
    if (pipelineId !== '') requirePipeline(this.#world, pipelineId);
  }

  #scheduleName(name: string, id: string): string {
    const prefix = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/gu, '')
      .slice(0, scheduleNameLength);
    return `${prefix}${this.#world.identities.suffix(prefix, id)}`;
  }

  #insert(row: RecurringRunRow): void {
    for (const text of [row.name, row.description]) {
      if (text.length > maxColumnLength)
        throw new InternalError(`${creating}Error 1406 (22001): Data too long for column`);
      if (hasFourByteCharacter(text)) throw new InternalError(`${creating}Error 1366 (22007): Incorrect string value`);
    }
    this.#world.database.recurringRuns.put(row);
  }

  async setEnabled(request: ApiRequest, isEnabled: boolean): Promise<Json> {
    const row = this.#find(request.part('id'), 'Failed to change the mode of a recurring run: ');
    await this.#require(request, row, isEnabled ? 'enable' : 'disable');
    row.isEnabled = isEnabled;
    row.updatedAt = nowSeconds(this.#world);
    this.#world.database.recurringRuns.put(row);
    return {};
  }

  async delete(request: ApiRequest): Promise<Json> {
    request.oneOf('propagation_policy', propagationPolicies);
    const row = this.#find(request.part('id'), 'Failed to delete a recurring run: ');
    await this.#require(request, row, 'delete');
    this.#world.database.recurringRuns.delete(row.id);
    return {};
  }

  #find(id: string, context: string): RecurringRunRow {
    const row = this.#world.database.recurringRuns.get(id);
    if (!row) throw notFound('Job', id, context);
    return row;
  }

  async #require(request: ApiRequest, row: RecurringRunRow, verb: string): Promise<void> {
    const { namespace, name } = row;
    await this.#world.access?.require(request.headers, { namespace, verb, resource: 'jobs', name });
  }
}

function emptyPipeline(): StackError {
  const detail =
    'Internal error: Cannot create a job with an empty pipeline ID\n<stack trace>\nFailed to create a recurring run\n<stack trace>';
  return new StackError(detail);
}

function triggerOf(body: Decoded): Trigger {
  const { cron_schedule: cron, periodic_schedule: periodic } = (body['trigger'] ?? {}) as {
    cron_schedule?: Decoded;
    periodic_schedule?: Decoded;
  };
  const context = 'Failed to create a recurring run due to conversion error: ';
  if (cron) {
    const text = textOf(cron, 'cron');
    try {
      parseCron(text);
    } catch (error) {
      const supported = 'Schedule cron is not a supported format(https://godoc.org/github.com/robfig/cron)';
      throw invalid(`${supported}. Error: ${(error as Error).message}`, context);
    }
    return { cron: text, ...spanOf(cron) };
  }
  if (!periodic) return {};
  const intervalSeconds = (periodic['interval_second'] as number | undefined) ?? 0;
  if (intervalSeconds < 1) {
    throw invalid(
      `Found invalid period schedule interval ${intervalSeconds}. Set at interval to least 1 second`,
      context,
    );
  }
  return { intervalSeconds, ...spanOf(periodic) };
}

function spanOf(schedule: Decoded): Pick<Trigger, 'startTime' | 'endTime'> {
  return {
    startTime: schedule['start_time'] as number | undefined,
    endTime: schedule['end_time'] as number | undefined,
  };
}

function concurrencyOf(body: Decoded): number {
  const given = (body['max_concurrency'] as number | undefined) ?? 0;
  if (given >= 1 && given <= maxConcurrencyLimit) return given;
  throw invalid(
    `Max concurrency of a recurring run must be at least 1 and at most ${maxConcurrencyLimit}. Received ${given}`,
    'Failed to create a recurring run due to conversion error: ',
  );
}
