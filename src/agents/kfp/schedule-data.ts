import { z } from 'zod';
import type { KfpSchedule, KfpTrigger } from '../../backends/kfp/kfp-objects.ts';
import { nextFiringTimes } from '../../backends/kfp/schedule-trigger.ts';
import { nameOfReference, textsOf } from './kfp-data.ts';

export const scheduleSummary = z.object({
  name: z.string(),
  id: z.string(),
  pipeline: z.string(),
  cron: z.string(),
  enabled: z.boolean(),
  nextTimes: z.array(z.string()),
  parameters: z.record(z.string(), z.string()),
});
export type ScheduleSummary = z.output<typeof scheduleSummary>;

export function scheduleSummaryOf(schedule: KfpSchedule, now: Date): ScheduleSummary {
  return {
    name: schedule.name,
    id: schedule.id,
    pipeline: nameOfReference(schedule.pipeline) ?? '(written out in the schedule)',
    cron: triggerInWords(schedule.trigger),
    enabled: schedule.isEnabled,
    nextTimes: schedule.isEnabled ? firingTimes(schedule, now).map((time) => time.toISOString()) : [],
    parameters: textsOf(schedule.parameters),
  };
}

const timesShown = 3;

/** Intervals are counted from when the schedule was made. */
export function firingTimes(
  { trigger, createdAt }: Pick<KfpSchedule, 'trigger' | 'createdAt'>,
  now: Date,
): readonly Date[] {
  const intervalMs = trigger.kind === 'interval' ? trigger.seconds * 1_000 : 0;
  const madeMs = createdAt === undefined ? now.getTime() : Date.parse(createdAt);
  const sinceLastMs = intervalMs > 0 ? Math.max(0, now.getTime() - madeMs) % intervalMs : 0;
  return nextFiringTimes(trigger, new Date(now.getTime() - sinceLastMs), timesShown);
}

export function triggerInWords(trigger: KfpTrigger): string {
  switch (trigger.kind) {
    case 'cron':
      return trigger.cron;
    case 'interval':
      return `@every ${intervalInWords(trigger.seconds)}`;
    case 'none':
      return '(never fires)';
  }
}

function intervalInWords(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** `2026-11-26 02:00, 2026-11-27 02:00 UTC`. */
export function timesInWords(times: readonly Date[]): string {
  const texts = times.map((time) => {
    const text = time.toISOString();
    const seconds = text.slice(17, 19);
    return `${text.slice(0, 10)} ${text.slice(11, 16)}${seconds === '00' ? '' : `:${seconds}`}`;
  });
  return `${texts.join(', ')} UTC`;
}
