import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import { existing } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { scheduleSummary } from '../schedule-data.ts';
import { checkSwitch, switchSchedule } from '../switch-schedule.ts';

export const pauseSchedule = (kfp: KfpSource) =>
  defineTool({
    name: 'pause_schedule',
    description: 'Pause a schedule so that it starts no further runs until it is resumed.',
    effect: 'keyed',
    input: z.strictObject({ schedule: existing('schedule', 'Schedule to pause.') }),
    output: scheduleSummary,
    access: kfpAccess('disable', 'jobs'),
    examples: [
      'Pause the nightly-train schedule',
      'disable recurring run scoring-hourly for now',
      'stop the weekly retraining from starting until I say so',
      'switch off the schedule over the holidays',
    ],
    display: 'text',

    precheck: ({ schedule }, context) => checkSwitch(kfp, { schedule, isEnabled: false }, context),
    execute: async ({ schedule }, context) =>
      switchSchedule(await kfp.client(context), { schedule, isEnabled: false }, context),
  });
