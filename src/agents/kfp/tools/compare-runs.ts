import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';

export const compareRuns = declareTool({
  name: 'compare_runs',
  description: 'Compare two or more Kubeflow runs by parameters and metrics, differences first, and name the best.',
  effect: 'pure',
  input: z.strictObject({
    runs: z.array(existing('run', 'A run.')).min(2).max(10).describe('Runs to compare, two to ten.'),
    metrics: z.array(z.string().max(128)).max(20).optional().describe('Metrics to compare; all when left out.'),
  }),
  output: z.object({
    runs: z.array(z.string()),
    parameters: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
    metrics: z.array(
      z.object({ name: z.string(), values: z.array(z.number().optional()), best: z.string().optional() }),
    ),
  }),
  access: kfpAccess('get', 'runs'),
  examples: [
    'Compare run exp-11 with exp-12',
    'which of the two trainings was better, churn-0411 or churn-0412?',
    'side by side accuracy and f1 of exp-11, exp-12 and exp-13',
    'what differs in the parameters between these runs?',
    'diff the two latest runs',
  ],
  display: 'table',
});
