import { z } from 'zod';
import { nameProblem } from '../../../backends/kfp/bounds.ts';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import { failure } from '../../found.ts';
import { defineTool } from '../../tool.ts';
import { kfpAccess } from '../kfp-access.ts';
import { experimentSummary, experimentSummaryOf } from '../kfp-data.ts';

export const createExperiment = (kfp: KfpSource) =>
  defineTool({
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

    precheck: async ({ experiment: name }, context) => {
      const problem = nameProblem('experiment', name);
      if (problem !== undefined) return failure('InvalidArgument', problem, 'Choose another name.');
      const taken = await (await kfp.client(context)).findExperiment(name, context);
      return taken && failure('AlreadyExists', `Experiment ${taken.name} exists already.`, 'Use it as it is.');
    },
    execute: async ({ experiment: name, description }, context) => {
      const problem = nameProblem('experiment', name);
      if (problem !== undefined) return failure('InvalidArgument', problem, 'Choose another name.');
      const created = await (await kfp.client(context)).createExperiment({ name, description }, context);
      const { value } = created;
      const did = created.kind === 'exists' ? 'was there already and is used as it is' : 'was created';
      return { kind: 'ok', summary: `Experiment ${value.name} ${did}.`, data: experimentSummaryOf(value) };
    },
  });
