import type { TektonClient, TektonScope } from '../../backends/tekton/tekton-client.ts';
import type { TektonStep, TektonTaskRun } from '../../backends/tekton/tekton-objects.ts';
import { lastLines, logLines } from '../log-lines.ts';

export interface StepLogs {
  readonly task: string;
  readonly step: string;
  /** `gone`: the pod was deleted; `unavailable`: the step has not begun. */
  readonly state: 'read' | 'gone' | 'unavailable';
  readonly lines: readonly string[];
  /** Lines before these that are not shown. */
  readonly cutLines: number;
  readonly note?: string;
}

interface LogQuery {
  readonly steps: readonly { readonly taskRun: TektonTaskRun; readonly step: TektonStep }[];
  readonly tailLines: number;
  readonly grep?: string | undefined;
}

/** What a model is shown of all logs together, in characters of JSON; the end of each log is what stays. */
const shownCharacters = 6_000;
/** With grep the text is looked for in so many lines from the end. */
const searchedLines = 20_000;

export async function readStepLogs(
  tekton: TektonClient,
  query: LogQuery,
  scope: TektonScope,
): Promise<readonly StepLogs[]> {
  const logs = await Promise.all(query.steps.map((entry) => readOne(tekton, { ...query, ...entry }, scope)));
  const speaking = logs.filter(({ lines }) => lines.length > 0).length;
  return logs.map((log) => {
    const lines = lastLines(log.lines, shownCharacters / Math.max(1, speaking));
    return { ...log, lines, cutLines: log.cutLines + log.lines.length - lines.length };
  });
}

interface OneLog extends LogQuery {
  readonly taskRun: TektonTaskRun;
  readonly step: TektonStep;
}

async function readOne(
  tekton: TektonClient,
  { taskRun, step, tailLines, grep }: OneLog,
  scope: TektonScope,
): Promise<StepLogs> {
  const place = { task: taskRun.task, step: step.name };
  const none = { lines: [], cutLines: 0 };
  if (taskRun.podName === undefined) {
    return { ...place, ...none, state: 'unavailable', note: 'The task has no pod yet.' };
  }
  const wanted = grep === undefined ? tailLines : searchedLines;
  const query = { pod: taskRun.podName, container: step.container, tailLines: wanted };
  const log = await tekton.readLog(query, scope);
  if (log.kind === 'gone') {
    return { ...place, ...none, state: 'gone', note: `Pod ${taskRun.podName} was deleted, and its log with it.` };
  }
  if (log.kind === 'unavailable') return { ...place, ...none, state: 'unavailable', note: log.reason };
  const text = grep?.toLowerCase();
  const lines = logLines(log.text).filter((line) => text === undefined || line.toLowerCase().includes(text));
  const shown = lines.slice(-tailLines);
  return { ...place, state: 'read', lines: shown, cutLines: lines.length - shown.length };
}
