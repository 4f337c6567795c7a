import type { KfpNode, KfpWorkflow } from './kfp-facts.ts';
import type { KfpPipelineTask, KfpTask } from './kfp-objects.ts';
import { placeOf } from './node-path.ts';
import type { WireTask } from './wire.ts';

interface TaskSources {
  /** Declared tasks; empty when the specification cannot be read. */
  readonly declared: readonly KfpPipelineTask[];
  /** What Argo says; undefined when it cannot be read. */
  readonly workflow: KfpWorkflow | undefined;
  /** What KFP copied of it. */
  readonly details: readonly WireTask[];
  readonly hasEnded: boolean;
}

/** The tasks of a run as people know them, in the order of the pipeline. */
export function listTasksOf(sources: TaskSources): readonly KfpTask[] {
  const progress = sources.workflow ? progressOfNodes(sources.workflow.nodes) : progressOfDetails(sources);
  const unseen: Progress = { ...none, state: sources.hasEnded ? 'Omitted' : 'Pending' };
  if (sources.declared.length === 0) {
    return [...progress].map(([name, found]) => ({ name, displayName: name, after: [], ...found }));
  }
  return sources.declared.map(({ name, displayName, parent, after }) => ({
    name,
    displayName,
    parent,
    after,
    ...(progress.get(name) ?? unseen),
  }));
}

type Progress = Omit<KfpTask, 'name' | 'displayName' | 'parent' | 'after'>;

const none: Progress = { state: 'Pending', isCached: false, attempts: 0 };

function progressOfNodes(nodes: readonly KfpNode[]): ReadonlyMap<string, Progress> {
  const byTask = Map.groupBy(
    nodes.filter(({ task }) => task !== ''),
    ({ task }) => task,
  );
  return new Map([...byTask].map(([task, own]) => [task, progressOf(own)]));
}

function progressOf(nodes: readonly KfpNode[]): Progress {
  const pods = nodes.filter(({ type }) => type === 'Pod');
  const runs = pods.filter(({ role }) => role === 'executor');
  const failed = pods.findLast(({ phase }) => phase === 'Failed' || phase === 'Error');
  const last = runs.at(-1) ?? failed;
  const state = stateOf(nodes);
  const said = state === 'Failed' ? failed?.message : last?.message;
  const ends = nodes.map(({ finishedAt }) => finishedAt);
  return {
    state,
    startedAt: earliest((runs.length > 0 ? runs : nodes).map(({ startedAt }) => startedAt)),
    finishedAt: state === 'Running' || state === 'Pending' ? undefined : latest(ends),
    isCached: nodes.some(({ isCached }) => isCached),
    attempts: runs.length,
    message: said === '' ? undefined : said,
    podName: last?.podName,
  };
}

/** A task may have run several times (a loop): the worst of them counts. Its driver counts while there is no more. */
function stateOf(nodes: readonly KfpNode[]): KfpTask['state'] {
  const owned = nodes.filter(({ role }) => role === 'other');
  const drivers = nodes.filter(({ role, type }) => role === 'driver' && type !== 'Pod');
  const driverStates = (drivers.length > 0 ? drivers : nodes.filter(({ role }) => role === 'driver')).map(stateOfPhase);
  if (driverStates.includes('Failed')) return 'Failed';
  // With retries each attempt is a node below the one that tells the outcome.
  const outcomes = owned.filter(({ path }) => !path.endsWith(')'));
  const states = (outcomes.length > 0 ? outcomes : owned).map(stateOfPhase);
  const worst = order.find((state) => states.includes(state));
  if (worst !== undefined) return worst;
  return driverStates.length > 0 ? 'Running' : 'Pending';
}

const order = ['Failed', 'Running', 'Pending', 'Succeeded', 'Skipped', 'Omitted'] as const;

function stateOfPhase({ phase }: KfpNode): KfpTask['state'] {
  if (phase === 'Error') return 'Failed';
  return order.find((state) => state === phase) ?? 'Pending';
}

const detailStates: Readonly<Record<string, KfpTask['state']>> = {
  RUNNING: 'Running',
  SUCCEEDED: 'Succeeded',
  SKIPPED: 'Skipped',
  FAILED: 'Failed',
  CANCELING: 'Running',
  CANCELED: 'Failed',
  PENDING: 'Pending',
};

/**
 * KFP's copy is flat: `train`, its attempt `train(0)`, its driver, and `executor` for all of them alike. What is named
 * like a task is one.
 */
function progressOfDetails({ details, declared, hasEnded }: TaskSources): ReadonlyMap<string, Progress> {
  const names = new Set(declared.map(({ name }) => name));
  const own = details.filter(({ display_name: name }) => (names.size > 0 ? names.has(name) : isTaskName(name)));
  const sorted = own.toSorted((left, right) => Date.parse(left.start_time ?? '') - Date.parse(right.start_time ?? ''));
  const byTask = Map.groupBy(sorted, ({ display_name: name }) => name);
  return new Map([...byTask].map(([name, found]) => [name, progressOfDetail(found, hasEnded)]));
}

function progressOfDetail(found: readonly WireTask[], hasEnded: boolean): Progress {
  const states = found.map(({ state }) => detailStates[state] ?? (hasEnded ? 'Omitted' : 'Pending'));
  const state = order.find((each) => states.includes(each)) ?? 'Pending';
  return {
    state,
    startedAt: earliest(found.map(({ start_time }) => start_time)),
    finishedAt: state === 'Running' || state === 'Pending' ? undefined : latest(found.map(({ end_time }) => end_time)),
    isCached: false,
    attempts: 0,
  };
}

/** Without the specification: neither attempt, driver, wrapper nor the Workflow itself (`churn-x7b2q`). */
function isTaskName(name: string): boolean {
  const isWorkflow = /-[a-z0-9]{5}$/.test(name);
  return !isWorkflow && !name.endsWith(')') && placeOf(`run.${name}`, '').task === name;
}

function earliest(times: readonly (string | undefined)[]): string | undefined {
  return times.filter((time) => time !== undefined).toSorted(byInstant)[0];
}

function latest(times: readonly (string | undefined)[]): string | undefined {
  return times
    .filter((time) => time !== undefined)
    .toSorted(byInstant)
    .at(-1);
}

function byInstant(left: string, right: string): number {
  return Date.parse(left) - Date.parse(right);
}
