import type { TektonClient, TektonScope } from '../../../backends/tekton/tekton-client.ts';
import type {
  TektonEvent,
  TektonPod,
  TektonRun,
  TektonStep,
  TektonTaskRun,
} from '../../../backends/tekton/tekton-objects.ts';
import { TektonRefusedError } from '../../../backends/tekton/tekton-refused-error.ts';
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
  /** What the run-as account may not read: the findings are worth less without it. */
  readonly unreadable: readonly string[];
}

const mostSuspects = 3;
const mostEvents = 10;
const tailLines = 40;

/** Walks from the run through its TaskRuns to steps, pods, events and logs. */
export async function gatherFacts(tekton: TektonClient, run: TektonRun, scope: TektonScope): Promise<Facts> {
  const taskRuns = await tekton.listTaskRuns(run, scope);
  const suspected = run.state === 'Succeeded' ? [] : taskRuns.filter(isSuspect).sort(worstFirst).slice(0, mostSuspects);
  const reading = new LenientReading();
  const suspects = await Promise.all(suspected.map((taskRun) => gatherSuspect({ tekton, scope, reading }, taskRun)));
  const names = [run.name, ...suspects.flatMap(({ taskRun }) => [taskRun.name, ...podNameOf(taskRun)])];
  const events = await Promise.all(names.map((name) => reading.of('events', [], () => tekton.listEvents(name, scope))));
  const warnings = events.flat().filter(({ type }) => type === 'Warning');
  return { run, taskRuns, suspects, events: warnings.slice(-mostEvents), unreadable: [...reading.unreadable] };
}

interface Source {
  readonly tekton: TektonClient;
  readonly scope: TektonScope;
  readonly reading: LenientReading;
}

async function gatherSuspect({ tekton, scope, reading }: Source, taskRun: TektonTaskRun): Promise<Suspect> {
  const step =
    taskRun.steps.find(({ state, reason }) => state === 'Failed' && reason !== 'Skipped') ??
    taskRun.steps.find(({ state }) => state === 'Waiting' || state === 'Running');
  const [podName] = podNameOf(taskRun);
  const pod =
    podName === undefined ? undefined : await reading.of('pods', undefined, () => tekton.getPod(podName, scope));
  const query = { steps: step ? [{ taskRun, step }] : [], tailLines };
  const [log] = await reading.of('logs', [], () => readStepLogs(tekton, query, scope));
  return { taskRun, pod, step, log: log?.lines ?? [] };
}

function podNameOf({ podName }: TektonTaskRun): readonly string[] {
  return podName === undefined ? [] : [podName];
}

/** An account that may see runs but not pods, logs or events still gets a diagnosis, which says what it lacks. */
class LenientReading {
  readonly unreadable = new Set<string>();

  async of<T>(what: string, otherwise: T, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof TektonRefusedError) || error.code !== 'Forbidden') throw error;
      this.unreadable.add(what);
      return otherwise;
    }
  }
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
