import { z } from 'zod';
import { existing, params } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { scheduleSummary } from '../kfp-data.ts';

export const createSchedule = declareTool({
  name: 'create_schedule',
  description: 'Make a Kubeflow pipeline run again and again at given times.',
  effect: 'keyed',
  input: z.strictObject({
    pipeline: existing('pipeline', 'Pipeline to run.'),
    cron: z
      .string()
      .min(1)
      .max(120)
      .describe('When, as cron expression of six fields, seconds first: 0 30 6 * * 1-5; or @every 4h.'),
    version: z.string().min(1).max(253).optional().describe('Version to run, when it is not the newest.'),
    experiment: existing('experiment', 'Experiment the runs belong to.').optional(),
    params,
    schedule: z.string().min(1).max(128).optional().describe('Name for the new schedule.'),
    maxConcurrency: z.int().min(1).max(10).default(1).describe('How many of its runs may be going at once.'),
    catchup: z.boolean().default(false).describe('Whether times that were missed are made up for.'),
  }),
  output: scheduleSummary,
  access: kfpAccess('create', 'jobs'),
  examples: [
    'Run fraud-train every night at 2',
    'schedule the scoring pipeline for weekdays at 06:30',
    'set up a weekly retraining of the classifier on Sundays with epochs=5',
    'every 4 hours, run nightly-scoring',
    'cron 0 15 * * 1 for churn-train please',
    'automate this so that it happens on the first day of each month',
  ],
  display: 'text',
});
