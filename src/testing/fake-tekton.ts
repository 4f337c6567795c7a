import { accountUser } from '../kube/account-user.ts';
import type { NewRun } from '../backends/tekton/new-run.ts';
import { runNameOf } from '../backends/tekton/new-run.ts';
import type {
  CancelMode,
  CreatedRun,
  RunListing,
  StepLog,
  StepLogQuery,
  TektonClient,
  TektonScope,
} from '../backends/tekton/tekton-client.ts';
import type {
  TektonEvent,
  TektonPipeline,
  TektonPod,
  TektonRun,
  TektonTaskRun,
} from '../backends/tekton/tekton-objects.ts';
import { TektonRefusedError } from '../backends/tekton/tekton-refused-error.ts';
import type { Clock } from '../base/clock.ts';
import { FakeClock } from './fake-clock.ts';
import { aTektonPipeline, aTektonRun, aTektonTaskRun, type Named } from './tekton-builders.ts';

/** Tekton in memory: what the API server answers, and a controller that does only what a test tells it to do. */
export class FakeTekton implements TektonClient {
  /** Runs that were really created, dry runs not counted. */
  readonly created: NewRun[] = [];
  /** How often the API server was asked to admit a run without keeping it. */
  dryRuns = 0;
  readonly #clock: Clock;
  readonly #pipelines = new Map<string, TektonPipeline>();
  readonly #runs = new Map<string, TektonRun>();
  readonly #taskRuns = new Map<string, readonly TektonTaskRun[]>();
  readonly #pods = new Map<string, TektonPod>();
  readonly #logs = new Map<string, string>();
  readonly #events: { readonly namespace: string; readonly event: TektonEvent }[] = [];
  readonly #strangers = new Set<string>();
  readonly #failures: Error[] = [];
  #uids = 0;

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? new FakeClock();
  }

  // --- what tests prepare -------------------------------------------------------------------------------------------

  addPipeline(namespace: string, pipeline: Named<TektonPipeline>): void {
    this.#pipelines.set(`${namespace}/${pipeline.name}`, aTektonPipeline(pipeline));
  }

  removePipeline(namespace: string, name: string): void {
    this.#pipelines.delete(`${namespace}/${name}`);
  }

  addRun(namespace: string, run: Named<TektonRun>): TektonRun {
    const added = aTektonRun({ uid: this.#nextUid(), createdAt: this.#clock.now().toISOString(), ...run });
    this.#runs.set(`${namespace}/${run.name}`, added);
    return added;
  }

  /** What the controller of Tekton would write into the run. */
  updateRun(namespace: string, name: string, changes: Partial<TektonRun>): TektonRun {
    const run = this.#runs.get(`${namespace}/${name}`);
    if (!run) throw new Error(`there is no run ${namespace}/${name}`);
    const updated = { ...run, ...changes };
    this.#runs.set(`${namespace}/${name}`, updated);
    return updated;
  }

  removeRun(namespace: string, name: string): void {
    this.#runs.delete(`${namespace}/${name}`);
  }

  setTaskRuns(namespace: string, run: string, taskRuns: readonly Named<TektonTaskRun>[]): void {
    this.#taskRuns.set(`${namespace}/${run}`, taskRuns.map(aTektonTaskRun));
  }

  addPod(namespace: string, pod: Named<TektonPod>): void {
    this.#pods.set(`${namespace}/${pod.name}`, {
      phase: 'Running',
      reason: '',
      message: '',
      conditions: [],
      containers: [],
      ...pod,
    });
  }

  /** The pod goes, and its logs with it. */
  removePod(namespace: string, name: string): void {
    this.#pods.delete(`${namespace}/${name}`);
    for (const key of this.#logs.keys()) if (key.startsWith(`${namespace}/${name}/`)) this.#logs.delete(key);
  }

  setLog(namespace: string, { pod, container }: Pick<StepLogQuery, 'pod' | 'container'>, text: string): void {
    this.#logs.set(`${namespace}/${pod}/${container}`, text);
  }

  addEvent(namespace: string, event: Partial<TektonEvent> & Pick<TektonEvent, 'objectName' | 'reason'>): void {
    const at = this.#clock.now().toISOString();
    this.#events.push({
      namespace,
      event: { objectKind: 'Pod', type: 'Warning', message: '', at, count: 1, ...event },
    });
  }

  /** This account has no rights. */
  deny(serviceAccountName: string): void {
    this.#strangers.add(serviceAccountName);
  }

  /** The next request ends with this error. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  // --- TektonClient -------------------------------------------------------------------------------------------------

  async listPipelines(scope: TektonScope): Promise<readonly TektonPipeline[]> {
    await this.#admit(scope);
    return inNamespace(this.#pipelines, scope).toSorted((left, right) => (left.name < right.name ? -1 : 1));
  }

  async getPipeline(name: string, scope: TektonScope): Promise<TektonPipeline | undefined> {
    await this.#admit(scope);
    return this.#pipelines.get(`${scope.namespace}/${name}`);
  }

  async listRuns(scope: TektonScope): Promise<RunListing> {
    await this.#admit(scope);
    const runs = inNamespace(this.#runs, scope).toSorted((left, right) => (left.createdAt > right.createdAt ? -1 : 1));
    return { runs, complete: true };
  }

  async getRun(name: string, scope: TektonScope): Promise<TektonRun | undefined> {
    await this.#admit(scope);
    return this.#runs.get(`${scope.namespace}/${name}`);
  }

  async listTaskRuns({ name }: Pick<TektonRun, 'name'>, scope: TektonScope): Promise<readonly TektonTaskRun[]> {
    await this.#admit(scope);
    return this.#taskRuns.get(`${scope.namespace}/${name}`) ?? [];
  }

  async createRun(run: NewRun, scope: TektonScope, { dryRun = false } = {}): Promise<CreatedRun> {
    await this.#admit(scope);
    const name = runNameOf(run.effectKey);
    if (dryRun) this.dryRuns += 1;
    if (this.#runs.has(`${scope.namespace}/${name}`)) return { kind: 'taken' };
    const { pipeline, parameters, argumentsDigest, turn, timeouts, workspaces = [] } = run;
    const ownerUid = run.owner.uid;
    const made = { name, pipeline, parameters, argumentsDigest, ownerUid, turn, workspaces, timeouts };
    if (dryRun) return { kind: 'created', run: aTektonRun(made) };
    this.created.push(run);
    return { kind: 'created', run: this.addRun(scope.namespace, made) };
  }

  async cancelRun({ name, uid }: Pick<TektonRun, 'name' | 'uid'>, mode: CancelMode, scope: TektonScope): Promise<void> {
    await this.#admit(scope);
    const run = this.#runs.get(`${scope.namespace}/${name}`);
    if (run?.uid !== uid) return;
    if (run.finishedAt !== undefined && run.requestedStatus !== mode) {
      throw new TektonRefusedError('Rejected', 'Once the PipelineRun is complete, no updates are allowed');
    }
    this.updateRun(scope.namespace, name, { requestedStatus: mode });
  }

  async getPod(name: string, scope: TektonScope): Promise<TektonPod | undefined> {
    await this.#admit(scope);
    return this.#pods.get(`${scope.namespace}/${name}`);
  }

  async listEvents(objectName: string, scope: TektonScope): Promise<readonly TektonEvent[]> {
    await this.#admit(scope);
    return this.#events
      .filter(({ namespace, event }) => namespace === scope.namespace && event.objectName === objectName)
      .map(({ event }) => event);
  }

  async readLog({ pod, container, tailLines }: StepLogQuery, scope: TektonScope): Promise<StepLog> {
    await this.#admit(scope);
    if (!this.#pods.has(`${scope.namespace}/${pod}`)) return { kind: 'gone' };
    const text = this.#logs.get(`${scope.namespace}/${pod}/${container}`);
    if (text === undefined) return { kind: 'unavailable', reason: `container ${container} is waiting to start` };
    return { kind: 'text', text: text.split('\n').slice(-tailLines).join('\n') };
  }

  async #admit({ namespace, serviceAccountName, signal }: TektonScope): Promise<void> {
    await Promise.resolve();
    signal.throwIfAborted();
    const failure = this.#failures.shift();
    if (failure) throw failure;
    if (this.#strangers.has(serviceAccountName)) {
      const user = accountUser(namespace, serviceAccountName);
      throw new TektonRefusedError('Forbidden', `User "${user}" cannot do this in the namespace "${namespace}"`);
    }
  }

  #nextUid(): string {
    return `00000000-0000-4000-9000-${String(++this.#uids).padStart(12, '0')}`;
  }
}

function inNamespace<T>(objects: ReadonlyMap<string, T>, { namespace }: TektonScope): T[] {
  return [...objects].filter(([key]) => key.startsWith(`${namespace}/`)).map(([, object]) => object);
}
