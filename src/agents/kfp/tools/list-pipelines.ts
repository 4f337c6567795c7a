import { z } from 'zod';
import { limit, nameContains, namespace, pageToken } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { nextPage, pipelineSummary } from '../kfp-data.ts';

export const listPipelines = declareTool({
  name: 'list_pipelines',
  description: 'List the Kubeflow pipelines that are registered, with description and newest version.',
  effect: 'pure',
  input: z.strictObject({ nameContains, namespace, limit, pageToken }),
  output: z.object({ pipelines: z.array(pipelineSummary), ...nextPage }),
  access: kfpAccess('list', 'pipelines'),
  examples: [
    'Which pipelines can I run?',
    'What training workflows do we have?',
    'list all pipelines in the staging namespace',
    'is there a pipeline with churn in its name?',
    'show me the catalogue of registered pipelines',
  ],
  display: 'table',
});
