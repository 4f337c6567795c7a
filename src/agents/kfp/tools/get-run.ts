import { z } from 'zod';
import { runQuestion } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { runSummary, taskSummary } from '../kfp-data.ts';

export const getRun = declareTool({
  name: 'get_run',
  description: 'Show one Kubeflow run: its state, parameters and tasks with durations and cache hits.',
  effect: 'pure',
  input: z.strictObject(runQuestion),
  output: z.object({
    run: runSummary,
    parameters: z.record(z.string(), z.string()),
    tasks: z.array(taskSummary),
  }),
  access: kfpAccess('get', 'runs'),
  examples: [
    'How is run churn-0412 doing?',
    'is my training finished yet?',
    'status of the latest fraud-train run',
    'with which parameters was exp-12 started?',
    'how long did each step of run nightly-7 take?',
    'which tasks were served from the cache?',
  ],
  display: 'tree',
});
