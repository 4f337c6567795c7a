import { nameProblem } from './bounds.ts';
import { markedDescription, markOf, tokenOf } from './effect-mark.ts';
import type { KfpApi } from './kfp-api.ts';
import type { CallOptions, NewSchedule, Submitted } from './kfp-client.ts';
import type { KfpSchedule, KfpTrigger } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { submitOnce, type SubmitParts } from './submit-once.ts';
import { scheduleOf } from './wire-objects.ts';
import { recurringRun } from './wire.ts';

export interface CreateScheduleParts extends SubmitParts {
  readonly api: KfpApi;
}

/**
 * Makes a recurring run at most once for each decision. KFP chooses its id and allows a name twice, so it is found again
 * by the token in its description. An execution without a row does not exist here that could be seen through KFP.
 */
export async function createSchedule(
  parts: CreateScheduleParts,
  request: NewSchedule,
  options: CallOptions,
): Promise<Submitted<KfpSchedule>> {
  const problem = problemOf(request);
  if (problem !== undefined) throw new KfpRefusedError('InvalidArgument', problem);
  const { api } = parts;
  const desk = {
    key: `schedule/${request.effectKey}`,
    what: 'schedule',
    find: () => findByToken(api, request.effectKey, options),
    trace: () => Promise.resolve('none' as const),
    discard: () => Promise.resolve(true),
    send: () => api.change(recurringRun, { method: 'POST', path: '/recurringruns', json: bodyOf(request) }, options),
  };
  const submitted = await submitOnce(desk, request, { parts, options });
  return submitted.kind === 'conflict' ? submitted : { kind: submitted.kind, value: scheduleOf(submitted.value) };
}

function problemOf({ name, maxConcurrency, trigger }: NewSchedule): string | undefined {
  if (trigger.kind === 'none') return 'A schedule needs a cron expression or an interval.';
  if (trigger.kind === 'cron' && trigger.cron.split(' ').length !== 6) {
    return 'A cron expression has six fields, seconds first.';
  }
  if (!Number.isInteger(maxConcurrency) || maxConcurrency < 1 || maxConcurrency > 10) {
    return 'Between 1 and 10 runs of a schedule may be going at once.';
  }
  return nameProblem('schedule', name);
}

function bodyOf(request: NewSchedule): object {
  return {
    display_name: request.name,
    description: markedDescription(request.description, request),
    ...(request.experimentId !== undefined && { experiment_id: request.experimentId }),
    pipeline_version_reference: {
      pipeline_id: request.pipelineId,
      ...(request.versionId !== undefined && { pipeline_version_id: request.versionId }),
    },
    runtime_config: { parameters: request.parameters },
    max_concurrency: String(request.maxConcurrency),
    // Absent means off.
    mode: 'ENABLE',
    no_catchup: !request.catchup,
    trigger: wireTrigger(request.trigger),
  };
}

function wireTrigger(trigger: KfpTrigger): object {
  if (trigger.kind === 'none') return {};
  const span = {
    ...(trigger.startTime !== undefined && { start_time: trigger.startTime }),
    ...(trigger.endTime !== undefined && { end_time: trigger.endTime }),
  };
  return trigger.kind === 'cron'
    ? { cron_schedule: { cron: trigger.cron, ...span } }
    : { periodic_schedule: { interval_second: String(trigger.seconds), ...span } };
}

async function findByToken(api: KfpApi, effectKey: string, options: CallOptions) {
  const filter = [{ key: 'description', operation: 'IS_SUBSTRING', string_value: tokenOf(effectKey) } as const];
  const request = { path: '/recurringruns', query: await api.ownNamespace(options), filter, sortBy: 'created_at' };
  const { items } = await api.all('recurringRuns', request, options);
  return items.find((item) => markOf(item.description)?.effectKey === effectKey);
}
