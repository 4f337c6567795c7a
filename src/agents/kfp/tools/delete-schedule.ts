import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';

export const deleteSchedule = declareTool({
  name: 'delete_schedule',
  description: 'Delete a schedule for good.',
  effect: 'keyed',
  input: z.strictObject({ schedule: existing('schedule', 'Schedule to delete.') }),
  output: z.object({ name: z.string(), id: z.string() }),
  access: kfpAccess('delete', 'jobs'),
  examples: [
    'Delete the nightly-train schedule',
    'remove recurring run scoring-hourly',
    'get rid of the weekly retraining for good',
    'we no longer need that schedule, drop it',
  ],
  display: 'text',
  destructive: true,
});
