import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { parameter, pipelineSummary, taskSummary } from '../kfp-data.ts';

export const getPipeline = declareTool({
  name: 'get_pipeline',
  description:
    'Describe one Kubeflow pipeline: its parameters with types and defaults, its steps, images and resources.',
  effect: 'pure',
  input: z.strictObject({
    pipeline: existing('pipeline', 'Pipeline to describe.'),
    version: z.string().min(1).max(253).optional().describe('Version to describe, when it is not the newest.'),
  }),
  output: z.object({
    pipeline: pipelineSummary,
    version: z.string(),
    parameters: z.array(parameter),
    tasks: z.array(
      taskSummary
        .pick({ name: true, after: true })
        .extend({ image: z.string().optional(), resources: z.record(z.string(), z.string()) }),
    ),
  }),
  access: kfpAccess('get', 'pipelines'),
  examples: [
    'What does the churn training pipeline do?',
    'which parameters does image-classifier take and what are the defaults?',
    'describe pipeline fraud-train version v2',
    'What inputs do I have to give before I can start it?',
    'show the steps and container images of the scoring pipeline',
  ],
  display: 'tree',
});
