import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { experimentSummary } from '../kfp-data.ts';

export const createExperiment = declareTool({
  name: 'create_experiment',
  description: 'Create an experiment under which Kubeflow runs can be grouped.',
  effect: 'named',
  input: z.strictObject({
    experiment: z.string().min(1).max(128).describe('Name of the new experiment.'),
    description: z.string().max(255).optional().describe('What the experiment is for.'),
  }),
  output: experimentSummary,
  access: kfpAccess('create', 'experiments'),
  examples: [
    'Create an experiment called ablation-study',
    'make a new experiment for my tuning runs, name it q3-tuning',
    'I need an experiment "pricing" with the description "price elasticity models"',
    'set up a fresh experiment named sandbox',
  ],
  display: 'text',
});
