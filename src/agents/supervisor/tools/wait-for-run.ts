import { z } from 'zod';
import { duration, existing, runState } from '../../argument.ts';
import { durationMs, humanDuration } from '../../moment.ts';
import type { RunObserver } from '../../run-observer.ts';
import { defineTool, type RunReference, type ToolContext, type ToolResult } from '../../tool.ts';

const data = z.object({
  run: z.string(),
  backend: z.enum(['tekton', 'kfp']),
  pipeline: z.string(),
  state: runState,
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
  message: z.string().optional(),
  results: z.record(z.string(), z.string()),
});

/** @param observers one per backend on offer; with no backend named they are asked in this order. */
export const waitForRun = (observers: readonly RunObserver[]) =>
  defineTool({
    name: 'wait_for_run',
    description: 'Wait until a run has ended, then tell its final state and its results.',
    effect: 'wait',
    input: z.strictObject({
      backend: z.enum(['tekton', 'kfp']).optional().describe('Where the run is; found by its name when left out.'),
      run: existing('run', 'Run to wait for.'),
      timeout: duration('How long to wait at most').default('1h'),
    }),
    output: data,
    access: [],
    examples: [
      'Wait until the run is done',
      'tell me when exp-12 has finished',
      'start it and report the result once it ends',
      'let me know how the build turns out',
    ],
    display: 'text',
    execute: async ({ backend, run, timeout }, context) => {
      const reference = await observe(observers, { backend, run }, context);
      if (!reference) return notFound(run, backend);
      if (reference.state === 'Pending' || reference.state === 'Running') {
        const until = new Date(context.decidedAt.getTime() + (durationMs(timeout) ?? 0));
        return context.clock.now() < until ? waiting(reference, until) : timedOut(reference, timeout);
      }
      return ended(reference);
    },
  });

async function observe(
  observers: readonly RunObserver[],
  { backend, run }: { backend: RunReference['backend'] | undefined; run: string },
  context: ToolContext,
): Promise<RunReference | undefined> {
  for (const observer of observers) {
    if (backend !== undefined && observer.backend !== backend) continue;
    if (!context.availableAgents.includes(observer.backend)) continue;
    const reference = await observer.observe(run, context);
    if (reference) return reference;
  }
  return undefined;
}

function waiting(run: RunReference, until: Date): ToolResult<never> {
  const summary = `Waiting for run ${run.name} of ${run.pipeline}, which is ${run.state.toLowerCase()}.`;
  return { kind: 'waiting', summary, until, run };
}

function timedOut(run: RunReference, timeout: string): ToolResult<never> {
  return {
    kind: 'error',
    code: 'TimedOut',
    message: `Run ${run.name} is still ${run.state.toLowerCase()} after ${timeout}.`,
    hint: 'Wait again with a longer timeout, or look at it with get_run or diagnose_run.',
  };
}

function notFound(run: string, backend: string | undefined): ToolResult<never> {
  return {
    kind: 'error',
    code: 'NotFound',
    message: `There is no run ${run}${backend === undefined ? '' : ` in ${backend}`}.`,
    hint: 'Look the name up with list_runs.',
  };
}

function ended(run: RunReference): ToolResult<z.output<typeof data>> {
  const { backend, pipeline, state, startedAt, finishedAt, message, results = {} } = run;
  return {
    kind: 'ok',
    summary: inWords(run),
    data: {
      run: run.name,
      backend,
      pipeline,
      state,
      ...(startedAt !== undefined && { startedAt }),
      ...(finishedAt !== undefined && { finishedAt }),
      ...(message !== undefined && { message }),
      results,
    },
    runs: [run],
    // Results and failure messages come from the containers of the run, not from the backend.
    untrusted: Object.keys(results).length > 0 || state !== 'Succeeded',
  };
}

function inWords({ name, pipeline, state, startedAt = '', finishedAt = '', message = '', results = {} }: RunReference) {
  const tookMs = Date.parse(finishedAt) - Date.parse(startedAt);
  const took = Number.isNaN(tookMs) ? '' : ` after ${humanDuration(tookMs)}`;
  const why = state === 'Succeeded' || message === '' ? '' : `: ${message}`;
  const reported = Object.entries(results).map(([result, value]) => `${result}=${value}`);
  const tail = reported.length === 0 ? '' : `; results: ${reported.join(', ')}`;
  return `Run ${name} of ${pipeline} ${ending[state]}${took}${why}${tail}.`;
}

const ending: Readonly<Record<RunReference['state'], string>> = {
  Pending: 'is pending',
  Running: 'is running',
  Succeeded: 'succeeded',
  Failed: 'failed',
  Cancelled: 'was cancelled',
};
