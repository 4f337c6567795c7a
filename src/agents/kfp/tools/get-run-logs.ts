import { z } from 'zod';
import { existing, grep, runQuestion, tailLines } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';

export const getRunLogs = declareTool({
  name: 'get_run_logs',
  description: 'Show the log output of a Kubeflow run, of one task or of all.',
  effect: 'pure',
  input: z.strictObject({
    ...runQuestion,
    task: existing('task', 'Task whose log is wanted; all tasks when left out.').optional(),
    tailLines,
    grep,
  }),
  output: z.object({ logs: z.array(z.object({ task: z.string(), lines: z.array(z.string()), cutLines: z.int() })) }),
  access: kfpAccess('readArtifact', 'runs'),
  examples: [
    'Show me the logs of churn-0412',
    'last 100 lines from the train step of run exp-12',
    'what did the preprocess task print?',
    'tail the output of the evaluate component',
    'grep for warning in the logs of nightly-7',
  ],
  display: 'code',
});
