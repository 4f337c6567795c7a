import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import type { TektonRun } from '../../../backends/tekton/tekton-objects.ts';
import { runQuestion } from '../../argument.ts';
import { failureCauses } from '../../failure-causes.ts';
import { defineTool } from '../../tool.ts';
import { diagnose, type Diagnosis } from '../diagnosis/diagnose.ts';
import { gatherFacts } from '../diagnosis/facts.ts';
import { findRun } from '../find-run.ts';
import { insightAccess } from '../tekton-access.ts';
import { pipelineNameOf, runSummary, runSummaryOf, stateInWords } from '../tekton-data.ts';

export const diagnoseRun = (tekton: TektonClient) =>
  defineTool({
    name: 'diagnose_run',
    description:
      'Explain why a Tekton PipelineRun failed or hangs: the failing task and step, exit code, class of the cause, log line and what to try.',
    effect: 'pure',
    input: z.strictObject(runQuestion),
    output: z.object({
      run: runSummary,
      cause: z.enum(failureCauses),
      task: z.string().optional(),
      step: z.string().optional(),
      exitCode: z.int().optional(),
      attempts: z.int().optional(),
      message: z.string(),
      logLine: z.string().optional(),
      logTail: z.array(z.string()).readonly(),
      events: z.array(z.string()).readonly(),
      otherFailedTasks: z.array(z.string()).readonly(),
      unreadable: z.array(z.string()).readonly(),
      whatToTry: z.array(z.string()).readonly(),
    }),
    access: [...insightAccess, { verb: 'list', group: '', resource: 'events' }],
    examples: [
      'Why did the build fail?',
      'what went wrong with PipelineRun deploy-12?',
      'the release is stuck, find out why',
      'root cause of the last failed Tekton run please',
      'explain the error of build-81',
    ],
    display: 'markdown',
    execute: async (question, context) => {
      const found = await findRun(tekton, { ...question, prefer: isTroubled }, context);
      if (!found.ok) return found.failure;
      const run = found.value;
      const diagnosis = diagnose(await gatherFacts(tekton, run, context));
      return {
        kind: 'ok',
        summary: `Run ${run.name} of ${pipelineNameOf(run)} ${stateInWords(run, context.clock.now())}${explanation(diagnosis)}.`,
        data: { run: runSummaryOf(run), ...diagnosis },
        untrusted: true,
      };
    },
  });

function isTroubled({ state }: TektonRun): boolean {
  return state === 'Failed';
}

function explanation({ cause, task, step, exitCode, message, logLine }: Diagnosis): string {
  if (cause === 'None') return '; nothing is wrong with it';
  const where = task === undefined ? '' : ` in task ${task}${step === undefined ? '' : `, step ${step}`}`;
  const how = exitCode === undefined || exitCode === 0 ? '' : ` with exit code ${exitCode}`;
  const said = [logLine ?? message].filter((text) => text !== '').map((text) => `: ${text.replace(/\.$/, '')}`);
  return `; cause ${cause}${where}${how}${said.join('')}`;
}
