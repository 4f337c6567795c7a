import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import type { TektonRun, TektonTaskRun } from '../../../backends/tekton/tekton-objects.ts';
import { runQuestion, runState } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { cleanLine } from '../../log-lines.ts';
import { insightAccess } from '../tekton-access.ts';
import {
  pipelineNameOf,
  runSummary,
  runSummaryOf,
  stateInWords,
  textsByName,
  timesOf,
  withValues,
} from '../tekton-data.ts';

const task = z.object({
  name: z.string(),
  state: z.union([runState, z.enum(['Skipped', 'Unknown'])]),
  reason: z.string().optional(),
  message: z.string().optional(),
  after: z.array(z.string()),
  attempts: z.int().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  durationSeconds: z.number().optional(),
  steps: z.array(z.object({ name: z.string(), state: z.string(), exitCode: z.int().optional() })),
});
type Task = z.output<typeof task>;

export const getRun = (tekton: TektonClient) =>
  defineTool({
    name: 'get_run',
    description: 'Show one Tekton PipelineRun: its state, parameters, results, and its tasks and steps with durations.',
    effect: 'pure',
    input: z.strictObject(runQuestion),
    output: z.object({
      run: runSummary,
      message: z.string(),
      parameters: z.record(z.string(), z.string()),
      results: z.record(z.string(), z.string()),
      tasks: z.array(task),
    }),
    access: insightAccess,
    examples: [
      'How is PipelineRun build-81 doing?',
      'is the deployment finished?',
      'status of the latest release run',
      'which step is the build at?',
      'how long did each task of deploy-12 take?',
      'what results did the Tekton run give?',
    ],
    display: 'tree',
    execute: async (question, context) => {
      const found = await findRun(tekton, question, context);
      if (!found.ok) return found.failure;
      const run = found.value;
      const taskRuns = await tekton.listTaskRuns(run, context);
      const results = textsByName(run.results);
      const reported = withValues(results).replace(' with ', '; results: ');
      return {
        kind: 'ok',
        summary: `Run ${run.name} of ${pipelineNameOf(run)} ${stateInWords(run, context.clock.now())}${reported}.`,
        data: {
          run: runSummaryOf(run),
          message: cleanLine(run.message),
          parameters: textsByName([...run.parameters, ...run.defaults]),
          results,
          tasks: tasksOf(run, taskRuns),
        },
        // Results and the words about failures come from the containers of the run.
        untrusted: run.results.length > 0 || run.state === 'Failed',
      };
    },
  });

/** Tasks in the pipeline's own order, those not begun and those left out included. */
function tasksOf(run: TektonRun, taskRuns: readonly TektonTaskRun[]): Task[] {
  const planned = run.tasks.map((entry) => entry.name);
  const names = [
    ...new Set([...planned, ...run.children.map((child) => child.task), ...taskRuns.map((one) => one.task)]),
  ];
  return names.flatMap((name) => {
    const after = [...(run.tasks.find((entry) => entry.name === name)?.after ?? [])];
    // A task with a matrix has several TaskRuns.
    const own = taskRuns.filter((taskRun) => taskRun.task === name);
    return own.length > 0 ? own.map((taskRun) => begunTask(taskRun, after)) : [otherTask(run, name, after)];
  });
}

function begunTask(taskRun: TektonTaskRun, after: string[]): Task {
  const { task: name, state, reason, message, attempts } = taskRun;
  return {
    name,
    state,
    ...(reason !== '' && reason !== state && { reason }),
    ...(state === 'Failed' && { message: cleanLine(message) }),
    after,
    ...(attempts > 1 && { attempts }),
    ...timesOf(taskRun),
    steps: taskRun.steps.map((step) => ({
      name: step.name,
      state: step.state,
      ...(step.exitCode !== undefined && { exitCode: step.exitCode }),
    })),
  };
}

function otherTask(run: TektonRun, name: string, after: string[]): Task {
  const skipped = run.skippedTasks.find((entry) => entry.name === name);
  if (skipped) return { name, state: 'Skipped', reason: skipped.reason, after, steps: [] };
  // Custom tasks and pipelines in pipelines are begun, but are no TaskRuns.
  const isBegun = run.children.some((child) => child.task === name);
  return { name, state: isBegun ? 'Unknown' : 'Pending', after, steps: [] };
}
