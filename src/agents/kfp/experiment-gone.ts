import type { KfpClient } from '../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../backends/kfp/kfp-objects.ts';
import { failure } from '../found.ts';
import type { ToolContext, ToolFailure } from '../tool.ts';

/** Runs stay when their experiment is deleted, and Kubeflow Pipelines can then neither stop nor delete them. */
export async function refuseOrphan(
  client: KfpClient,
  run: KfpRun,
  context: ToolContext,
): Promise<ToolFailure | undefined> {
  if (run.experimentId === undefined || run.experimentName !== undefined) return undefined;
  if (await client.findExperiment(run.experimentId, context)) return undefined;
  return failure(
    'ExperimentGone',
    `The experiment of run ${run.name} was deleted; Kubeflow Pipelines cannot stop such a run.`,
    `An administrator can delete its Argo Workflow, which has the label pipeline/runid=${run.id}.`,
  );
}
