import type { TektonClient, TektonScope } from '../../backends/tekton/tekton-client.ts';
import type { TektonRun } from '../../backends/tekton/tekton-objects.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';

export interface RunQuestion {
  readonly run?: string | undefined;
  readonly pipeline?: string | undefined;
  /** Which of a pipeline's runs is meant rather than the newest, for example the newest that failed. */
  readonly prefer?: (run: TektonRun) => boolean;
}

/** The run of this name, or else the newest run of the pipeline. */
export async function findRun(
  tekton: TektonClient,
  question: RunQuestion,
  scope: TektonScope,
): Promise<Found<TektonRun>> {
  if (question.run !== undefined) return findNamedRun(tekton, question.run, scope);
  if (question.pipeline !== undefined) return findNewestRun(tekton, question, scope);
  return missed('MissingArgument', 'Neither a run nor a pipeline was named.', 'Name the run; list_runs shows them.');
}

async function findNamedRun(tekton: TektonClient, name: string, scope: TektonScope): Promise<Found<TektonRun>> {
  const run = await tekton.getRun(name, scope);
  if (run) return found(run);
  const { runs } = await tekton.listRuns(scope);
  const names = runs.map((entry) => entry.name);
  const message = `There is no PipelineRun ${name} in namespace ${scope.namespace}.`;
  return missed('NotFound', message, didYouMean(name, names) ?? 'Look the name up with list_runs.');
}

async function findNewestRun(
  tekton: TektonClient,
  { pipeline = '', prefer }: RunQuestion,
  scope: TektonScope,
): Promise<Found<TektonRun>> {
  const { runs } = await tekton.listRuns(scope);
  const ofPipeline = runs.filter((run) => run.pipeline === pipeline);
  const run = (prefer && ofPipeline.find(prefer)) ?? ofPipeline[0];
  if (run) return found(run);
  const message = `Pipeline ${pipeline} has no run in namespace ${scope.namespace}.`;
  return missed('NotFound', message, didYouMean(pipeline, [...new Set(runs.map((entry) => entry.pipeline))]));
}
