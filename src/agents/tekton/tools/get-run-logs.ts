import { z } from 'zod';
import type { TektonClient, TektonScope } from '../../../backends/tekton/tekton-client.ts';
import type { TektonRun, TektonStep, TektonTaskRun } from '../../../backends/tekton/tekton-objects.ts';
import { existing, grep, runQuestion, tailLines } from '../../argument.ts';
import { failure, found, missed, type Found } from '../../found.ts';
import { didYouMean } from '../../nearest-names.ts';
import { defineTool } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { readStepLogs, type StepLogs } from '../read-step-logs.ts';
import { insightAccess } from '../tekton-access.ts';

export const getRunLogs = (tekton: TektonClient) =>
  defineTool({
    name: 'get_run_logs',
    description: 'Show the log output of a Tekton PipelineRun, of one task or step or of all.',
    effect: 'pure',
    input: z.strictObject({
      ...runQuestion,
      task: existing('task', 'Task whose log is wanted; all tasks when left out.').optional(),
      step: z.string().min(1).max(63).optional().describe('Step of the task; all steps when left out.'),
      tailLines,
      grep,
    }),
    output: z.object({
      run: z.string(),
      logs: z
        .array(
          z.object({
            task: z.string(),
            step: z.string(),
            state: z.enum(['read', 'gone', 'unavailable']),
            lines: z.array(z.string()).readonly(),
            cutLines: z.int(),
            note: z.string().optional(),
          }),
        )
        .readonly(),
    }),
    access: insightAccess,
    examples: [
      'Show me the logs of PipelineRun build-81',
      'last 50 lines of the compile task in build-81',
      'what did step push of the image build print?',
      'output of the deploy task, please',
      'grep the log of deploy-12 for timeout',
    ],
    display: 'code',
    execute: async ({ task, step, ...input }, context) => {
      const run = await findRun(tekton, input, context);
      if (!run.ok) return run.failure;
      const steps = await findSteps(tekton, { run: run.value, task, step }, context);
      if (!steps.ok) return steps.failure;
      const logs = await readStepLogs(tekton, { ...input, steps: steps.value }, context);
      if (logs.every(({ state }) => state === 'gone')) {
        return failure(
          'LogsGone',
          `The pods of run ${run.value.name} were deleted, and their logs with them.`,
          'Run it again to get logs, or look into the log store of the cluster if it has one.',
        );
      }
      return { kind: 'ok', summary: summaryOf(run.value, logs), data: { run: run.value.name, logs }, untrusted: true };
    },
  });

interface Place {
  readonly run: TektonRun;
  readonly task: string | undefined;
  readonly step: string | undefined;
}
interface StepOfTask {
  readonly taskRun: TektonTaskRun;
  readonly step: TektonStep;
}

async function findSteps(
  tekton: TektonClient,
  { run, task, step }: Place,
  scope: TektonScope,
): Promise<Found<readonly StepOfTask[]>> {
  const taskRuns = await tekton.listTaskRuns(run, scope);
  const ofTask = taskRuns.filter((taskRun) => task === undefined || taskRun.task === task);
  if (ofTask.length === 0) return noTask(run, task, taskRuns);
  const all = ofTask.flatMap((taskRun) => taskRun.steps.map((entry) => ({ taskRun, step: entry })));
  const wanted = all.filter((entry) =>
    step === undefined ? entry.step.reason !== 'Skipped' : entry.step.name === step,
  );
  if (wanted.length > 0) return found(wanted);
  const names = all.map((entry) => entry.step.name);
  if (step === undefined)
    return missed('NoLogsYet', `Run ${run.name} has not begun any step yet.`, 'Ask again a little later.');
  return missed(
    'NotFound',
    `There is no step ${step} in run ${run.name}.`,
    didYouMean(step, names) ?? `Steps: ${names.join(', ')}.`,
  );
}

function noTask(run: TektonRun, task: string | undefined, taskRuns: readonly TektonTaskRun[]): Found<never> {
  if (task === undefined) {
    return missed(
      'NoLogsYet',
      `Run ${run.name} has not begun any task${run.message === '' ? '' : `: ${run.message}`}.`,
    );
  }
  const names = [
    ...new Set([...run.tasks, ...taskRuns.map((taskRun) => ({ name: taskRun.task }))].map(({ name }) => name)),
  ];
  if (names.includes(task)) {
    return missed('NoLogsYet', `Task ${task} of run ${run.name} was not begun, so it has no log.`);
  }
  return missed(
    'NotFound',
    `Run ${run.name} has no task ${task}.`,
    didYouMean(task, names) ?? `Tasks: ${names.join(', ')}.`,
  );
}

function summaryOf(run: TektonRun, logs: readonly StepLogs[]): string {
  const parts = logs.map(({ task, step, state, lines, cutLines, note }) => {
    if (state !== 'read') return `${task}/${step}: ${note ?? state}`;
    const cut = cutLines > 0 ? ` (${cutLines} earlier ones left out; narrow it by task, step or grep)` : '';
    return `${task}/${step}: ${lines.length} lines${cut}`;
  });
  return `Log of run ${run.name}: ${parts.join('; ')}.`;
}
