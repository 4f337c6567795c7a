import { nameProblem } from '../../backends/kfp/bounds.ts';
import type { KfpClient, NewKfpRun } from '../../backends/kfp/kfp-client.ts';
import type { JsonValue, KfpExperiment, KfpPipeline, KfpVersion } from '../../backends/kfp/kfp-objects.ts';
import { found, missed, type Found } from '../found.ts';
import type { ToolContext } from '../tool.ts';
import { convertParameters, type GivenParameters } from './convert-parameters.ts';
import { findExperiment } from './find-experiment.ts';
import { findPipeline, findVersion } from './find-pipeline.ts';

export interface RunRequest {
  readonly pipeline: string;
  readonly version?: string | undefined;
  readonly experiment?: string | undefined;
  readonly params?: GivenParameters | undefined;
  /** Name of the run or schedule. */
  readonly runName?: string | undefined;
}

/** What a run is made of, once everything has been looked up and checked against the pipeline. */
export interface PlannedRun {
  readonly pipeline: KfpPipeline;
  readonly version: KfpVersion;
  /** Absent: the default experiment of Kubeflow Pipelines. */
  readonly experiment: KfpExperiment | undefined;
  readonly parameters: Readonly<Record<string, JsonValue>>;
}

export async function planRun(
  client: KfpClient,
  request: RunRequest,
  context: ToolContext,
): Promise<Found<PlannedRun>> {
  const problem = request.runName === undefined ? undefined : nameProblem('run', request.runName);
  if (problem !== undefined) return missed('InvalidArgument', problem, 'Choose another name.');
  const pipeline = await findPipeline(client, request.pipeline, context);
  if (!pipeline.ok) return pipeline;
  const version = await findVersion(client, { pipeline: pipeline.value, reference: request.version }, context);
  if (!version.ok) return version;
  const experiment = await findNamedExperiment(client, request.experiment, context);
  if (!experiment.ok) return experiment;
  const declared = { pipeline: pipeline.value.name, parameters: version.value.spec.parameters };
  const parameters = convertParameters(declared, request.params ?? {});
  if (!parameters.ok) return parameters;
  return found({
    pipeline: pipeline.value,
    version: version.value.version,
    experiment: experiment.value,
    parameters: parameters.value,
  });
}

async function findNamedExperiment(
  client: KfpClient,
  name: string | undefined,
  context: ToolContext,
): Promise<Found<KfpExperiment | undefined>> {
  return name === undefined ? found(undefined) : findExperiment(client, name, context);
}

/** Names of runs are not unique, so those that nobody chose carry a part of the key. */
export function runNameFor(pipeline: string, chosen: string | undefined, { effectKey }: ToolContext): string {
  return chosen ?? `${pipeline.slice(0, 120)}-${effectKey.slice(0, 6)}`;
}

export function newRun(plan: PlannedRun, chosen: string | undefined, context: ToolContext): NewKfpRun {
  const { effectKey, argumentsDigest, isOwnDecision } = context;
  return {
    effectKey,
    argumentsDigest,
    isOwnDecision,
    name: runNameFor(plan.pipeline.name, chosen, context),
    description: `Started in ${context.owner.kind} ${context.owner.name}`,
    pipelineId: plan.pipeline.id,
    versionId: plan.version.id,
    experimentId: plan.experiment?.id,
    parameters: plan.parameters,
  };
}
