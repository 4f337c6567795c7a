import { z } from 'zod';
import { existing, limit, nameContains, namespace, pageToken, since, state, until } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { nextPage, runSummary } from '../kfp-data.ts';

export const listRuns = declareTool({
  name: 'list_runs',
  description: 'List Kubeflow runs, by pipeline, experiment, state and time, newest first.',
  effect: 'pure',
  input: z.strictObject({
    pipeline: existing('pipeline', 'Only runs of this pipeline.').optional(),
    experiment: existing('experiment', 'Only runs of this experiment.').optional(),
    state,
    since,
    until,
    nameContains,
    namespace,
    limit,
    pageToken,
  }),
  output: z.object({ runs: z.array(runSummary), ...nextPage }),
  access: kfpAccess('list', 'runs'),
  examples: [
    'What ran last night?',
    'Which runs failed since Monday?',
    'show the last 5 runs of fraud-train',
    'is anything running right now?',
    'list succeeded runs in experiment ablation-study from the past 24h',
    'did my trainings go through this week?',
  ],
  display: 'table',
});
