import { z } from 'zod';
import { runQuestion } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { runSummary } from '../kfp-data.ts';

export const diagnoseRun = declareTool({
  name: 'diagnose_run',
  description:
    'Explain why a Kubeflow run failed or hangs: the failing task, the class of the cause, message, log lines and what to try.',
  effect: 'pure',
  input: z.strictObject(runQuestion),
  output: z.object({
    run: runSummary,
    cause: z.enum([
      'UserException',
      'OutOfMemory',
      'ImagePull',
      'MissingParameter',
      'Quota',
      'Unschedulable',
      'Timeout',
      'UpstreamFailure',
      'Cancelled',
      'Unknown',
    ]),
    task: z.string().optional(),
    exitCode: z.int().optional(),
    message: z.string(),
    logTail: z.array(z.string()),
    events: z.array(z.string()),
    whatToTry: z.array(z.string()),
  }),
  access: [...kfpAccess('get', 'runs'), ...kfpAccess('readArtifact', 'runs')],
  examples: [
    'Why did my run fail?',
    'what went wrong with churn-0412?',
    'find the root cause of the last fraud-train failure',
    'my training crashed, help me understand it',
    'explain the error in run exp-12 and what I can do about it',
    'why is nightly-7 stuck?',
  ],
  display: 'markdown',
});
