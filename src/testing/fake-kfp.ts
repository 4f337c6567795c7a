import { nameProblem } from '../backends/kfp/bounds.ts';
import type {
  Created,
  KfpClient,
  KfpScope,
  KfpSource,
  NewExperiment,
  NewKfpRun,
  NewPipeline,
  NewSchedule,
  NewVersion,
  RetryRequest,
  Submitted,
  UploadedPipeline,
} from '../backends/kfp/kfp-client.ts';
import type { KfpExperiment, KfpRun, KfpSchedule, KfpVersion } from '../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../backends/kfp/kfp-refused-error.ts';
import { parsePipelineFile } from '../backends/kfp/parse-pipeline-file.ts';
import { parameterMistake } from './fake-kfp-rules.ts';
import { FakeKfpStore, listing } from './fake-kfp-store.ts';

/** Kubeflow Pipelines in memory: runs move only when a test says so. */
export class FakeKfp extends FakeKfpStore implements KfpClient {
  /** Requests that really started something, repeats not counted. */
  readonly submitted: NewKfpRun[] = [];
  readonly terminated: string[] = [];
  readonly retried: string[] = [];
  /** Who asked, in the order of asking. */
  readonly scopes: KfpScope[] = [];
  /** By effect key: what was made and from which arguments. */
  readonly #made = new Map<string, { readonly id: string; readonly argumentsDigest: string }>();

  source(): KfpSource {
    return {
      client: (scope) => {
        this.scopes.push(scope);
        return Promise.resolve(this);
      },
    };
  }

  // --- KfpWriter ----------------------------------------------------------------------------------------------------

  submitRun(request: NewKfpRun): Promise<Submitted<KfpRun>> {
    return this.answer(() => {
      refuse(nameProblem('run', request.name));
      const known = this.#known(request, this.runsById);
      if (known) return known;
      const version = this.versionsById.get(request.versionId);
      if (version?.pipelineId !== request.pipelineId) {
        throw new KfpRefusedError('NotFound', `PipelineVersion ${request.versionId} not found`);
      }
      refuse(parameterMistake(version.spec?.parameters ?? [], request.parameters));
      const { name, description, experimentId, parameters, pipelineId, versionId, effectKey } = request;
      const pipeline = { pipelineId, versionId };
      const id = `run-${effectKey}`;
      const run = this.addRun({ id, name, description, experimentId, parameters, pipeline, state: 'Pending' });
      this.submitted.push(request);
      this.#made.set(effectKey, { id, argumentsDigest: request.argumentsDigest });
      return { kind: 'created', value: this.named(run) };
    });
  }

  terminateRun(runId: string) {
    return this.answer(() => {
      const run = this.runOf(runId);
      if (run.state !== 'Pending' && run.state !== 'Running') return { kind: 'alreadyEnded', run } as const;
      this.terminated.push(runId);
      this.updateRun(runId, { state: 'Running', rawState: 'CANCELING' });
      return { kind: 'terminating', run } as const;
    });
  }

  retryRun({ runId, decidedAt }: RetryRequest) {
    return this.answer(() => {
      const run = this.runOf(runId);
      const isRepeat = run.stateHistory.some(({ state, at }) => state === 'RUNNING' && new Date(at) >= decidedAt);
      if (isRepeat && this.retried.includes(runId)) return { kind: 'alreadyRetried', run } as const;
      if (run.state !== 'Failed' && run.state !== 'Cancelled') {
        throw new KfpRefusedError('Conflict', `Only a failed run can be retried; ${run.name} is ${run.state}.`);
      }
      this.retried.push(runId);
      const restart = { state: 'RUNNING', at: this.now() };
      this.updateRun(runId, { state: 'Running', rawState: 'RUNNING', stateHistory: [...run.stateHistory, restart] });
      return { kind: 'retrying', run } as const;
    });
  }

  createExperiment({ name, description }: NewExperiment): Promise<Created<KfpExperiment>> {
    return this.answer(() => {
      refuse(nameProblem('experiment', name));
      const there = [...this.experimentsById.values()].find((experiment) => same(experiment.name, name));
      if (there) return { kind: 'exists', value: there };
      return { kind: 'created', value: this.addExperiment({ name, description }) };
    });
  }

  uploadPipeline(request: NewPipeline): Promise<Created<UploadedPipeline>> {
    return this.answer(() => {
      refuse(nameProblem('pipeline', request.name));
      const spec = specOf(request.file);
      const there = [...this.pipelinesById.values()].find(({ name }) => same(name, request.name));
      if (there) {
        const [version] = listing(this.versionsById, ({ pipelineId }) => pipelineId === there.id).items;
        if (!version) throw new KfpRefusedError('Conflict', `Pipeline ${there.name} exists and has no version.`);
        return { kind: this.#kindOf(request, there.id), value: { pipeline: there, version } };
      }
      const pipeline = this.addPipeline({ name: request.name, description: request.description });
      const version = this.addVersion(pipeline.id, { name: request.name, spec });
      this.#made.set(request.effectKey, { id: pipeline.id, argumentsDigest: request.argumentsDigest });
      return { kind: 'created', value: { pipeline, version } };
    });
  }

  uploadVersion(request: NewVersion): Promise<Created<KfpVersion>> {
    return this.answer(() => {
      refuse(nameProblem('version', request.name));
      const spec = specOf(request.file);
      const own = listing(this.versionsById, ({ pipelineId }) => pipelineId === request.pipelineId).items;
      const there = own.find(({ name }) => same(name, request.name));
      if (there) return { kind: this.#kindOf(request, there.id), value: there };
      const version = this.addVersion(request.pipelineId, { name: request.name, spec });
      this.#made.set(request.effectKey, { id: version.id, argumentsDigest: request.argumentsDigest });
      return { kind: 'created', value: version };
    });
  }

  createSchedule(request: NewSchedule): Promise<Submitted<KfpSchedule>> {
    return this.answer(() => {
      refuse(nameProblem('schedule', request.name));
      const known = this.#known(request, this.schedulesById);
      if (known) return known;
      const { effectKey, argumentsDigest, pipelineId, versionId } = request;
      const { name, description, experimentId, parameters, trigger, maxConcurrency, catchup } = request;
      const wanted = { name, description, experimentId, parameters, trigger, maxConcurrency, catchup };
      const pipelineName = this.pipelinesById.get(pipelineId)?.name;
      const id = `schedule-${effectKey}`;
      const schedule = this.addSchedule({ ...wanted, id, pipeline: { pipelineId, versionId, pipelineName } });
      this.#made.set(effectKey, { id, argumentsDigest });
      return { kind: 'created', value: schedule };
    });
  }

  setScheduleEnabled(scheduleId: string, isEnabled: boolean): Promise<void> {
    return this.answer(() => {
      const schedule = this.schedulesById.get(scheduleId);
      if (!schedule) throw new KfpRefusedError('NotFound', `Job ${scheduleId} not found`);
      this.schedulesById.set(scheduleId, { ...schedule, isEnabled, rawStatus: isEnabled ? 'ENABLED' : 'DISABLED' });
    });
  }

  deleteSchedule(scheduleId: string): Promise<void> {
    return this.answer(() => {
      this.schedulesById.delete(scheduleId);
    });
  }

  #known<T>(request: { effectKey: string; argumentsDigest: string }, things: ReadonlyMap<string, T>) {
    const made = this.#made.get(request.effectKey);
    const value = made && things.get(made.id);
    if (!value) return undefined;
    if (made.argumentsDigest === request.argumentsDigest) return { kind: 'adopted', value } as const;
    return { kind: 'conflict', message: 'It exists with other arguments.' } as const;
  }

  #kindOf({ effectKey, argumentsDigest }: NewPipeline, id: string): 'adopted' | 'exists' {
    const made = this.#made.get(effectKey);
    return made?.id === id && made.argumentsDigest === argumentsDigest ? 'adopted' : 'exists';
  }
}

/** Names are unique whatever the case. */
function same(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new KfpRefusedError('InvalidArgument', problem);
}

function specOf(file: string) {
  const parsed = parsePipelineFile(file);
  if (!parsed.ok) throw new KfpRefusedError('InvalidArgument', parsed.problem);
  return parsed.spec;
}
