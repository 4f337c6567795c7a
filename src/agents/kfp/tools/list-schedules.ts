import { z } from 'zod';
import { existing, limit, pageToken } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { nextPage, scheduleSummary } from '../kfp-data.ts';

export const listSchedules = declareTool({
  name: 'list_schedules',
  description: 'List the schedules (recurring runs) of Kubeflow pipelines with their times and whether they are on.',
  effect: 'pure',
  input: z.strictObject({
    pipeline: existing('pipeline', 'Only schedules of this pipeline.').optional(),
    enabled: z.boolean().optional().describe('True for active ones only, false for paused ones only.'),
    limit,
    pageToken,
  }),
  output: z.object({ schedules: z.array(scheduleSummary), ...nextPage }),
  access: kfpAccess('list', 'jobs'),
  examples: [
    'What is scheduled?',
    'which recurring runs are active?',
    'list paused schedules',
    'when does fraud-train run next?',
    'show the cron jobs of the scoring pipeline',
  ],
  display: 'table',
});
