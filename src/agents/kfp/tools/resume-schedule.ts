import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import { existing } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { scheduleSummary } from '../schedule-data.ts';
import { checkSwitch, switchSchedule } from '../switch-schedule.ts';

export const resumeSchedule = (kfp: KfpSource) =>
  defineTool({
    name: 'resume_schedule',
    description: 'Resume a paused schedule.',
    effect: 'keyed',
    input: z.strictObject({ schedule: existing('schedule', 'Paused schedule to resume.') }),
    output: scheduleSummary,
    access: kfpAccess('enable', 'jobs'),
    examples: [
      'Resume the nightly-train schedule',
      'turn scoring-hourly back on',
      'enable the weekly retraining again',
      'unpause the recurring run',
    ],
    display: 'text',

    precheck: ({ schedule }, context) => checkSwitch(kfp, { schedule, isEnabled: true }, context),
    execute: async ({ schedule }, context) =>
      switchSchedule(await kfp.client(context), { schedule, isEnabled: true }, context),
  });
