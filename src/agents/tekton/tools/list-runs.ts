import { z } from 'zod';
import type { TektonClient } from '../../../backends/tekton/tekton-client.ts';
import type { TektonRun } from '../../../backends/tekton/tekton-objects.ts';
import { existing, limit, nameContains, namespace, pageToken, since, state, until } from '../../argument.ts';
import { pageOf } from '../../page.ts';
import { defineTool } from '../../tool.ts';
import { refuseOtherNamespace } from '../../own-namespace.ts';
import { selectRuns } from '../select-runs.ts';
import { tektonAccess } from '../tekton-access.ts';
import { runSummary, runSummaryOf, stateInWords } from '../tekton-data.ts';

export const listRuns = (tekton: TektonClient) =>
  defineTool({
    name: 'list_runs',
    description: 'List Tekton PipelineRuns, by pipeline, state and time, newest first.',
    effect: 'pure',
    input: z.strictObject({
      pipeline: existing('pipeline', 'Only runs of this pipeline.').optional(),
      state,
      since,
      until,
      nameContains,
      namespace,
      limit,
      pageToken,
    }),
    output: z.object({
      runs: z.array(runSummary),
      total: z.int(),
      complete: z.boolean(),
      nextPageToken: z.string().optional(),
    }),
    access: [tektonAccess('list', 'pipelineruns')],
    examples: [
      'Which Tekton runs failed today?',
      'list the PipelineRuns of build-and-push',
      'did the last deployment go through?',
      'show the newest 10 builds',
      'are any CI jobs running at the moment?',
      'what was released since Friday?',
    ],
    display: 'table',
    execute: async (input, context) => {
      const refused = refuseOtherNamespace(input.namespace, context);
      if (refused) return refused;
      const { runs, complete } = await tekton.listRuns(context);
      const now = context.clock.now();
      const selected = selectRuns(runs, input, now);
      if (!selected.ok) return selected.failure;
      const page = pageOf(selected.value, input);
      if (!page.ok) return page.failure;
      const { items, ...count } = page.value;
      return {
        kind: 'ok',
        summary: summaryOf(items, count.total, now),
        data: { runs: items.map(runSummaryOf), complete, ...count },
      };
    },
  });

const named = 5;

function summaryOf(shown: readonly TektonRun[], total: number, now: Date): string {
  if (total === 0) return 'No PipelineRun fits.';
  const first = shown.slice(0, named).map((run) => `${run.name} ${stateInWords(run, now)}`);
  const more = total > first.length ? `; and ${total - first.length} more` : '';
  return `${total === 1 ? '1 PipelineRun fits' : `${total} PipelineRuns fit`}: ${first.join('; ')}${more}.`;
}
