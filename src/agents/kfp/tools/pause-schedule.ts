import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { scheduleSummary } from '../kfp-data.ts';

export const pauseSchedule = declareTool({
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
});
