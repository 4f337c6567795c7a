import { z } from 'zod';
import { limit, nameContains, namespace, pageToken } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { experimentSummary, nextPage } from '../kfp-data.ts';

export const listExperiments = declareTool({
  name: 'list_experiments',
  description: 'List the experiments that group Kubeflow runs.',
  effect: 'pure',
  input: z.strictObject({ nameContains, namespace, limit, pageToken }),
  output: z.object({ experiments: z.array(experimentSummary), ...nextPage }),
  access: kfpAccess('list', 'experiments'),
  examples: [
    'What experiments do we have?',
    'list experiments',
    'show all experiments in team-b',
    'which experiment groups exist for the churn work?',
  ],
  display: 'table',
});
