import type { KfpEvent } from '../../../backends/kfp/kfp-facts.ts';
import { exitCodeHints, type FailureCause } from '../../failure-causes.ts';
import { cleanLine, errorLineOf, lastLines } from '../../log-lines.ts';
import { shortened } from '../kfp-data.ts';
import { advice } from './advice.ts';
import { classify } from './classify.ts';
import type { Facts } from './facts.ts';

export interface Diagnosis {
  readonly cause: FailureCause;
  readonly task?: string;
  readonly exitCode?: number;
  readonly attempts?: number;
  readonly message: string;
  /** The line of the log that most likely says what was wrong, where the program itself failed. */
  readonly logLine?: string;
  readonly logTail: readonly string[];
  readonly events: readonly string[];
  readonly otherFailedTasks: readonly string[];
  /** Tasks that were not begun, because what they wait for failed. */
  readonly omittedTasks: readonly string[];
  /** What could not be read: the findings are worth less without it. */
  readonly unreadable: readonly string[];
  readonly whatToTry: readonly string[];
}

const logCharacters = 3_000;
const eventCharacters = 250;
const causesOfPrograms: readonly FailureCause[] = ['UserException', 'OutOfMemory'];

export function diagnose(facts: Facts): Diagnosis {
  const { cause, message } = classify(facts);
  const place = cause === 'None' ? {} : placeOf(facts, cause);
  return {
    cause,
    ...place,
    message: cleanLine(message),
    ...logLineOf(facts, cause),
    logTail: lastLines(facts.log, logCharacters),
    events: facts.events.map(eventText),
    ...othersOf(facts),
    unreadable: facts.unreadable.map(cleanLine),
    whatToTry: [...exitCodeHint(cause, place.exitCode), ...advice[cause]],
  };
}

/** Pods that were ended from outside carry an exit code that no program gave. */
function placeOf(facts: Facts, cause: FailureCause): Pick<Diagnosis, 'task' | 'exitCode' | 'attempts'> {
  const { failure, task, tasks } = facts;
  if (task === undefined) return {};
  const attempts = tasks.find(({ name }) => name === task)?.attempts ?? 1;
  const exitCode = causesOfPrograms.includes(cause) ? failure?.exitCode : undefined;
  return {
    task: titleOf(task, facts),
    ...(exitCode !== undefined && { exitCode }),
    ...(attempts > 1 && { attempts }),
  };
}

function logLineOf({ log }: Facts, cause: FailureCause): Pick<Diagnosis, 'logLine'> {
  const logLine = causesOfPrograms.includes(cause) ? errorLineOf(log) : undefined;
  return logLine === undefined ? {} : { logLine };
}

function titleOf(task: string, { tasks, failure }: Facts): string {
  const title = tasks.find(({ name }) => name === task)?.displayName ?? task;
  return failure?.role === 'driver' && failure.task === task ? `${title} (while it was prepared)` : title;
}

/** Groups fail along with the tasks inside them, and are no news. */
function othersOf({ tasks, task }: Facts): Pick<Diagnosis, 'otherFailedTasks' | 'omittedTasks'> {
  const groups = new Set(tasks.map(({ parent }) => parent));
  const leaves = tasks.filter(({ name }) => !groups.has(name));
  const titles = (state: string) => leaves.filter((entry) => entry.state === state && entry.name !== task);
  return {
    otherFailedTasks: titles('Failed').map(({ displayName }) => displayName),
    omittedTasks: titles('Omitted').map(({ displayName }) => displayName),
  };
}

function exitCodeHint(cause: FailureCause, exitCode: number | undefined): readonly string[] {
  const hint = cause === 'UserException' ? exitCodeHints[exitCode ?? 0] : undefined;
  return hint === undefined ? [] : [hint];
}

function eventText({ objectKind, objectName, reason, message, count }: KfpEvent): string {
  const times = count > 1 ? ` (${count} times)` : '';
  return shortened(cleanLine(`${objectKind} ${objectName}: ${reason}${times}: ${message}`), eventCharacters);
}
