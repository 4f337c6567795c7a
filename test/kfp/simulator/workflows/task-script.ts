/** What becomes of a task's container. Without a script it succeeds. */
export type TaskOutcome =
  | 'succeed'
  /** The user's code raises: exit code 1. */
  | 'fail'
  | 'oom'
  | 'timeout'
  /** These two hold the run up for ever, as they do in a cluster. */
  | 'image-pull'
  | 'unschedulable'
  /** The pod is not even created; waits for quota. */
  | 'quota'
  /** The pod is refused for good, and tried again as often as the retry strategy says. */
  | 'forbidden'
  | 'run-for-ever';

export interface TaskScript {
  readonly outcome?: TaskOutcome;
  /** How long the container runs before its outcome; default 0: until the controller looks again. */
  readonly durationMs?: number;
  /** What container `main` prints. */
  readonly log?: string;
  /** The driver finds the result of an earlier run, so that no container runs. */
  readonly isCached?: boolean;
  /** What a driver finds out: whether a branch is taken, how often a loop goes round. */
  readonly condition?: boolean;
  readonly iterations?: number;
  /** Scalar metrics, by the name of the output artifact. */
  readonly metrics?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Confusion matrices and ROC curves, by the name of the output artifact. */
  readonly classification?: Readonly<Record<string, object>>;
  /** Contents of other output artifacts, by name. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** Values of output parameters, by name. */
  readonly outputs?: Readonly<Record<string, string | number>>;
}

/**
 * Pipeline name, then task name, to what happens: in the first execution, after the first retry, and so on; the last
 * one holds from there on. `*` stands for any pipeline or any task.
 */
export type Scripts = Readonly<Record<string, Readonly<Record<string, TaskScript | readonly TaskScript[]>>>>;

export interface TaskPlace {
  readonly pipeline: string;
  readonly task: string;
  /** How often the run was retried by hand. */
  readonly retries: number;
}

export function scriptOf(scripts: Scripts, { pipeline, task, retries }: TaskPlace): TaskScript {
  const tasks = scripts[pipeline] ?? scripts['*'] ?? {};
  const script = tasks[task] ?? tasks['*'] ?? {};
  if (!isList(script)) return script;
  return script[Math.min(retries, script.length - 1)] ?? {};
}

const isList = (script: TaskScript | readonly TaskScript[]): script is readonly TaskScript[] => Array.isArray(script);

export interface ContainerEnd {
  readonly message: string;
  readonly exitCode: number;
  /** As the kubelet words it. */
  readonly reason: string;
}

/** How a container that ran ends; undefined for one that does not. */
export const containerEnds: Readonly<Partial<Record<TaskOutcome, ContainerEnd>>> = {
  succeed: { message: '', exitCode: 0, reason: 'Completed' },
  fail: { message: 'main: Error (exit code 1)', exitCode: 1, reason: 'Error' },
  oom: { message: 'main: OOMKilled (exit code 137)', exitCode: 137, reason: 'OOMKilled' },
  timeout: {
    message: 'Pod was active on the node longer than the specified deadline',
    exitCode: 137,
    reason: 'DeadlineExceeded',
  },
};

/** Why a pod does not start, as Argo copies it from the pod's conditions and waiting containers. */
export const pendingMessages: Readonly<Partial<Record<TaskOutcome, string>>> = {
  'image-pull': 'ImagePullBackOff: Back-off pulling image "registry.invalid/missing:1"',
  unschedulable:
    'Unschedulable: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
};

export const quotaMessage = (pod: string) =>
  `pods "${pod}" is forbidden: exceeded quota: team-quota, requested: requests.cpu=4, used: requests.cpu=8, limited: requests.cpu=8`;
