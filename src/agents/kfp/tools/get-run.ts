import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun, KfpTask } from '../../../backends/kfp/kfp-objects.ts';
import { runQuestion } from '../../argument.ts';
import { humanDuration } from '../../moment.ts';
import { defineTool } from '../../tool.ts';
import { effectiveParameters } from '../effective-parameters.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import {
  listed,
  pipelineNameOf,
  runSummary,
  runSummaryOf,
  stateInWords,
  taskSummary,
  taskSummaryOf,
  textsOf,
  timesOf,
  withValues,
} from '../kfp-data.ts';

export const getRun = (kfp: KfpSource) =>
  defineTool({
    name: 'get_run',
    description: 'Show one Kubeflow run: its state, parameters and tasks with durations and cache hits.',
    effect: 'pure',
    input: z.strictObject(runQuestion),
    output: z.object({
      run: runSummary,
      parameters: z.record(z.string(), z.string()),
      tasks: z.array(taskSummary),
    }),
    access: kfpAccess('get', 'runs'),
    examples: [
      'How is run churn-0412 doing?',
      'is my training finished yet?',
      'status of the latest fraud-train run',
      'with which parameters was exp-12 started?',
      'how long did each step of run nightly-7 take?',
      'which tasks were served from the cache?',
    ],
    display: 'tree',

    execute: async (question, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, question, context);
      if (!found.ok) return found.failure;
      const run = found.value;
      const [tasks, effective] = await Promise.all([
        client.listTasks(run.id, context),
        effectiveParameters(client, run, context),
      ]);
      const parameters = textsOf(effective);
      return {
        kind: 'ok',
        summary: summaryOf(run, { tasks, parameters }, context.clock.now()),
        data: { run: runSummaryOf(run), parameters, tasks: tasks.map(taskSummaryOf) },
        // Messages of failed tasks come from their containers.
        untrusted: run.state === 'Failed',
      };
    },
  });

interface Insight {
  readonly tasks: readonly KfpTask[];
  readonly parameters: Readonly<Record<string, string>>;
}

function summaryOf(run: KfpRun, { tasks, parameters }: Insight, now: Date): string {
  const groups = new Set(tasks.map(({ parent }) => parent));
  const steps = tasks.filter(({ name }) => !groups.has(name)).map(taskInWords);
  const did = steps.length === 0 ? '' : `; tasks: ${listed(steps, 10)}`;
  const note = run.note === undefined ? '' : ` ${run.note.replace(/\.?$/, '.')}`;
  return `Run ${run.name} of ${pipelineNameOf(run)}${withValues(parameters)} ${stateInWords(run, now)}${did}.${note}`;
}

function taskInWords(task: KfpTask): string {
  if (task.isCached) return `${task.displayName} from the cache`;
  const { durationSeconds } = timesOf(task);
  const hasRun = task.state === 'Succeeded' || task.state === 'Failed';
  const took = hasRun && durationSeconds !== undefined ? ` ${humanDuration(durationSeconds * 1_000)}` : '';
  return `${task.displayName}${words[task.state]}${took}`;
}

const words: Readonly<Record<KfpTask['state'], string>> = {
  Pending: ' pending',
  Running: ' running',
  Succeeded: '',
  Failed: ' failed',
  Skipped: ' skipped',
  Omitted: ' not begun',
};
