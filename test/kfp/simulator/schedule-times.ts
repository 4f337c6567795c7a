import { parseCron } from './api/cron-schedule.ts';
import { type RecurringRunRow } from './store/rows.ts';

/** @returns the moment for which a run is due, undefined when none is */
export function dueTime(row: RecurringRunRow, now: number): number | undefined {
  const { startTime = row.createdAt, endTime = Number.POSITIVE_INFINITY } = row.trigger;
  const first = nextTime(row, row.lastTriggeredAt || startTime);
  if (first === undefined || first > Math.min(now, endTime)) return undefined;
  return row.noCatchup ? latestMissed(row, first, now) : first;
}

function latestMissed(row: RecurringRunRow, first: number, now: number): number {
  // Without catching up, what was missed is made good once, for the last moment that was missed.
  if (row.trigger.intervalSeconds !== undefined) return now;
  let latest = first;
  for (let next = nextTime(row, latest); next !== undefined && next <= now; next = nextTime(row, next)) latest = next;
  return latest;
}

/** When the schedule fires after that moment. */
export function nextTime({ trigger }: Pick<RecurringRunRow, 'trigger'>, after: number): number | undefined {
  const from = Math.max(after, (trigger.startTime ?? 0) - 1);
  if (trigger.cron !== undefined) return parseCron(trigger.cron).next(from);
  return trigger.intervalSeconds === undefined ? undefined : from + trigger.intervalSeconds;
}
