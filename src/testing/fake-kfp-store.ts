import type {
  ArtifactQuery,
  KfpEvidence,
  KfpListing,
  KfpReader,
  LogQuery,
  NameQuery,
  RunPage,
  RunQuery,
} from '../backends/kfp/kfp-client.ts';
import type { KfpRunFacts, KfpTaskLog } from '../backends/kfp/kfp-facts.ts';
import type {
  KfpArtifact,
  KfpExperiment,
  KfpPipeline,
  KfpRun,
  KfpRunMetrics,
  KfpSchedule,
  KfpServer,
  KfpTask,
  KfpVersion,
} from '../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../backends/kfp/kfp-refused-error.ts';
import type { Clock } from '../base/clock.ts';
import { FakeClock } from './fake-clock.ts';
import { matchesRun } from './fake-kfp-rules.ts';
import {
  aKfpExperiment,
  aKfpPipeline,
  aKfpRun,
  aKfpSchedule,
  aKfpVersion,
  type Named,
  type VersionOptions,
} from './kfp-builders.ts';

const noFacts: KfpRunFacts = { workflows: [], failures: [], pods: [], events: [], unreadable: [] };
const noMetrics: KfpRunMetrics = { scalars: [], classifications: [], outputs: [] };

/** What a run left behind, as tests set it. */
interface Remains {
  readonly tasks?: readonly KfpTask[];
  readonly artifacts?: readonly KfpArtifact[];
  readonly metrics?: Partial<KfpRunMetrics>;
  readonly facts?: Partial<KfpRunFacts>;
  readonly logs?: readonly KfpTaskLog[];
}

/** What Kubeflow Pipelines knows, in memory: what tests put in, and what readers get. */
export class FakeKfpStore implements KfpReader, KfpEvidence {
  readonly #clock: Clock;
  protected readonly pipelinesById = new Map<string, KfpPipeline>();
  protected readonly versionsById = new Map<string, KfpVersion>();
  protected readonly experimentsById = new Map<string, KfpExperiment>();
  protected readonly runsById = new Map<string, KfpRun>();
  protected readonly schedulesById = new Map<string, KfpSchedule>();
  readonly #remains = new Map<string, Remains>();
  readonly #objects = new Map<string, Uint8Array>();
  readonly #failures: Error[] = [];

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? new FakeClock();
  }

  // --- what tests prepare -------------------------------------------------------------------------------------------

  /** With one version of the same name, unless versions are added by themselves. */
  addPipeline(pipeline: Named<KfpPipeline>, version?: Partial<VersionOptions>): KfpPipeline {
    const added = aKfpPipeline({ createdAt: this.now(), ...pipeline });
    this.pipelinesById.set(added.id, added);
    if (version) this.addVersion(added.id, { name: added.name, ...version });
    return added;
  }

  addVersion(pipelineId: string, version: VersionOptions): KfpVersion {
    const added = aKfpVersion({ createdAt: this.now(), ...version, pipelineId });
    this.versionsById.set(added.id, added);
    return added;
  }

  addExperiment(experiment: Named<KfpExperiment>): KfpExperiment {
    const added = aKfpExperiment({ createdAt: this.now(), ...experiment });
    this.experimentsById.set(added.id, added);
    return added;
  }

  addRun(run: Named<KfpRun>, remains: Remains = {}): KfpRun {
    const added = aKfpRun({ createdAt: this.now(), ...run });
    this.runsById.set(added.id, added);
    this.#remains.set(added.id, remains);
    return added;
  }

  /** What KFP would report of the run later. */
  updateRun(id: string, changes: Partial<KfpRun>, remains: Remains = {}): KfpRun {
    const updated = aKfpRun({ ...this.runOf(id), ...changes });
    this.runsById.set(id, updated);
    this.#remains.set(id, { ...this.#remains.get(id), ...remains });
    return updated;
  }

  addSchedule(schedule: Named<KfpSchedule>): KfpSchedule {
    const added = aKfpSchedule({ createdAt: this.now(), ...schedule });
    this.schedulesById.set(added.id, added);
    return added;
  }

  addObject(uri: string, content: string): void {
    this.#objects.set(uri, new TextEncoder().encode(content));
  }

  /** The next request of any kind ends with this error, before anything is done. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  get runs(): readonly KfpRun[] {
    return [...this.runsById.values()];
  }

  get schedules(): readonly KfpSchedule[] {
    return [...this.schedulesById.values()];
  }

  // --- KfpReader ----------------------------------------------------------------------------------------------------

  about(): Promise<KfpServer> {
    return this.answer(() => ({ version: '2.17.0', multiUser: false, pipelineStore: 'database' }));
  }

  listPipelines(query: NameQuery): Promise<KfpListing<KfpPipeline>> {
    return this.answer(() =>
      listing(this.pipelinesById, ({ name, displayName }) => contains(query, name, displayName)),
    );
  }

  findPipeline(reference: string): Promise<KfpPipeline | undefined> {
    return this.answer(() => found(this.pipelinesById, reference));
  }

  listVersions(pipelineId: string): Promise<KfpListing<KfpVersion>> {
    return this.answer(() => {
      const { items, isComplete } = listing(this.versionsById, (version) => version.pipelineId === pipelineId);
      return { items: items.map(({ spec, ...version }) => (spec ? version : version)), isComplete };
    });
  }

  findVersion(pipelineId: string, reference: string | undefined): Promise<KfpVersion | undefined> {
    return this.answer(() => {
      const { items } = listing(this.versionsById, (version) => version.pipelineId === pipelineId);
      if (reference === undefined) return items[0];
      return found(new Map(items.map((version) => [version.id, version])), reference);
    });
  }

  listExperiments(query: NameQuery): Promise<KfpListing<KfpExperiment>> {
    return this.answer(() =>
      listing(this.experimentsById, ({ name, isArchived }) => !isArchived && contains(query, name)),
    );
  }

  findExperiment(reference: string): Promise<KfpExperiment | undefined> {
    return this.answer(() => found(this.experimentsById, reference));
  }

  listRuns(query: RunQuery): Promise<RunPage> {
    return this.answer(() => {
      const { items } = listing(this.runsById, (run) => matchesRun(run, query));
      const start = Number(query.pageToken ?? 0);
      const runs = items.slice(start, start + query.limit).map((run) => this.named(run));
      const next = start + query.limit;
      return { runs, total: items.length, ...(next < items.length && { nextPageToken: String(next) }) };
    });
  }

  getRun(id: string): Promise<KfpRun | undefined> {
    return this.answer(() => {
      const run = this.runsById.get(id);
      return run && this.named(run);
    });
  }

  listSchedules(query: NameQuery): Promise<KfpListing<KfpSchedule>> {
    return this.answer(() => listing(this.schedulesById, ({ name }) => contains(query, name)));
  }

  getSchedule(id: string): Promise<KfpSchedule | undefined> {
    return this.answer(() => this.schedulesById.get(id));
  }

  // --- KfpEvidence --------------------------------------------------------------------------------------------------

  listTasks(runId: string): Promise<readonly KfpTask[]> {
    return this.answer(() => this.#left(runId).tasks ?? []);
  }

  listArtifacts(runId: string): Promise<readonly KfpArtifact[]> {
    return this.answer(() => this.#left(runId).artifacts ?? []);
  }

  getMetrics(runId: string): Promise<KfpRunMetrics> {
    return this.answer(() => ({ ...noMetrics, ...this.#left(runId).metrics }));
  }

  readArtifact({ uri, maxBytes }: ArtifactQuery): Promise<Uint8Array | undefined> {
    return this.answer(() => this.#objects.get(uri)?.subarray(0, maxBytes));
  }

  readLogs({ runId, task, tailLines }: LogQuery): Promise<readonly KfpTaskLog[]> {
    return this.answer(() => {
      const logs = this.#left(runId).logs ?? [];
      return logs.filter((log) => task === undefined || log.task === task).map((log) => tailOf(log, tailLines));
    });
  }

  collectFacts(runId: string): Promise<KfpRunFacts> {
    return this.answer(() => ({ ...noFacts, ...this.#left(runId).facts }));
  }

  // --- for what changes it ------------------------------------------------------------------------------------------

  protected answer<T>(work: () => T): Promise<T> {
    const failure = this.#failures.shift();
    if (failure) return Promise.reject(failure);
    return new Promise((resolve) => {
      resolve(work());
    });
  }

  protected runOf(id: string): KfpRun {
    const run = this.runsById.get(id);
    if (!run) throw new KfpRefusedError('NotFound', `There is no run ${id}.`);
    return run;
  }

  protected named(run: KfpRun): KfpRun {
    const { pipeline, experimentId } = run;
    return {
      ...run,
      experimentName: run.experimentName ?? this.experimentsById.get(experimentId ?? '')?.name,
      pipeline: pipeline && {
        ...pipeline,
        pipelineName: pipeline.pipelineName ?? this.pipelinesById.get(pipeline.pipelineId)?.name,
        versionName: pipeline.versionName ?? this.versionsById.get(pipeline.versionId ?? '')?.name,
      },
    };
  }

  protected now(): string {
    return this.#clock.now().toISOString();
  }

  #left(runId: string): Remains {
    return this.#remains.get(this.runOf(runId).id) ?? {};
  }
}

/** Newest first; of the same moment, the later added. */
export function listing<T extends { readonly createdAt?: string | undefined }>(
  things: ReadonlyMap<string, T>,
  fits: (thing: T) => boolean,
): { items: readonly T[]; isComplete: boolean } {
  const items = [...things.values()].filter(fits).toReversed();
  return {
    items: items.toSorted((left, right) => Date.parse(right.createdAt ?? '') - Date.parse(left.createdAt ?? '')),
    isComplete: true,
  };
}

function found<T extends { readonly name: string; readonly id: string; readonly displayName?: string }>(
  things: ReadonlyMap<string, T>,
  reference: string,
): T | undefined {
  const all = [...things.values()];
  return (
    all.find(({ name }) => name === reference) ??
    things.get(reference) ??
    all.find(({ displayName }) => displayName === reference)
  );
}

function contains({ nameContains }: NameQuery, ...names: readonly string[]): boolean {
  const part = nameContains?.toLowerCase() ?? '';
  return names.some((name) => name.toLowerCase().includes(part));
}

function tailOf(log: KfpTaskLog, tailLines: number): KfpTaskLog {
  if (log.kind !== 'text') return log;
  const lines = log.text.replace(/\n$/, '').split('\n');
  return { ...log, text: lines.slice(-tailLines).join('\n'), isCut: log.isCut || lines.length > tailLines };
}
