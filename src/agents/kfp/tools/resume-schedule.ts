import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { scheduleSummary } from '../kfp-data.ts';

export const resumeSchedule = declareTool({
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
});
