import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import { existing, params } from '../../argument.ts';
import { failure } from '../../found.ts';
import { defineTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { newSchedule, planSchedule, scheduleInWords } from '../plan-schedule.ts';
import { scheduleSummary, scheduleSummaryOf } from '../schedule-data.ts';

export const createSchedule = (kfp: KfpSource) =>
  defineTool({
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
    access: [...kfpAccess('get', 'pipelines'), ...kfpAccess('create', 'jobs')],
    examples: [
      'Run fraud-train every night at 2',
      'schedule the scoring pipeline for weekdays at 06:30',
      'set up a weekly retraining of the classifier on Sundays with epochs=5',
      'every 4 hours, run nightly-scoring',
      'cron 0 15 * * 1 for churn-train please',
      'automate this so that it happens on the first day of each month',
    ],
    display: 'text',

    precheck: async (input, context) => {
      const plan = await planSchedule(await kfp.client(context), input, context);
      return plan.ok ? undefined : plan.failure;
    },
    preview: async (input, context) => {
      const plan = await planSchedule(await kfp.client(context), input, context);
      return plan.ok ? `Would run ${scheduleInWords(plan.value, input, context.clock.now())}.` : undefined;
    },
    execute: async (input, context) => {
      const client = await kfp.client(context);
      const plan = await planSchedule(client, input, context);
      if (!plan.ok) return plan.failure;
      const created = await client.createSchedule(newSchedule(plan.value, input, context), context);
      if (created.kind === 'conflict') {
        return failure('EffectConflict', created.message, 'Find out who made it, then ask again.');
      }
      return {
        kind: 'ok',
        summary: `Scheduled ${scheduleInWords(plan.value, input, context.clock.now())}.`,
        // The answer carries the id of the pipeline only.
        data: { ...scheduleSummaryOf(created.value, context.clock.now()), pipeline: plan.value.run.pipeline.name },
      };
    },
  });
