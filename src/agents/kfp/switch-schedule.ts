import type { KfpClient, KfpSource } from '../../backends/kfp/kfp-client.ts';
import type { KfpSchedule } from '../../backends/kfp/kfp-objects.ts';
import { failure } from '../found.ts';
import type { ToolContext, ToolFailure, ToolResult } from '../tool.ts';
import { findSchedule } from './find-schedule.ts';
import { firingTimes, type ScheduleSummary, scheduleSummaryOf, timesInWords } from './schedule-data.ts';

interface Switch {
  readonly schedule: string;
  readonly isEnabled: boolean;
}

/** Nobody is asked to approve what is so already. */
export async function checkSwitch(
  kfp: KfpSource,
  { schedule: reference, isEnabled }: Switch,
  context: ToolContext,
): Promise<ToolFailure | undefined> {
  const schedule = await findSchedule(await kfp.client(context), reference, context);
  if (!schedule.ok) return schedule.failure;
  if (schedule.value.isEnabled !== isEnabled) return undefined;
  return failure('NothingToDo', `Schedule ${schedule.value.name} is ${isEnabled ? 'active' : 'paused'} already.`);
}

export async function switchSchedule(
  client: KfpClient,
  { schedule: reference, isEnabled }: Switch,
  context: ToolContext,
): Promise<ToolResult<ScheduleSummary>> {
  const schedule = await findSchedule(client, reference, context);
  if (!schedule.ok) return schedule.failure;
  if (schedule.value.isEnabled !== isEnabled) {
    await client.setScheduleEnabled(schedule.value.id, isEnabled, context);
  }
  const now = context.clock.now();
  const switched = { ...schedule.value, isEnabled };
  return { kind: 'ok', summary: summaryOf(switched, now), data: scheduleSummaryOf(switched, now) };
}

function summaryOf(schedule: KfpSchedule, now: Date): string {
  if (!schedule.isEnabled) return `Schedule ${schedule.name} is paused and starts no further runs until it is resumed.`;
  const times = firingTimes(schedule, now);
  return `Schedule ${schedule.name} is active${times.length === 0 ? '' : `; next at ${timesInWords(times)}`}.`;
}
