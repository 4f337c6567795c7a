import type { TektonContainer } from '../../../backends/tekton/tekton-objects.ts';
import { containerReasons, type FailureCause, podCreationCause } from '../../failure-causes.ts';
import type { Facts, Suspect } from './facts.ts';

export interface Finding {
  readonly cause: FailureCause;
  /** What the backend says about it. */
  readonly message: string;
}

/** Decides on the class of the cause from what was found; the first rule that applies wins. */
export function classify(facts: Facts): Finding {
  const { run, suspects } = facts;
  if (run.state === 'Succeeded') return { cause: 'None', message: run.message };
  const byItself = causeOfRun(facts);
  if (byItself !== undefined) return { cause: byItself, message: run.message };
  const ofSuspect = suspects[0] && classifySuspect(suspects[0]);
  return ofSuspect ?? { cause: causeOfState(facts), message: run.message };
}

function causeOfRun({ run, taskRuns }: Facts): FailureCause | undefined {
  // The pipeline was valid when the run began: a task did not give a result that another one needs.
  if (run.reason === 'PipelineValidationFailed' && taskRuns.length > 0) return 'UpstreamFailure';
  return runReasons[run.reason];
}

/** What is left to say when no task gives an explanation. */
function causeOfState({ run: { state, reason, message } }: Facts): FailureCause {
  if (state === 'Cancelled') return 'Cancelled';
  if (reason === 'PipelineRunTimeout') return 'Timeout';
  if (reason === 'CreateRunFailed') return podCreationCause(message);
  return state === 'Running' || state === 'Pending' ? 'None' : 'Unknown';
}

/** Reasons of a PipelineRun that tell the cause by themselves. */
const runReasons: Readonly<Record<string, FailureCause>> = {
  ParameterMissing: 'MissingParameter',
  ObjectParameterMissKeys: 'MissingParameter',
  ParameterTypeMismatch: 'InvalidParameter',
  InvalidParamValue: 'InvalidParameter',
  ParamArrayIndexingInvalid: 'InvalidParameter',
  CouldntGetPipeline: 'NotFound',
  CouldntGetTask: 'NotFound',
  PipelineValidationFailed: 'InvalidPipeline',
  InvalidPipelineResourceBindings: 'InvalidPipeline',
  InvalidWorkspaceBindings: 'Configuration',
  InvalidGraph: 'InvalidPipeline',
  InvalidTaskRunSpecs: 'InvalidPipeline',
  InvalidMatrixParameterTypes: 'InvalidPipeline',
  InvalidTaskResultReference: 'UpstreamFailure',
  InvalidPipelineResultReference: 'UpstreamFailure',
};

/** What a pod or container says weighs more than the word of the task: a task that timed out may never have started. */
function classifySuspect(suspect: Suspect): Finding | undefined {
  return ofPod(suspect) ?? ofStep(suspect) ?? ofTaskRun(suspect);
}

function ofPod({ pod }: Suspect): Finding | undefined {
  if (!pod) return undefined;
  if (pod.reason === 'Evicted') return { cause: 'Evicted', message: pod.message };
  const [ofContainer] = pod.containers.flatMap(findingsOf);
  if (ofContainer) return ofContainer;
  const unplaced = pod.conditions.find(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable');
  return unplaced && { cause: 'Unschedulable', message: unplaced.message };
}

function findingsOf({ name, waiting, terminated }: TektonContainer): Finding[] {
  const cause = containerReasons[waiting?.reason ?? terminated?.reason ?? ''];
  if (cause === undefined) return [];
  const said = waiting?.message ?? '';
  return [{ cause, message: said === '' ? `container ${name}: ${cause}` : said }];
}

function ofStep({ step, taskRun }: Suspect): Finding | undefined {
  const cause = containerReasons[step?.reason ?? ''];
  return cause === undefined ? undefined : { cause, message: step?.message ?? taskRun.message };
}

/** Reasons of a TaskRun. An open set: newer versions of Tekton add some. */
const taskReasons: Readonly<Record<string, FailureCause>> = {
  StepFailed: 'UserException',
  SidecarFailed: 'UserException',
  InitContainerFailed: 'UserException',
  StepOOM: 'OutOfMemory',
  SidecarOOM: 'OutOfMemory',
  InitContainerOOM: 'OutOfMemory',
  TaskRunImagePullFailed: 'ImagePull',
  PullImageFailed: 'ImagePull',
  CreateContainerConfigError: 'Configuration',
  PodEvicted: 'Evicted',
  PodAdmissionFailed: 'Admission',
  ExceededResourceQuota: 'Quota',
  ExceededNodeResources: 'Unschedulable',
  TaskRunTimeout: 'Timeout',
  TaskRunCancelled: 'Cancelled',
  TaskRunValidationFailed: 'InvalidPipeline',
  TaskRunResolutionFailed: 'NotFound',
  InvalidParamValue: 'InvalidParameter',
  TaskRunResultLargerThanAllowedLimit: 'UserException',
};

function ofTaskRun({ taskRun, step }: Suspect): Finding | undefined {
  const { reason, message, state } = taskRun;
  if (reason === 'PodCreationFailed') return { cause: podCreationCause(message), message };
  const cause = taskReasons[reason];
  if (cause !== undefined) return { cause, message };
  return state === 'Failed' && step?.exitCode ? { cause: 'UserException', message } : undefined;
}
