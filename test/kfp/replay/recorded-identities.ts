import { randomUUID } from 'node:crypto';
import { type IdKind, type Identities } from '../simulator/world.ts';
import { objectsIn, type RecordedLine } from './recorded-lines.ts';

const idFields: Readonly<Partial<Record<IdKind, string>>> = {
  pipeline: 'pipeline_id',
  experiment: 'experiment_id',
  run: 'run_id',
  schedule: 'recurring_run_id',
};

/**
 * Gives out the ids and generated names of the recording, so that lists sort alike and later lines name what is there.
 * Ids are known from the answer to the request that makes them; the rest is gathered from all lines beforehand.
 */
export class RecordedIdentities implements Identities {
  /** The line that is being replayed. */
  line: RecordedLine | undefined;
  readonly #versions = new Map<string, string>();
  readonly #firstVersions = new Map<string, string>();
  readonly #scheduledRuns = new Map<string, string>();
  readonly #scheduleNames = new Map<string, string>();
  readonly #workflowNames = new Map<string, string[]>();
  readonly #defaultExperiment: string | undefined;

  constructor(lines: readonly RecordedLine[]) {
    for (const line of lines) this.#gather(line);
    const experiments = lines.flatMap(({ response }) => [...objectsIn(response?.body)]);
    const found =
      experiments.find((one) => one['display_name'] === 'Default' && one['experiment_id'] !== undefined) ??
      lines.find(isRunWithoutExperiment)?.response?.body;
    this.#defaultExperiment = found ? textIn(found as Fields, 'experiment_id') : undefined;
  }

  id(kind: IdKind, name: string): string {
    return this.#known(kind, name) ?? randomUUID();
  }

  #known(kind: IdKind, name: string): string | undefined {
    if (kind === 'version') return this.#versionId(name);
    if (kind === 'scheduled-run') return this.#scheduledRuns.get(name);
    if (kind === 'experiment' && name === 'Default') return this.#defaultExperiment;
    const answer = (this.line?.response?.body ?? {}) as Fields;
    const id = textIn(answer, idFields[kind] ?? '');
    return id === '' ? undefined : id;
  }

  suffix(generateName: string, owner: string): string {
    const schedule = this.#scheduleNames.get(owner);
    if (schedule !== undefined) return schedule.slice(generateName.length);
    const name = this.#workflowNames.get(owner)?.shift();
    return name?.startsWith(generateName) ? name.slice(generateName.length) : randomUUID().slice(0, 5);
  }

  #versionId(name: string): string {
    const [pipelineId = ''] = name.split('/');
    // One that the recording never shows comes last.
    return this.#versions.get(name) ?? this.#firstVersions.get(pipelineId) ?? `f${randomUUID().slice(1)}`;
  }

  #gather({ response, observed }: RecordedLine): void {
    for (const one of objectsIn(response?.body)) {
      if (one['pipeline_version_id'] !== undefined && one['name'] !== undefined) {
        this.#versions.set(`${textIn(one, 'pipeline_id')}/${textIn(one, 'name')}`, textIn(one, 'pipeline_version_id'));
      }
      if (one['recurring_run_id'] !== undefined && one['run_id'] !== undefined) this.#gatherScheduled(one);
      this.#gatherReference((one['pipeline_version_reference'] ?? {}) as Fields);
      this.#gatherTask(one);
      this.#gatherExample(textIn(one, 'message'));
    }
    for (const one of objectsIn(observed)) this.#gatherObserved(one);
  }

  /** Runs of a schedule are called after it, with a number and a hash. */
  #gatherScheduled(run: Fields): void {
    const name = textIn(run, 'display_name');
    this.#scheduledRuns.set(name, textIn(run, 'run_id'));
    const [, schedule] = /^(.+)-\d+-\d+$/u.exec(name) ?? [];
    if (schedule !== undefined) this.#scheduleNames.set(textIn(run, 'recurring_run_id'), schedule);
  }

  #gatherReference({ pipeline_id: pipeline, pipeline_version_id: version }: Fields): void {
    if (typeof pipeline === 'string' && typeof version === 'string') this.#firstVersions.set(pipeline, version);
  }

  /** The name of a Workflow is that of its root node. */
  #gatherTask(task: Fields): void {
    const [, name] = /^(.+-[a-z0-9]{5})\(0\)$/u.exec(textIn(task, 'display_name')) ?? [];
    if (name !== undefined && task['task_id'] !== undefined) this.#addWorkflow(textIn(task, 'run_id'), name);
  }

  /** `… pipeline with id P as it has existing pipeline versions (e.g. V).` */
  #gatherExample(message: string): void {
    const [, pipeline, version] = /pipeline with id (\S+) as it has .*\(e\.g\. ([^)]+)\)/u.exec(message) ?? [];
    if (pipeline !== undefined && version !== undefined) this.#firstVersions.set(pipeline, version);
  }

  #gatherObserved(one: Fields): void {
    const labels = (one['labels'] ?? {}) as Fields;
    if (labels['pipeline/runid'] !== undefined && one['generateName'] !== undefined) {
      this.#addWorkflow(textIn(labels, 'pipeline/runid'), textIn(one, 'name'));
    }
    if (one['trigger'] !== undefined && one['uid'] !== undefined) {
      this.#scheduleNames.set(textIn(one, 'uid'), textIn(one, 'name'));
    }
  }

  #addWorkflow(runId: string, name: string): void {
    const names = this.#workflowNames.get(runId) ?? [];
    if (!names.includes(name)) this.#workflowNames.set(runId, [...names, name]);
  }
}

/** Its answer names the default experiment. */
function isRunWithoutExperiment({ request, response }: RecordedLine): boolean {
  const isRun = request?.method === 'POST' && request.path === '/apis/v2beta1/runs' && response?.status === 200;
  return isRun && (request.body as Fields)['experiment_id'] === undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Empty where there is no text. */
function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}
