import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import { existing } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { findSchedule } from '../find-schedule.ts';
import { kfpAccess } from '../kfp-access.ts';
import { withValues } from '../kfp-data.ts';
import { scheduleSummaryOf } from '../schedule-data.ts';

export const deleteSchedule = (kfp: KfpSource) =>
  defineTool({
    name: 'delete_schedule',
    description: 'Delete a schedule for good.',
    effect: 'keyed',
    input: z.strictObject({ schedule: existing('schedule', 'Schedule to delete.') }),
    output: z.object({ name: z.string(), id: z.string().optional() }),
    access: kfpAccess('delete', 'jobs'),
    examples: [
      'Delete the nightly-train schedule',
      'remove recurring run scoring-hourly',
      'get rid of the weekly retraining for good',
      'we no longer need that schedule, drop it',
    ],
    display: 'text',
    destructive: true,

    precheck: async ({ schedule: reference }, context) => {
      const schedule = await findSchedule(await kfp.client(context), reference, context);
      return schedule.ok ? undefined : schedule.failure;
    },
    preview: async ({ schedule: reference }, context) => {
      const schedule = await findSchedule(await kfp.client(context), reference, context);
      if (!schedule.ok) return undefined;
      const { name, pipeline, cron, enabled, parameters } = scheduleSummaryOf(schedule.value, context.clock.now());
      const state = enabled ? 'active' : 'paused';
      return `Would delete schedule ${name} (${state}), which runs ${pipeline}${withValues(parameters)} at ${cron}.`;
    },
    execute: async ({ schedule: reference }, context) => {
      const client = await kfp.client(context);
      const schedule = await findSchedule(client, reference, context);
      // It was there when a person was asked, so on a repeat it is gone because of our own first request.
      if (!schedule.ok && schedule.failure.code === 'NotFound') {
        return { kind: 'ok', summary: `Schedule ${reference} is gone.`, data: { name: reference } };
      }
      if (!schedule.ok) return schedule.failure;
      const { name, id } = schedule.value;
      await client.deleteSchedule(id, context);
      return { kind: 'ok', summary: `Schedule ${name} was deleted; runs it has started stay.`, data: { name, id } };
    },
  });
