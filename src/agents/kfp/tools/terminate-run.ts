import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { runSummary } from '../kfp-data.ts';

export const terminateRun = declareTool({
  name: 'terminate_run',
  description: 'Stop a Kubeflow run that is still going.',
  effect: 'keyed',
  input: z.strictObject({ run: existing('run', 'Run to stop.') }),
  output: runSummary,
  access: kfpAccess('terminate', 'runs'),
  examples: [
    'Stop run churn-0412',
    'kill the training, it takes too long',
    'terminate exp-12 please',
    'abort the run that is going on',
    'cancel my fraud-train run',
  ],
  display: 'text',
});
