import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { runQuestion } from '../../argument.ts';
import { failureCauses } from '../../failure-causes.ts';
import { defineTool } from '../../tool.ts';
import { diagnose, type Diagnosis } from '../diagnosis/diagnose.ts';
import { gatherFacts } from '../diagnosis/facts.ts';
import { findRun } from '../find-run.ts';
import { insightAccess } from '../kfp-access.ts';
import { counted, listed, pipelineNameOf, runSummary, runSummaryOf, stateInWords } from '../kfp-data.ts';

export const diagnoseRun = (kfp: KfpSource) =>
  defineTool({
    name: 'diagnose_run',
    description:
      'Explain why a Kubeflow run failed or hangs: the failing task, the class of the cause, message, log lines and what to try.',
    effect: 'pure',
    input: z.strictObject(runQuestion),
    output: z.object({
      run: runSummary,
      cause: z.enum(failureCauses),
      task: z.string().optional(),
      exitCode: z.int().optional(),
      attempts: z.int().optional(),
      message: z.string(),
      logLine: z.string().optional(),
      logTail: z.array(z.string()).readonly(),
      events: z.array(z.string()).readonly(),
      otherFailedTasks: z.array(z.string()).readonly(),
      omittedTasks: z.array(z.string()).readonly(),
      unreadable: z.array(z.string()).readonly(),
      whatToTry: z.array(z.string()).readonly(),
    }),
    access: insightAccess,
    examples: [
      'Why did my run fail?',
      'what went wrong with churn-0412?',
      'find the root cause of the last fraud-train failure',
      'my training crashed, help me understand it',
      'explain the error in run exp-12 and what I can do about it',
      'why is nightly-7 stuck?',
    ],
    display: 'markdown',

    execute: async (question, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, { ...question, prefer: isTroubled }, context);
      if (!found.ok) return found.failure;
      const run = found.value;
      const diagnosis = diagnose(await gatherFacts(client, run, context));
      return {
        kind: 'ok',
        summary: `Run ${run.name} of ${pipelineNameOf(run)} ${stateInWords(run, context.clock.now())}${explanation(diagnosis)}.`,
        data: { run: runSummaryOf(run), ...diagnosis },
        untrusted: true,
      };
    },
  });

function isTroubled({ state }: KfpRun): boolean {
  return state === 'Failed';
}

function explanation(diagnosis: Diagnosis): string {
  const { cause, task, exitCode, message, logLine, omittedTasks, unreadable } = diagnosis;
  if (cause === 'None') return '; nothing is wrong with it';
  const where = task === undefined ? '' : ` in task ${task}`;
  const how = exitCode === undefined || exitCode === 0 ? '' : ` with exit code ${exitCode}`;
  const said = [logLine ?? message].filter((text) => text !== '').map((text) => `: ${text.replace(/\.$/, '')}`);
  const count = omittedTasks.length;
  const left = count === 0 ? '' : `; ${counted(count, 'task')} not begun (${listed(omittedTasks, 5)})`;
  const blind = cause === 'Unknown' && unreadable.length > 0 ? `; not readable: ${listed(unreadable, 2)}` : '';
  return `; cause ${cause}${where}${how}${said.join('')}${left}${blind.replace(/\.$/, '')}`;
}
