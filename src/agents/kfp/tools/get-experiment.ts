import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpExperiment, KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { existing } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { findExperiment } from '../find-experiment.ts';
import { kfpAccess } from '../kfp-access.ts';
import {
  counted,
  experimentSummary,
  experimentSummaryOf,
  runSummary,
  runSummaryOf,
  stateInWords,
} from '../kfp-data.ts';

export const getExperiment = (kfp: KfpSource) =>
  defineTool({
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

    execute: async (input, context) => {
      const client = await kfp.client(context);
      const experiment = await findExperiment(client, input.experiment, context);
      if (!experiment.ok) return experiment.failure;
      const { runs, total } = await client.listRuns({ experimentId: experiment.value.id, limit: newestRuns }, context);
      return {
        kind: 'ok',
        summary: summaryOf(experiment.value, { runs, total }, context.clock.now()),
        data: { experiment: experimentSummaryOf(experiment.value), newestRuns: runs.map(runSummaryOf) },
      };
    },
  });

const newestRuns = 10;

interface Runs {
  readonly runs: readonly KfpRun[];
  readonly total: number | undefined;
}

function summaryOf({ name, description, createdAt }: KfpExperiment, { runs, total }: Runs, now: Date): string {
  const what = description === undefined ? '' : ` (${description.slice(0, 200).replace(/\.$/, '')})`;
  const made = createdAt === undefined ? '' : ` was made ${createdAt} and`;
  const [newest] = runs;
  const last = newest === undefined ? '' : `, the newest of which, ${newest.name}, ${stateInWords(newest, now)}`;
  const many = total === undefined && runs.length === newestRuns ? 'many runs' : counted(total ?? runs.length, 'run');
  return `Experiment ${name}${what}${made} has ${many}${last}. Kubeflow Pipelines does not record who made it.`;
}
