import { z } from 'zod';
import { nameProblem, storableText } from './bounds.ts';
import { createSchedule } from './create-schedule.ts';
import { type KfpApi, pathOf } from './kfp-api.ts';
import type { CallOptions, Created, KfpReader, KfpWriter, NewExperiment, RetryRequest } from './kfp-client.ts';
import type { KfpExperiment, KfpRun } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { isEnd, takenBack } from './run-state.ts';
import { submitRun, terminate } from './submit-run.ts';
import type { SubmitParts } from './submit-once.ts';
import { createUploader } from './upload-pipeline.ts';
import { experimentOf } from './wire-objects.ts';
import { experiment } from './wire.ts';
import type { WorkflowReader } from './workflow-reader.ts';

/** What KFP calls the experiment of runs that name none; with many users it makes none by itself. */
const defaultExperimentName = 'Default';

export interface WriterParts extends SubmitParts {
  readonly api: KfpApi;
  readonly workflows: WorkflowReader;
  readonly reader: KfpReader;
}

export function createKfpWriter(parts: WriterParts): KfpWriter {
  const { api, reader } = parts;
  const uploader = createUploader(api);
  const withExperiment = async <T extends { readonly experimentId?: string | undefined }>(
    request: T,
    options: CallOptions,
  ): Promise<T> => {
    const { namespace } = await api.ownNamespace(options);
    if (namespace === undefined || request.experimentId !== undefined) return request;
    const { value } = await createExperiment(api, { name: defaultExperimentName }, options);
    return { ...request, experimentId: value.id };
  };
  const existing = async (runId: string, options: CallOptions) => {
    const run = await reader.getRun(runId, options);
    if (!run) throw new KfpRefusedError('NotFound', `There is no run ${runId}.`);
    return run;
  };

  return {
    ...uploader,
    submitRun: async (request, options) => submitRun(parts, await withExperiment(request, options), options),
    createSchedule: async (request, options) => createSchedule(parts, await withExperiment(request, options), options),
    createExperiment: (request, options) => createExperiment(api, request, options),
    terminateRun: async (runId, options) => {
      const run = await existing(runId, options);
      // A run that is being stopped is told so once only.
      const stopped = isEnd(run.state) ? 'notRunning' : await terminate(api, runId, options);
      const isEnding = stopped === 'stopped' || run.rawState === 'CANCELING';
      return { kind: isEnding ? 'terminating' : 'alreadyEnded', run };
    },
    retryRun: async (request, options) => {
      const run = await existing(request.runId, options);
      if (wasRetried(run, request)) return { kind: 'alreadyRetried', run };
      if (run.state !== 'Failed' && run.state !== 'Cancelled') {
        throw new KfpRefusedError('Conflict', `Only a failed run can be retried; ${run.name} is ${run.state}.`);
      }
      try {
        await post(api, `${pathOf('runs', request.runId)}:retry`, options);
      } catch (error) {
        if (!(error instanceof KfpRefusedError && error.code === 'Conflict')) throw error;
        const now = await existing(request.runId, options);
        if (!wasRetried(now, request)) throw error;
        return { kind: 'alreadyRetried', run: now };
      }
      return { kind: 'retrying', run };
    },
    setScheduleEnabled: async (scheduleId, isEnabled, options) => {
      await post(api, `${pathOf('recurringruns', scheduleId)}:${isEnabled ? 'enable' : 'disable'}`, options);
    },
    deleteSchedule: async (scheduleId, options) => {
      try {
        await api.change(z.unknown(), { method: 'DELETE', path: pathOf('recurringruns', scheduleId) }, options);
      } catch (error) {
        if (!(error instanceof KfpRefusedError && error.code === 'NotFound')) throw error;
      }
    },
  };
}

async function post(api: KfpApi, path: string, options: CallOptions): Promise<void> {
  await api.change(z.unknown(), { method: 'POST', path }, options);
}

/** KFP notes RUNNING anew at the moment of a retry, in whole seconds. */
function wasRetried(run: KfpRun, { decidedAt }: RetryRequest): boolean {
  const since = Math.floor(decidedAt.getTime() / 1_000) * 1_000;
  const restart = run.stateHistory.findLast(({ state }, index) => state === 'RUNNING' && endedBefore(run, index));
  return restart !== undefined && Date.parse(restart.at) >= since;
}

function endedBefore({ stateHistory }: KfpRun, index: number): boolean {
  return takenBack({ state: 'Running', stateHistory: stateHistory.slice(0, index) }) !== undefined;
}

/** Names are unique: one that is taken is adopted. */
async function createExperiment(
  api: KfpApi,
  { name, description }: NewExperiment,
  options: CallOptions,
): Promise<Created<KfpExperiment>> {
  const problem = nameProblem('experiment', name);
  if (problem !== undefined) throw new KfpRefusedError('InvalidArgument', problem);
  const place = await api.ownNamespace(options);
  const find = async () => {
    const filter = [{ key: 'display_name', operation: 'EQUALS', string_value: name } as const];
    const { items } = await api.page('experiments', { path: '/experiments', query: place, filter }, options);
    // KFP takes two names for one that differ in case or accents only.
    const found = items.find((item) => item.display_name === name) ?? items[0];
    return found && experimentOf(found);
  };
  const there = await find();
  if (there) return { kind: 'exists', value: there };
  const json = {
    display_name: name,
    ...(description !== undefined && { description: storableText(description) }),
    ...place,
  };
  try {
    const made = await api.change(experiment, { method: 'POST', path: '/experiments', json }, options);
    return { kind: 'created', value: experimentOf(made) };
  } catch (error) {
    const isTaken = error instanceof KfpRefusedError && error.code === 'Conflict';
    const taken = isTaken ? await find() : undefined;
    if (!taken) throw error;
    return { kind: 'exists', value: taken };
  }
}
