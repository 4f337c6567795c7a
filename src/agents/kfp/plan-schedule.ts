import { nameProblem } from '../../backends/kfp/bounds.ts';
import type { KfpClient, NewSchedule } from '../../backends/kfp/kfp-client.ts';
import type { KfpTrigger } from '../../backends/kfp/kfp-objects.ts';
import { parseTrigger } from '../../backends/kfp/schedule-trigger.ts';
import { found, missed, type Found } from '../found.ts';
import type { ToolContext } from '../tool.ts';
import { textsOf, withValues } from './kfp-data.ts';
import { planRun, type PlannedRun, type RunRequest } from './plan-run.ts';
import { firingTimes, timesInWords, triggerInWords } from './schedule-data.ts';

export interface ScheduleRequest extends Omit<RunRequest, 'runName'> {
  readonly cron: string;
  readonly schedule?: string | undefined;
  readonly maxConcurrency: number;
  readonly catchup: boolean;
}

export interface PlannedSchedule {
  readonly run: PlannedRun;
  readonly trigger: KfpTrigger;
  /** How the expression was understood, when that is not what was written. */
  readonly note: string | undefined;
  readonly name: string;
}

export async function planSchedule(
  client: KfpClient,
  request: ScheduleRequest,
  context: ToolContext,
): Promise<Found<PlannedSchedule>> {
  const times = parseTrigger(request.cron);
  if (!times.ok) {
    return missed(
      'InvalidSchedule',
      times.problem,
      'Give six fields, seconds first, in UTC: 0 30 6 * * 1-5 is weekdays at 06:30; or @every 4h.',
    );
  }
  const problem = request.schedule === undefined ? undefined : nameProblem('schedule', request.schedule);
  if (problem !== undefined) return missed('InvalidArgument', problem, 'Choose another name.');
  const { pipeline, version, experiment, params } = request;
  const run = await planRun(client, { pipeline, version, experiment, params }, context);
  if (!run.ok) return run;
  const name = request.schedule ?? `${run.value.pipeline.name.slice(0, 120)}-${context.effectKey.slice(0, 6)}`;
  return found({ run: run.value, trigger: times.trigger, note: times.note, name });
}

export function newSchedule(
  { run, trigger, name }: PlannedSchedule,
  request: ScheduleRequest,
  context: ToolContext,
): NewSchedule {
  const { effectKey, argumentsDigest, isOwnDecision, owner } = context;
  return {
    effectKey,
    argumentsDigest,
    isOwnDecision,
    name,
    description: `Made in ${owner.kind} ${owner.name}`,
    pipelineId: run.pipeline.id,
    // Without a version every run takes the newest one.
    versionId: request.version === undefined ? undefined : run.version.id,
    experimentId: run.experiment?.id,
    parameters: run.parameters,
    trigger,
    maxConcurrency: request.maxConcurrency,
    catchup: request.catchup,
  };
}

/** `churn-train with epochs=5 as schedule nightly (0 0 2 * * *); next at …; up to 2 runs at once`. */
export function scheduleInWords(plan: PlannedSchedule, request: ScheduleRequest, now: Date): string {
  const { run, trigger, note, name } = plan;
  const version = request.version === undefined ? '' : `, version ${run.version.name}`;
  const cron = triggerInWords(trigger);
  const rules = [
    ...(note === undefined ? [] : [note]),
    ...(request.catchup ? ['missed times are made up for'] : []),
    ...(request.maxConcurrency > 1 ? [`up to ${request.maxConcurrency} runs at once`] : []),
  ];
  return [
    `${run.pipeline.name}${version}${withValues(textsOf(run.parameters))} as schedule ${name} (${cron})`,
    `next at ${timesInWords(firingTimes({ trigger }, now))}`,
    ...rules,
  ].join('; ');
}
