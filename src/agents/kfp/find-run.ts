import type { KfpClient, RunQuery } from '../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../backends/kfp/kfp-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';
import type { ToolContext } from '../tool.ts';
import { findPipeline } from './find-pipeline.ts';
import { stateInWords } from './kfp-data.ts';

export interface RunQuestion {
  readonly run?: string | undefined;
  readonly pipeline?: string | undefined;
  /** Which of several runs is meant rather than the newest, for example the newest that failed. */
  readonly prefer?: (run: KfpRun) => boolean;
}

/** The run of this name or id, or else the newest run of the pipeline, as it is right now. */
export async function findRun(client: KfpClient, question: RunQuestion, context: ToolContext): Promise<Found<KfpRun>> {
  const run = await chooseRun(client, question, context);
  if (!run.ok) return run;
  const whole = await client.getRun(run.value.id, context);
  return whole ? found(whole) : missed('NotFound', `Run ${run.value.name} was deleted a moment ago.`);
}

async function chooseRun(client: KfpClient, question: RunQuestion, context: ToolContext): Promise<Found<KfpRun>> {
  if (question.run !== undefined) return findNamedRun(client, { ...question, run: question.run }, context);
  if (question.pipeline !== undefined) {
    return findNewestRun(client, { ...question, pipeline: question.pipeline }, context);
  }
  return missed('MissingArgument', 'Neither a run nor a pipeline was named.', 'Name the run; list_runs shows them.');
}

const sameNameLimit = 50;

async function findNamedRun(
  client: KfpClient,
  { run: reference, prefer }: RunQuestion & { readonly run: string },
  context: ToolContext,
): Promise<Found<KfpRun>> {
  const { runs } = await client.listRuns({ name: reference, limit: sameNameLimit }, context);
  const preferred = prefer ? runs.filter(prefer) : [];
  const [only, ...others] = preferred.length === 1 ? preferred : runs;
  if (only && others.length === 0) return found(only);
  if (only) return ambiguous(reference, runs, context.clock.now());
  const run = await client.getRun(reference, context);
  return run ? found(run) : noSuchRun(client, reference, context);
}

/** Names of runs are not unique; which one is meant only the person knows. */
function ambiguous(name: string, runs: readonly KfpRun[], now: Date): Found<never> {
  const choices = runs
    .slice(0, 5)
    .map((run) => `${run.id} (created ${run.createdAt ?? 'at an unknown time'}, ${stateInWords(run, now)})`);
  return missed(
    'AmbiguousName',
    `${runs.length} runs are called ${name}: ${choices.join('; ')}${runs.length > 5 ? '; …' : ''}.`,
    'Ask which one is meant, then give its id.',
  );
}

async function noSuchRun(client: KfpClient, reference: string, context: ToolContext): Promise<Found<never>> {
  const { runs } = await client.listRuns({ limit: 200 }, context);
  const names = [...new Set(runs.map(({ name }) => name))];
  return missed(
    'NotFound',
    `There is no Kubeflow run ${reference}.`,
    didYouMean(reference, names) ?? 'Look the name up with list_runs.',
  );
}

async function findNewestRun(
  client: KfpClient,
  { pipeline: reference, prefer }: RunQuestion & { readonly pipeline: string },
  context: ToolContext,
): Promise<Found<KfpRun>> {
  const pipeline = await findPipeline(client, reference, context);
  if (!pipeline.ok) return pipeline;
  const { runs } = await firstRuns(client, { pipelineId: pipeline.value.id, limit: 20 }, context);
  const run = (prefer && runs.find(prefer)) ?? runs[0];
  return run ? found(run) : missed('NotFound', `Pipeline ${pipeline.value.name} has no run.`);
}

const mostEmptyPages = 10;

/** A page of runs; Kubeflow Pipelines cannot filter by pipeline, so pages may come back empty although there are more. */
export async function firstRuns(client: KfpClient, query: RunQuery, context: ToolContext) {
  let page = await client.listRuns(query, context);
  for (let skipped = 0; page.runs.length === 0 && page.nextPageToken !== undefined; skipped += 1) {
    if (skipped === mostEmptyPages) return page;
    page = await client.listRuns({ ...query, pageToken: page.nextPageToken }, context);
  }
  return page;
}
