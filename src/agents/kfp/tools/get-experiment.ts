import { z } from 'zod';
import { existing } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { experimentSummary, runSummary } from '../kfp-data.ts';

export const getExperiment = declareTool({
  name: 'get_experiment',
  description: 'Describe one experiment: what it is for, when it was made and its newest runs.',
  effect: 'pure',
  input: z.strictObject({ experiment: existing('experiment', 'Experiment to describe.') }),
  output: z.object({ experiment: experimentSummary, newestRuns: z.array(runSummary) }),
  access: kfpAccess('get', 'experiments'),
  examples: [
    'Tell me about the experiment ablation-study',
    'what is the q3-tuning experiment for?',
    'details of experiment baseline-models',
    'who made this experiment and when?',
  ],
  display: 'text',
});
