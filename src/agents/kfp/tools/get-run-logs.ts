import { z } from 'zod';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { existing, grep, runQuestion, tailLines } from '../../argument.ts';
import { failure, found, missed, type Found } from '../../found.ts';
import { didYouMean } from '../../nearest-names.ts';
import { defineTool, type ToolContext, type ToolFailure } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { insightAccess } from '../kfp-access.ts';
import { isGoing } from '../kfp-data.ts';
import { boundedLogs, type TaskLines } from '../task-lines.ts';

export const getRunLogs = (kfp: KfpSource) =>
  defineTool({
    name: 'get_run_logs',
    description: 'Show the log output of a Kubeflow run, of one task or of all.',
    effect: 'pure',
    input: z.strictObject({
      ...runQuestion,
      task: existing('task', 'Task whose log is wanted; all tasks when left out.').optional(),
      tailLines,
      grep,
    }),
    output: z.object({
      run: z.string(),
      logs: z
        .array(
          z.object({
            task: z.string(),
            state: z.enum(['read', 'archived', 'unavailable']),
            lines: z.array(z.string()).readonly(),
            cutLines: z.int(),
            note: z.string().optional(),
          }),
        )
        .readonly(),
    }),
    access: insightAccess,
    examples: [
      'Show me the logs of churn-0412',
      'last 100 lines from the train step of run exp-12',
      'what did the preprocess task print?',
      'tail the output of the evaluate component',
      'grep for warning in the logs of nightly-7',
    ],
    display: 'code',

    execute: async ({ task, ...input }, context) => {
      const client = await kfp.client(context);
      const run = await findRun(client, input, context);
      if (!run.ok) return run.failure;
      const known = await checkTask(client, { run: run.value, task }, context);
      if (!known.ok) return known.failure;
      // With grep the text is looked for far beyond what is shown.
      const wanted = input.grep === undefined ? input.tailLines : searchedLines;
      const read = await client.readLogs({ runId: run.value.id, task: known.value, tailLines: wanted }, context);
      if (read.length === 0) return noLogs(client, { run: run.value, task }, context);
      const logs = boundedLogs(read, input);
      return { kind: 'ok', summary: summaryOf(run.value, logs), data: { run: run.value.name, logs }, untrusted: true };
    },
  });

const searchedLines = 20_000;

interface Place {
  readonly run: KfpRun;
  readonly task: string | undefined;
}

/** The name of the task as the backend knows it. */
async function checkTask(
  client: KfpClient,
  { run, task }: Place,
  context: ToolContext,
): Promise<Found<string | undefined>> {
  if (task === undefined) return found(undefined);
  const tasks = await client.listTasks(run.id, context);
  const wanted = task.toLowerCase();
  const match = tasks.find(({ name, displayName }) => [name, displayName].some((one) => one.toLowerCase() === wanted));
  if (match) return found(match.name);
  const names = tasks.map(({ displayName }) => displayName);
  return missed(
    'NotFound',
    `Run ${run.name} has no task ${task}.`,
    didYouMean(task, names) ?? (names.length === 0 ? 'It has not begun any task yet.' : `Tasks: ${names.join(', ')}.`),
  );
}

async function noLogs(client: KfpClient, { run, task }: Place, context: ToolContext): Promise<ToolFailure> {
  const { unreadable } = await client.collectFacts(run.id, context);
  if (unreadable.length > 0) {
    const why = unreadable.map((reason) => reason.replace(/\.$/, '')).join('; ');
    const hint = 'An administrator can let the run-as ServiceAccount read Workflows, pods and their logs.';
    return failure('LogsUnreadable', `The logs of run ${run.name} cannot be read: ${why}.`, hint);
  }
  const what = task === undefined ? 'any task' : `task ${task}`;
  return isGoing(run)
    ? failure('NoLogsYet', `Run ${run.name} has not begun ${what} yet.`, 'Ask again a little later.')
    : failure('NoLogs', `Run ${run.name} did not begin ${what}, so there is no log.`, 'diagnose_run tells why.');
}

function summaryOf(run: KfpRun, logs: readonly TaskLines[]): string {
  const parts = logs.map(({ task, state, lines, cutLines, note }) => {
    if (state === 'unavailable') return `${task}: ${(note ?? 'not available').replace(/\.$/, '')}`;
    const cut = cutLines > 0 ? ` (${cutLines} earlier ones left out; narrow it by task or grep)` : '';
    return `${task}: ${lines.length} lines${state === 'archived' ? ' from the archive' : ''}${cut}`;
  });
  return `Log of run ${run.name}: ${parts.join('; ')}.`;
}
