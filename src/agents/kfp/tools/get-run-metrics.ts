import { z } from 'zod';
import { runQuestion } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';

export const getRunMetrics = declareTool({
  name: 'get_run_metrics',
  description: 'Give the metrics that a Kubeflow run reported, such as accuracy or loss.',
  effect: 'pure',
  input: z.strictObject({
    ...runQuestion,
    metric: z.string().min(1).max(128).optional().describe('Metric wanted, for example accuracy; all when left out.'),
  }),
  output: z.object({
    run: z.string(),
    metrics: z.array(z.object({ name: z.string(), value: z.number(), task: z.string() })),
  }),
  access: kfpAccess('readArtifact', 'runs'),
  examples: [
    'What accuracy did churn-0412 reach?',
    'how good is the model from the latest run?',
    'metrics of exp-12',
    'give me precision and recall of the last fraud-train run',
    'f1 score of nightly-7?',
  ],
  display: 'table',
});
