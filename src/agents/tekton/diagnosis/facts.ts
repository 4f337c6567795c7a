import type { TektonClient, TektonScope } from '../../../backends/tekton/tekton-client.ts';
import type { TektonEvent, TektonPod, TektonRun, TektonStep, TektonTaskRun } from '../../../backends/tekton/tekton-objects.ts';
import { readStepLogs } from '../read-step-logs.ts';

export interface Suspect {
  readonly taskRun: TektonTaskRun;
  /** Absent when there is none, or none any more. */
  readonly pod: TektonPod | undefined;
  /** The step that ended badly, or else the one that does not start. */
  readonly step: TektonStep | undefined;
  readonly log: readonly string[];
}

export interface Facts {
  readonly run: TektonRun;
  readonly taskRuns: readonly TektonTaskRun[];
  /** The most telling first. */
  readonly suspects: readonly Suspect[];
  /** Warnings about the run, the suspects and their pods, oldest first. */
  readonly events: readonly TektonEvent[];
}

const mostSuspects = 3;
const mostEvents = 10;
const tailLines = 40;

/** Walks from the run through its TaskRuns to steps, pods, events and logs. */
export async function gatherFacts(tekton: TektonClient, run: TektonRun, scope: TektonScope): Promise<Facts> {
  const taskRuns = await tekton.listTaskRuns(run, scope);
  const suspected = run.state === 'Succeeded' ? [] : taskRuns.filter(isSuspect).sort(worstFirst).slice(0, mostSuspects);
  const suspects = await Promise.all(suspected.map((taskRun) => gatherSuspect(tekton, taskRun, scope)));
  const names = [
    run.name,
    ...suspects.flatMap(({ taskRun }) => [taskRun.name, ...(taskRun.podName === undefined ? [] : [taskRun.podName])]),
  ];
  const events = await Promise.all(names.map((name) => tekton.listEvents(name, scope)));
  const warnings = events.flat().filter(({ type }) => type === 'Warning');
  return { run, taskRuns, suspects, events: warnings.slice(-mostEvents) };
}

async function gatherSuspect(tekton: TektonClient, taskRun: TektonTaskRun, scope: TektonScope): Promise<Suspect> {
  const step =
    taskRun.steps.find(({ state, reason }) => state === 'Failed' && reason !== 'Skipped') ??
    taskRun.steps.find(({ state }) => state === 'Waiting' || state === 'Running');
  const pod = taskRun.podName === undefined ? undefined : await tekton.getPod(taskRun.podName, scope);
  const [log] = step ? await readStepLogs(tekton, { steps: [{ taskRun, step }], tailLines }, scope) : [];
  return { taskRun, pod, step, log: log?.lines ?? [] };
}

/** While a run goes on, a task that does not get going is worth a look as well. */
function isSuspect({ state }: TektonTaskRun): boolean {
  return state !== 'Succeeded';
}

const rank: Readonly<Record<TektonTaskRun['state'], number>> = {
  Failed: 0,
  Cancelled: 1,
  Pending: 2,
  Running: 3,
  Succeeded: 4,
};

/** Failed before cancelled before waiting; of several that failed the first one, because the others may follow from it. */
function worstFirst(left: TektonTaskRun, right: TektonTaskRun): number {
  if (left.state !== right.state) return rank[left.state] - rank[right.state];
  return (left.finishedAt ?? '~') < (right.finishedAt ?? '~') ? -1 : 1;
}
