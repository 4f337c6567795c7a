import type { KfpClient } from '../../../backends/kfp/kfp-client.ts';
import type {
  KfpEvent,
  KfpNode,
  KfpPod,
  KfpRunFacts,
  KfpTaskLog,
  KfpWorkflow,
} from '../../../backends/kfp/kfp-facts.ts';
import type { KfpRun, KfpTask } from '../../../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../../../backends/kfp/kfp-refused-error.ts';
import { logLines } from '../../log-lines.ts';
import type { ToolContext } from '../../tool.ts';
import { isGoing } from '../kfp-data.ts';

/** What a diagnosis is made of. */
export interface Facts {
  readonly run: KfpRun;
  readonly workflows: readonly KfpWorkflow[];
  readonly tasks: readonly KfpTask[];
  /** The node that failed first, deepest in the pipeline; while the run goes on, one that waits and says for what. */
  readonly failure: KfpNode | undefined;
  /** The pod behind it; while the run goes on, the pod that does not get going. */
  readonly pod: KfpPod | undefined;
  /** The task all this is about; undefined when it is the run as a whole. */
  readonly task: string | undefined;
  readonly log: readonly string[];
  /** Warnings, oldest first. */
  readonly events: readonly KfpEvent[];
  /** What the run-as account may not read, or nobody can: the findings are worth less without it. */
  readonly unreadable: readonly string[];
  readonly now: Date;
}

const mostEvents = 10;
const tailLines = 40;

/** Walks from the run through Workflow, pods and Events to the log of the task in question. */
export async function gatherFacts(client: KfpClient, run: KfpRun, context: ToolContext): Promise<Facts> {
  const [facts, tasks] = await Promise.all([client.collectFacts(run.id, context), client.listTasks(run.id, context)]);
  const failure = run.state === 'Succeeded' ? undefined : suspectOf(facts, { run, tasks });
  const failedTask = run.state === 'Failed' ? innermost(tasks.filter(({ state }) => state === 'Failed')) : undefined;
  const ofNode = facts.pods.find(({ name }) => name === failure?.podName);
  const pod = ofNode ?? (failure ? undefined : stuckPod(facts.pods));
  const task = [failure?.task, failedTask?.name, pod?.task].find((name) => name !== undefined && name !== '');
  const log = task === undefined || run.state === 'Succeeded' ? none : await readLog(client, { run, task }, context);
  return {
    run,
    workflows: facts.workflows,
    tasks,
    failure,
    pod,
    task,
    log: log.lines,
    events: facts.events.filter(({ type }) => type === 'Warning').slice(-mostEvents),
    unreadable: [...facts.unreadable, ...log.unreadable],
    now: context.clock.now(),
  };
}

type Place = Pick<Facts, 'run' | 'tasks'>;

/** The node that failed first, deepest in the pipeline; while the run goes on, one that waits and says for what. */
function suspectOf({ failures, workflows }: KfpRunFacts, place: Place): KfpNode | undefined {
  const failed = failures.find((node) => isToBlame(node, place));
  if (failed || !isGoing(place.run)) return failed;
  return workflows[0]?.nodes.find(
    ({ type, phase, message }) => type === 'Pod' && phase === 'Pending' && message !== '',
  );
}

/** An attempt that failed is history when a later one succeeded, or is still going on. */
function isToBlame({ task }: KfpNode, { run, tasks }: Place): boolean {
  const state = tasks.find(({ name }) => name === task)?.state;
  return run.state === 'Failed' ? state !== 'Succeeded' : state === 'Failed';
}

/** Groups fail along with the task inside them that did. */
function innermost(failed: readonly KfpTask[]): KfpTask | undefined {
  const parents = new Set(failed.map(({ parent }) => parent));
  return failed.find(({ name }) => !parents.has(name));
}

/** While a run goes on, a pod that does not get going is worth a look. */
function stuckPod(pods: readonly KfpPod[]): KfpPod | undefined {
  return pods.find(({ phase }) => phase === 'Failed') ?? pods.find(({ phase }) => phase === 'Pending');
}

interface TaskLog {
  readonly lines: readonly string[];
  readonly unreadable: readonly string[];
}
const none: TaskLog = { lines: [], unreadable: [] };

async function readLog(
  client: KfpClient,
  { run, task }: { readonly run: KfpRun; readonly task: string },
  context: ToolContext,
): Promise<TaskLog> {
  try {
    const logs = await client.readLogs({ runId: run.id, task, tailLines }, context);
    const lines = logs.findLast(isText)?.text;
    const reasons = logs.flatMap((log) => (log.kind === 'unavailable' ? [`log of ${log.task}: ${log.reason}`] : []));
    return lines === undefined ? { lines: [], unreadable: reasons } : { lines: logLines(lines), unreadable: [] };
  } catch (error) {
    // A diagnosis without log is better than none, and says what it lacks.
    if (!(error instanceof KfpRefusedError)) throw error;
    return { lines: [], unreadable: [`log of ${task}: ${error.message}`] };
  }
}

function isText(log: KfpTaskLog): log is KfpTaskLog & { kind: 'text' } {
  return log.kind === 'text';
}
