import { z } from 'zod';
import { runQuestion } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';

export const listRunArtifacts = declareTool({
  name: 'list_run_artifacts',
  description: 'List what a Kubeflow run produced: models, data sets and reports with type, address and size.',
  effect: 'pure',
  input: z.strictObject(runQuestion),
  output: z.object({
    artifacts: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        uri: z.string(),
        sizeBytes: z.int().optional(),
        task: z.string(),
      }),
    ),
  }),
  access: kfpAccess('get', 'runs'),
  examples: [
    'What did run churn-0412 produce?',
    'where is the model of exp-12 stored?',
    'list the artifacts of the latest fraud-train run',
    'output files of nightly-7',
  ],
  display: 'table',
});
