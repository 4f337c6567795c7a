import { z } from 'zod';
import { existing, params } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { runSummary } from '../kfp-data.ts';

export const runPipeline = declareTool({
  name: 'run_pipeline',
  description: 'Start a run of a Kubeflow pipeline with given parameters.',
  effect: 'keyed',
  input: z.strictObject({
    pipeline: existing('pipeline', 'Pipeline to run.'),
    version: z.string().min(1).max(253).optional().describe('Version to run, when it is not the newest.'),
    experiment: existing('experiment', 'Experiment the run belongs to.').optional(),
    params,
    runName: z.string().min(1).max(128).optional().describe('Name for the new run.'),
  }),
  output: z.object({ run: runSummary, parameters: z.record(z.string(), z.string()) }),
  access: kfpAccess('create', 'runs'),
  examples: [
    'Run churn-train with 20 epochs',
    'start the fraud training again with learning_rate=0.001 and batch_size=64',
    'please train the classifier on the new data',
    'kick off image-classifier v3 in experiment ablation-study',
    'launch a run of nightly-scoring and call it scoring-friday',
    'execute the pipeline with default settings',
  ],
  display: 'text',
});
