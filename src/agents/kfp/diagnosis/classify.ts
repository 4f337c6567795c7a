import type { KfpContainer, KfpNode, KfpPod } from '../../../backends/kfp/kfp-facts.ts';
import { containerReasons, type FailureCause, podCreationCause } from '../../failure-causes.ts';
import { errorLineOf } from '../../log-lines.ts';
import type { Facts } from './facts.ts';

export interface Finding {
  readonly cause: FailureCause;
  /** What the cluster says about it. */
  readonly message: string;
}

/** Decides on the class of the cause from what was found; the first rule that applies wins. */
export function classify(facts: Facts): Finding {
  const { run } = facts;
  if (run.state === 'Succeeded') return { cause: 'None', message: run.note ?? '' };
  if (run.state === 'Cancelled') return { cause: 'Cancelled', message: 'The run was stopped on request.' };
  return ofPod(facts.pod) ?? ofFailure(facts) ?? ofLog(facts) ?? ofEvents(facts) ?? ofWorkflow(facts) ?? ofRun(facts);
}

function ofPod(pod: KfpPod | undefined): Finding | undefined {
  if (!pod) return undefined;
  if (pod.reason === 'Evicted') return { cause: 'Evicted', message: pod.message };
  const [ofContainer] = pod.containers.flatMap(findingsOf);
  if (ofContainer) return ofContainer;
  if (pod.reason === 'DeadlineExceeded') return { cause: 'Timeout', message: pod.message };
  const unplaced = pod.conditions.find(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable');
  return unplaced && { cause: 'Unschedulable', message: unplaced.message };
}

function findingsOf({ name, waiting, terminated, lastTerminated }: KfpContainer): Finding[] {
  const reasons = [waiting?.reason, terminated?.reason, lastTerminated?.reason];
  const cause = reasons.map((reason) => containerReasons[reason ?? '']).find((found) => found !== undefined);
  if (cause === undefined) return [];
  const said = [waiting?.message, terminated?.message].find((text) => text !== undefined && text !== '');
  return [{ cause, message: said ?? `container ${name}: ${reasons.find((reason) => reason !== undefined) ?? cause}` }];
}

/** What Argo writes into a node that failed; the first pattern that fits wins. */
const messagePatterns: readonly (readonly [RegExp, FailureCause])[] = [
  [/OOMKilled|out of memory/i, 'OutOfMemory'],
  [/ImagePullBackOff|ErrImage|InvalidImageName|Back-off pulling image|failed to pull image/i, 'ImagePull'],
  [/exceeded quota/i, 'Quota'],
  [/evicted|low on resource/i, 'Evicted'],
  [/Unschedulable|nodes are available|Insufficient (?:cpu|memory|\S+\/gpu)/i, 'Unschedulable'],
  [/CreateContainerConfigError|(?:configmap|secret) "?[^" ]+"? not found|couldn't find key/i, 'Configuration'],
  [/exceeded its deadline|exceeded workflow deadline|DeadlineExceeded|longer than the specified deadline/i, 'Timeout'],
  [/max duration limit exceeded|timed? ?out/i, 'Timeout'],
];

function causeOfMessage(message: string): FailureCause | undefined {
  const [, cause] = messagePatterns.find(([pattern]) => pattern.test(message)) ?? [];
  if (cause !== undefined) return cause;
  if (!/is forbidden|admission webhook|violates PodSecurity/i.test(message)) return undefined;
  const refused = podCreationCause(message);
  return refused === 'Unknown' ? undefined : refused;
}

function ofFailure({ failure }: Facts): Finding | undefined {
  const cause = failure && causeOfMessage(failure.message);
  return cause && { cause, message: failure.message };
}

/** What a driver of Kubeflow Pipelines says when it cannot prepare its task. */
const driverPatterns: readonly (readonly [RegExp, FailureCause])[] = [
  [
    /producer task|upstream task|dependent task|output (?:parameter|artifact) .*(?:not found|missing)/i,
    'UpstreamFailure',
  ],
  [
    /(?:missing|required|without).*parameter|parameter.*(?:missing|not found|is required|has no value)/i,
    'MissingParameter',
  ],
  [/parameter.*(?:type|unmarshal|convert|invalid)/i, 'InvalidParameter'],
];
const memoryError = /\b(?:OutOfMemoryError|MemoryError|CUDA out of memory|Cannot allocate memory|Java heap space)\b/;

function ofLog(facts: Facts): Finding | undefined {
  const line = errorLineOf(facts.log);
  return facts.failure?.role === 'driver' ? ofDriverLog(facts.failure, line) : ofProgram(facts, line);
}

function ofDriverLog(failure: KfpNode, line: string | undefined): Finding | undefined {
  const [, cause] = driverPatterns.find(([pattern]) => pattern.test(line ?? '')) ?? [];
  return cause && { cause, message: line ?? failure.message };
}

function ofProgram({ failure, run }: Facts, line: string | undefined): Finding | undefined {
  if (line !== undefined && memoryError.test(line)) return { cause: 'OutOfMemory', message: line };
  if (failure?.exitCode) return { cause: 'UserException', message: failure.message };
  // Without a Workflow that can be read, an exception at the end of the log is the best witness.
  const isException = line !== undefined && /(?:Error|Exception)\b/.test(line);
  return run.state === 'Failed' && isException ? { cause: 'UserException', message: line } : undefined;
}

function ofEvents({ events }: Facts): Finding | undefined {
  const found = events.toReversed().flatMap(({ message }) => {
    const cause = causeOfMessage(message);
    return cause === undefined ? [] : [{ cause, message }];
  });
  return found[0];
}

function ofWorkflow(facts: Facts): Finding | undefined {
  const message = wordsOfRun(facts);
  const cause = causeOfMessage(message);
  return cause && { cause, message };
}

/** What Argo or Kubeflow Pipelines says about the run as a whole. */
function wordsOfRun({ workflows: [workflow], run }: Facts): string {
  return [workflow?.message, run.error].find((text) => text !== undefined && text !== '') ?? '';
}

const patienceMs = 5 * 60_000;

/** What is left to say when nothing gives an explanation. */
function ofRun(facts: Facts): Finding {
  const message = facts.failure?.message ?? wordsOfRun(facts);
  if (facts.run.state === 'Failed') return { cause: 'Unknown', message };
  return isIgnored(facts)
    ? { cause: 'Unknown', message: 'The Argo workflow controller has not taken the run up; it may be down.' }
    : { cause: 'None', message };
}

function isIgnored({ run, workflows: [workflow], now }: Facts): boolean {
  const waitsMs = run.createdAt === undefined ? 0 : now.getTime() - Date.parse(run.createdAt);
  return run.state === 'Pending' && waitsMs > patienceMs && (workflow?.phase ?? '') === '';
}
