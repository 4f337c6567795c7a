import type { TektonEvent } from '../../../backends/tekton/tekton-objects.ts';
import { exitCodeHints, type FailureCause } from '../../failure-causes.ts';
import { cleanLine, errorLineOf, lastLines } from '../../log-lines.ts';
import { advice } from './advice.ts';
import { classify } from './classify.ts';
import type { Facts } from './facts.ts';

export interface Diagnosis {
  readonly cause: FailureCause;
  readonly task?: string;
  readonly step?: string;
  readonly exitCode?: number;
  readonly attempts?: number;
  readonly message: string;
  /** The line of the log that most likely says what was wrong, where the program itself failed. */
  readonly logLine?: string;
  readonly logTail: readonly string[];
  readonly events: readonly string[];
  readonly otherFailedTasks: readonly string[];
  /** What the run-as account may not read: pods, logs, events. */
  readonly unreadable: readonly string[];
  readonly whatToTry: readonly string[];
}

const logCharacters = 3_000;

export function diagnose(facts: Facts): Diagnosis {
  const { cause, message } = classify(facts);
  const place = cause === 'None' ? {} : placeOf(facts, cause);
  const failed = facts.taskRuns.filter(({ state, task }) => state === 'Failed' && task !== place.task);
  return {
    cause,
    ...place,
    message: cleanLine(message),
    ...logOf(facts, cause),
    events: facts.events.map(eventText),
    unreadable: facts.unreadable,
    otherFailedTasks: failed.map(({ task }) => task),
    whatToTry: [...exitCodeHint(cause, place.exitCode), ...advice[cause]],
  };
}

/** Steps that Tekton ended itself, after a timeout for example, carry an exit code that no program gave. */
const causesWithExitCode: readonly FailureCause[] = ['UserException', 'OutOfMemory'];

function placeOf(
  { suspects: [suspect] }: Facts,
  cause: FailureCause,
): Pick<Diagnosis, 'task' | 'step' | 'exitCode' | 'attempts'> {
  if (!suspect) return {};
  const { taskRun, step } = suspect;
  return {
    task: taskRun.task,
    ...(taskRun.attempts > 1 && { attempts: taskRun.attempts }),
    ...(step && { step: step.name }),
    ...(step?.exitCode !== undefined && causesWithExitCode.includes(cause) && { exitCode: step.exitCode }),
  };
}

function logOf({ suspects: [suspect] }: Facts, cause: FailureCause): Pick<Diagnosis, 'logLine' | 'logTail'> {
  const log = suspect?.log ?? [];
  const logLine = cause === 'UserException' ? errorLineOf(log) : undefined;
  return { ...(logLine !== undefined && { logLine }), logTail: lastLines(log, logCharacters) };
}

function exitCodeHint(cause: FailureCause, exitCode: number | undefined): readonly string[] {
  const hint = cause === 'UserException' ? exitCodeHints[exitCode ?? 0] : undefined;
  return hint === undefined ? [] : [hint];
}

function eventText({ objectKind, objectName, reason, message, count }: TektonEvent): string {
  const times = count > 1 ? ` (${count} times)` : '';
  return cleanLine(`${objectKind} ${objectName}: ${reason}: ${message}${times}`);
}
