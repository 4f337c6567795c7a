import { type PipelineRun } from '../../../api/common.ts';
import { KubeApiError } from '../../../kube/errors.ts';
import { type KubeClient, type KubeObject, type ResourceType } from '../../../kube/kube-client.ts';
import { resourceTypes } from '../../../kube/resource-types.ts';
import { metricsOfLog } from './metric-series.ts';
import { type RunView, type TaskView } from '../../display/run-tree.ts';

type Kube = Pick<KubeClient, 'get' | 'list' | 'logs'>;
export type RunName = Pick<PipelineRun, 'backend' | 'namespace' | 'name'> &
  Partial<Pick<PipelineRun, 'id' | 'pipeline'>>;

/** The run as the person's own rights show it; undefined when it is gone, or not for these eyes. */
export async function readRun({ kube }: { readonly kube: Kube }, run: RunName): Promise<RunView | undefined> {
  try {
    return await (run.backend === 'tekton' ? readTektonRun(kube, run) : readKubeflowRun(kube, run));
  } catch (error) {
    if (error instanceof KubeApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}

/** A task, and where its log is. */
interface Task extends TaskView {
  readonly pod?: string | undefined;
  readonly containers?: readonly string[] | undefined;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface TektonStatus {
  readonly conditions?: readonly Condition[];
  readonly startTime?: string;
  readonly completionTime?: string;
}

type TektonRun = KubeObject & {
  readonly spec?: { readonly pipelineRef?: { readonly name?: string } };
  readonly status?: TektonStatus & {
    readonly pipelineSpec?: { readonly tasks?: readonly Named[]; readonly finally?: readonly Named[] };
    readonly skippedTasks?: readonly Named[];
  };
};

interface Named {
  readonly name: string;
}

type TektonTaskRun = KubeObject & {
  readonly status?: TektonStatus & {
    readonly podName?: string;
    readonly steps?: readonly { readonly container?: string }[];
  };
};

async function readTektonRun(kube: Kube, { namespace, name }: RunName): Promise<RunView | undefined> {
  const run = await kube.get<TektonRun>(resourceTypes.pipelineRun, { namespace, name });
  if (!run) return undefined;
  const labelSelector = `tekton.dev/pipelineRun=${name}`;
  const { items } = await kube.list<TektonTaskRun>(resourceTypes.taskRun, { namespace, labelSelector });
  const started = new Map(
    items.map((item) => [item.metadata.labels?.['tekton.dev/pipelineTask'] ?? item.metadata.name, item]),
  );
  const { pipelineSpec, skippedTasks = [], ...status } = run.status ?? {};
  const planned = [...(pipelineSpec?.tasks ?? []), ...(pipelineSpec?.finally ?? [])].map((task) => task.name);
  const skipped = new Set(skippedTasks.map((task) => task.name));
  const names = [...new Set([...planned, ...started.keys()])];
  const tasks = names.map((task) => tektonTask(task, started.get(task), skipped.has(task)));
  return withLogs(kube, namespace, {
    ...{ name, pipeline: run.spec?.pipelineRef?.name, state: stateOf(status), taskCount: planned.length },
    ...times(status),
    message: failureOf(status),
    tasks,
  });
}

function tektonTask(name: string, run: TektonTaskRun | undefined, isSkipped: boolean): Task {
  if (!run) return { name, state: isSkipped ? 'Skipped' : 'Pending' };
  const { podName, steps = [], ...status } = run.status ?? {};
  const containers = steps.flatMap(({ container }) => (container === undefined ? [] : [container]));
  return { name, state: stateOf(status), ...times(status), message: failureOf(status), pod: podName, containers };
}

function times({ startTime, completionTime }: TektonStatus) {
  return { startedAt: startTime, finishedAt: completionTime };
}

function stateOf({ conditions = [], startTime }: TektonStatus): string {
  const { status = 'Unknown', reason = '' } = conditions.find(({ type }) => type === 'Succeeded') ?? {};
  if (status === 'True') return 'Succeeded';
  if (status === 'False') return /cancel/i.test(reason) ? 'Cancelled' : 'Failed';
  return startTime === undefined || reason === 'Pending' ? 'Pending' : 'Running';
}

function failureOf(status: TektonStatus): string | undefined {
  return status.conditions?.find(({ type, status: value }) => type === 'Succeeded' && value === 'False')?.message;
}

const workflowType: ResourceType = {
  ...{ group: 'argoproj.io', version: 'v1alpha1', plural: 'workflows', kind: 'Workflow' },
  namespaced: true,
};

interface WorkflowNode {
  readonly id: string;
  readonly type: string;
  readonly displayName: string;
  readonly phase?: string;
  readonly message?: string;
  readonly boundaryID?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
}

type Workflow = KubeObject & {
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly startedAt?: string | null;
    readonly finishedAt?: string | null;
    readonly nodes?: Readonly<Record<string, WorkflowNode>>;
  };
};

/** Kubeflow Pipelines carries a run out as an Argo Workflow, which its users may usually read. */
async function readKubeflowRun(
  kube: Kube,
  { namespace, name, id = '', pipeline }: RunName,
): Promise<RunView | undefined> {
  const labelSelector = `pipeline/runid=${id}`;
  const [workflow] = (await kube.list<Workflow>(workflowType, { namespace, labelSelector })).items;
  if (!workflow) return undefined;
  const { phase, message, startedAt, finishedAt, nodes = {} } = workflow.status ?? {};
  const tasks = Object.values(nodes)
    .filter(({ type, displayName }) => type === 'Pod' && !displayName.endsWith('driver'))
    .sort((left, right) => (left.startedAt ?? '').localeCompare(right.startedAt ?? ''))
    .map((node): Task => {
      // The executor says what it is, the task around it how it is called.
      const around = node.displayName === 'executor' ? nodes[node.boundaryID ?? ''] : undefined;
      return { name: around?.displayName ?? node.displayName, ...facts(node) };
    });
  return { name, pipeline, ...facts({ phase, message, startedAt, finishedAt }), tasks };
}

interface NodeFacts {
  readonly phase?: string | undefined;
  readonly message?: string | undefined;
  readonly startedAt?: string | null | undefined;
  readonly finishedAt?: string | null | undefined;
}

function facts({ phase, message, startedAt, finishedAt }: NodeFacts) {
  const state = phase === 'Error' ? 'Failed' : (phase ?? 'Pending');
  return { state, message, startedAt: startedAt ?? undefined, finishedAt: finishedAt ?? undefined };
}

const logQuery = { tailLines: 500, limitBytes: 262_144 };
/** Of an ended run so many tasks are searched for metrics, newest first. */
const mostLogs = 4;

/** The newest line of what runs, and the metrics that the logs tell. */
async function withLogs(
  kube: Kube,
  namespace: string,
  run: Omit<RunView, 'tasks'> & { readonly tasks: readonly Task[] },
): Promise<RunView> {
  const running = run.tasks.filter(({ state, pod }) => state === 'Running' && pod !== undefined);
  const ended = run.tasks.filter(({ pod }) => pod !== undefined).toReversed();
  const read = (running.length > 0 ? running : ended).slice(0, mostLogs);
  const logs = new Map(
    await Promise.all(read.map(async (task) => [task, await logOf(kube, namespace, task)] as const)),
  );
  const metrics = [...logs.values()].map(metricsOfLog).find((series) => series.length > 0) ?? [];
  const tasks = run.tasks.map((task): TaskView => {
    const lastLogLine = logs.get(task)?.at(-1);
    return task.state === 'Running' && lastLogLine !== undefined ? { ...task, lastLogLine } : task;
  });
  return { ...run, tasks, metrics };
}

async function logOf(kube: Kube, namespace: string, { pod = '', containers = [] }: Task): Promise<readonly string[]> {
  const container = containers.at(-1);
  try {
    const text = await kube.logs(
      { namespace, name: pod },
      { ...logQuery, ...(container !== undefined && { container }) },
    );
    return text.split('\n').filter((line) => line.trim() !== '');
  } catch (error) {
    // Not started, gone already, or not for these eyes: a tree without a log is still a tree.
    if (error instanceof KubeApiError && error.status >= 400 && error.status < 500) return [];
    throw error;
  }
}

/** Lines of the newest step that has a log, or of the step named; undefined when the run cannot be seen. */
export async function readRunLog(
  { kube }: { readonly kube: Kube },
  { backend, namespace, name }: RunName,
  step?: string,
): Promise<readonly string[] | undefined> {
  if (backend !== 'tekton') return undefined;
  const labelSelector = `tekton.dev/pipelineRun=${name}${step === undefined ? '' : `,tekton.dev/pipelineTask=${step}`}`;
  const { items } = await kube.list<TektonTaskRun>(resourceTypes.taskRun, { namespace, labelSelector });
  const newest = items
    .filter(({ status }) => status?.podName !== undefined)
    .sort((left, right) => (right.status?.startTime ?? '').localeCompare(left.status?.startTime ?? ''))
    .map((item) => tektonTask(item.metadata.name, item, false))[0];
  return newest && logOf(kube, namespace, newest);
}
