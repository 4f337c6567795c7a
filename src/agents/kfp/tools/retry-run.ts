import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { runSummary } from '../kfp-data.ts';

export const retryRun = declareTool({
  name: 'retry_run',
  description: 'Retry a failed Kubeflow run from the tasks that failed, keeping what had succeeded.',
  effect: 'keyed',
  input: z.strictObject({ run: existing('run', 'Failed run to retry.') }),
  output: runSummary,
  access: kfpAccess('retry', 'runs'),
  examples: [
    'Retry run churn-0412',
    'try the failed training once more',
    'resume exp-12 from where it broke',
    'can you give nightly-7 another go?',
  ],
  display: 'text',
});
