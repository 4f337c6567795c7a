import { type Json } from './recorded-lines.ts';

/** An answer as the recording keeps it. */
export interface ComparableAnswer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Json;
}

/** Fields whose text is of no account: internal wording, stacks, tokens, random ids of tasks. */
const anyText = new Set([
  'message',
  'error_details',
  'next_page_token',
  'task_id',
  'state_message',
  'pipeline_manifest',
  'workflow_manifest',
]);

/** @returns what differs, a line each; status, type, keys, JSON types, values, order of lists */
export function differences(recorded: ComparableAnswer, actual: ComparableAnswer, isUnfiltered: boolean): string[] {
  const found: string[] = [];
  if (recorded.status !== actual.status) found.push(`status ${actual.status} instead of ${recorded.status}`);
  if (recorded.contentType !== actual.contentType) {
    found.push(`content type ${String(actual.contentType)} instead of ${String(recorded.contentType)}`);
  }
  compare(recorded.body, actual.body, { path: '', found, isUnfiltered });
  return found;
}

interface Place {
  readonly path: string;
  readonly found: string[];
  readonly isUnfiltered: boolean;
}

function compare(recorded: Json, actual: Json, place: Place): void {
  if (typeOf(recorded) !== typeOf(actual)) {
    place.found.push(`${place.path}: ${shown(actual)} instead of ${shown(recorded)}`);
  } else if (Array.isArray(recorded)) compareLists(recorded, actual as Json[], place);
  else if (typeof recorded === 'object' && recorded !== null) compareObjects(recorded, actual as Fields, place);
  else if (!isSame(recorded, actual, place))
    place.found.push(`${place.path}: ${shown(actual)} instead of ${shown(recorded)}`);
}

type Fields = Readonly<Record<string, Json>>;

function compareLists(recorded: readonly Json[], actual: readonly Json[], place: Place): void {
  if (recorded.length !== actual.length) {
    place.found.push(`${place.path}: ${actual.length} entries instead of ${recorded.length}`);
    return;
  }
  const isTasks = place.path.endsWith('.task_details');
  if (isTasks) requireSortedTasks(actual, place);
  const [left, right] = isTasks ? [byName(recorded), byName(actual)] : [recorded, actual];
  for (const [index, one] of left.entries()) {
    compare(one, right[index] ?? null, { ...place, path: `${place.path}[${index}]` });
  }
}

/** Tasks come in the order of their random ids; which task gets which place is chance. */
function requireSortedTasks(tasks: readonly Json[], place: Place): void {
  const ids = tasks.map((task) => (task as { task_id: string }).task_id);
  if (ids.some((id, index) => id < (ids[index - 1] ?? '')))
    place.found.push(`${place.path}: not in the order of task_id`);
}

const byName = (tasks: readonly Json[]) => tasks.toSorted((left, right) => (taskKey(left) < taskKey(right) ? -1 : 1));

function taskKey(task: Json): string {
  const { display_name, child_tasks = [], state = '', start_time = '', state_history = [] } = task as Fields;
  return JSON.stringify([display_name, child_tasks, state, (state_history as Json[]).length, start_time]);
}

function compareObjects(recorded: Fields, actual: Fields, place: Place): void {
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(actual)])) {
    const path = `${place.path}.${key}`;
    const [left, right] = [recorded[key], actual[key]];
    if (left === undefined) place.found.push(`${path}: superfluous ${shown(right)}`);
    else if (right === undefined) place.found.push(`${path}: missing, was ${shown(left)}`);
    else compare(left, right, { ...place, path });
  }
}

function isSame(recorded: Json, actual: Json, { path, isUnfiltered }: Place): boolean {
  if (recorded === actual) return true;
  const key = /\.(\w+)(?:\[\d+\])?$/u.exec(path)?.[1] ?? '';
  // Some set-up calls were left out of the recording.
  if (key === 'total_size') return isUnfiltered;
  if (typeof recorded !== 'string' || typeof actual !== 'string') return false;
  // The readable message of an error stands in its details.
  return (anyText.has(key) && !path.includes('.details[')) || isSameText(recorded, actual);
}

function isSameText(recorded: string, actual: string): boolean {
  if (!timePattern.test(recorded)) return normal(recorded) === normal(actual);
  return timePattern.test(actual) && meaningOf(recorded) === meaningOf(actual);
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/u;

/** 1970 and year 1 mean something; any other time is a time. */
function meaningOf(time: string): string {
  return time.startsWith('1970-') || time.startsWith('0001-') ? time : 'time';
}

/** Chance in messages: which of several missing parameters is named, Go's print of a structure, ids of S3 requests. */
function normal(text: string): string {
  return text
    .replace(/^parameter \w+ is not optional/u, 'parameter … is not optional')
    .replace(/&Workflow\{.*\}/su, '&Workflow{}')
    .replaceAll(/(RequestID|HostID): \w+/gu, '$1: …');
}

const typeOf = (value: Json) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const shown = (value: Json | undefined) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 160));
