import { z } from 'zod';
import type { KfpClient, KfpSource, RunPage, RunQuery } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { existing, limit, nameContains, namespace, pageToken, since, state, until } from '../../argument.ts';
import { found, missed, type Found } from '../../found.ts';
import { endMomentOf, momentOf } from '../../moment.ts';
import { refuseOtherNamespace } from '../../own-namespace.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { findExperiment } from '../find-experiment.ts';
import { findPipeline } from '../find-pipeline.ts';
import { firstRuns } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { counted, nextPage, runSummary, runSummaryOf, stateInWords } from '../kfp-data.ts';

export const listRuns = (kfp: KfpSource) =>
  defineTool({
    name: 'list_runs',
    description: 'List Kubeflow runs, by pipeline, experiment, state and time, newest first.',
    effect: 'pure',
    input: z.strictObject({
      pipeline: existing('pipeline', 'Only runs of this pipeline.').optional(),
      experiment: existing('experiment', 'Only runs of this experiment.').optional(),
      state,
      since,
      until,
      nameContains,
      namespace,
      limit,
      pageToken,
    }),
    output: z.object({ runs: z.array(runSummary), ...nextPage }),
    access: kfpAccess('list', 'runs'),
    examples: [
      'What ran last night?',
      'Which runs failed since Monday?',
      'show the last 5 runs of fraud-train',
      'is anything running right now?',
      'list succeeded runs in experiment ablation-study from the past 24h',
      'did my trainings go through this week?',
    ],
    display: 'table',

    execute: async (input, context) => {
      const refused = refuseOtherNamespace(input.namespace, context);
      if (refused) return refused;
      const client = await kfp.client(context);
      const query = await queryOf(client, input, context);
      if (!query.ok) return query.failure;
      const page = await firstRuns(client, query.value, context);
      const { runs, nextPageToken, total } = page;
      return {
        kind: 'ok',
        summary: summaryOf(page, context.clock.now()),
        data: {
          runs: runs.map(runSummaryOf),
          ...(total !== undefined && { total }),
          ...(nextPageToken !== undefined && { nextPageToken }),
        },
      };
    },
  });

interface Request extends Omit<RunQuery, 'since' | 'until' | 'experimentId' | 'pipelineId'> {
  readonly pipeline?: string | undefined;
  readonly experiment?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

async function queryOf(client: KfpClient, request: Request, context: ToolContext): Promise<Found<RunQuery>> {
  const period = periodOf(request, context.clock.now());
  if (!period.ok) return period;
  const pipeline = request.pipeline === undefined ? undefined : await findPipeline(client, request.pipeline, context);
  if (pipeline?.ok === false) return pipeline;
  const { experiment: name } = request;
  const experiment = name === undefined ? undefined : await findExperiment(client, name, context);
  if (experiment?.ok === false) return experiment;
  const ids = { pipelineId: pipeline?.value.id, experimentId: experiment?.value.id };
  return found({
    nameContains: request.nameContains,
    state: request.state,
    limit: request.limit,
    pageToken: request.pageToken,
    ...period.value,
    ...ids,
  });
}

function periodOf({ since, until }: Request, now: Date): Found<Pick<RunQuery, 'since' | 'until'>> {
  const from = since === undefined ? undefined : momentOf(since, now);
  const to = until === undefined ? undefined : endMomentOf(until, now);
  if (since !== undefined && !from) return notAMoment('since', since);
  if (until !== undefined && !to) return notAMoment('until', until);
  return found({ since: from, until: to });
}

function notAMoment(argument: string, text: string): Found<never> {
  return missed(
    'InvalidArgument',
    `${argument} "${text}" is neither a time nor an age.`,
    'Give an RFC 3339 time, a date, or an age such as 24h or 7d.',
  );
}

const named = 5;

function summaryOf({ runs, total, nextPageToken }: RunPage, now: Date): string {
  if (runs.length === 0) return 'No Kubeflow run fits.';
  const isAll = nextPageToken === undefined;
  const fit = total ?? runs.length;
  const many = `${total === undefined && !isAll ? 'more than ' : ''}${counted(fit, 'Kubeflow run')} fit${fit === 1 ? 's' : ''}`;
  const first = runs.slice(0, named).map((run) => `${run.name} ${stateInWords(run, now)}`);
  const isMore = fit > first.length || !isAll;
  return `${many}${isAll ? countsOf(runs) : ''}: ${first.join('; ')}${isMore ? '; …' : ''}.`;
}

/** ` (2 failed, 7 succeeded)`, when they differ. */
function countsOf(runs: readonly KfpRun[]): string {
  const states = [...new Set(runs.map((run) => run.state))];
  if (states.length < 2) return '';
  const counts = states.map((one) => `${runs.filter((run) => run.state === one).length} ${one.toLowerCase()}`);
  return ` (${counts.join(', ')})`;
}
