import { elapsedText } from './elapsed.ts';
import type { Layout, Look } from './look.ts';
import { safeLine } from './safe-text.ts';
import { metricLine, type MetricSeries } from './sparkline.ts';
import { marks, styled, type Marks, type Tone } from './style.ts';
import { fitted, widthOf } from './width.ts';

interface Times {
  /** RFC 3339. */
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  /** Where the times themselves are not known. */
  readonly durationSeconds?: number | undefined;
}

export interface TaskView extends Times {
  readonly name: string;
  /** Pending, Running, Succeeded, Failed, Cancelled, Skipped, or a word of the backend's own. */
  readonly state: string;
  readonly message?: string | undefined;
  readonly isCached?: boolean | undefined;
  /** Shown while it runs. */
  readonly lastLogLine?: string | undefined;
  /** What it consists of. */
  readonly tasks?: readonly TaskView[] | undefined;
}

export interface RunView extends Times {
  readonly name: string;
  readonly pipeline?: string | undefined;
  readonly state: string;
  readonly message?: string | undefined;
  readonly tasks: readonly TaskView[];
  /** How many tasks there will be, when that is known. */
  readonly taskCount?: number | undefined;
  readonly metrics?: readonly MetricSeries[] | undefined;
}

export interface TreeContext {
  readonly layout: Layout;
  readonly now: Date;
}

/** A run with its tasks, one line each, and what each of them says. */
export function renderRunTree(run: RunView, { layout, now }: TreeContext): string {
  const pipeline = run.pipeline === undefined ? '' : ` (${safeLine(run.pipeline)})`;
  const head = stateLines(
    { ...run, name: `${safeLine(run.name)}${pipeline}` },
    { layout, now },
    { own: '', below: '' },
  );
  const lines = [
    ...head,
    ...progressLine(run, layout),
    ...branches(run.tasks, { layout, now }, ''),
    ...(run.metrics ?? []).map((metric) => fittedTail('  ', metricLine(metric, layout), layout)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const deepest = 8;

function branches(tasks: readonly TaskView[], context: TreeContext, trunk: string): readonly string[] {
  const mark = marks(context.layout.look);
  const { words } = context.layout.look;
  return tasks.flatMap((task, index) => {
    const isLast = index === tasks.length - 1;
    const [own, below] = words
      ? [`${trunk}  `, `${trunk}  `]
      : [trunk + (isLast ? mark.lastBranch : mark.branch), trunk + (isLast ? '   ' : mark.trunk)];
    const inner = trunk.length / 3 < deepest ? (task.tasks ?? []) : [];
    return [...stateLines(task, context, { own, below }), ...branches(inner, context, below)];
  });
}

const states: Readonly<Record<string, { mark: keyof Marks; tone: Tone }>> = {
  Pending: { mark: 'pending', tone: 'faint' },
  Running: { mark: 'running', tone: 'busy' },
  Succeeded: { mark: 'done', tone: 'good' },
  Cached: { mark: 'done', tone: 'good' },
  Failed: { mark: 'failed', tone: 'bad' },
  Cancelled: { mark: 'cancelled', tone: 'attention' },
  Skipped: { mark: 'skipped', tone: 'faint' },
  Omitted: { mark: 'skipped', tone: 'faint' },
};

interface Prefixes {
  /** Before the line of the task. */
  readonly own: string;
  /** Before what stands below it. */
  readonly below: string;
}

function stateLines(task: TaskView, { layout, now }: TreeContext, { own, below }: Prefixes): readonly string[] {
  const { look, columns } = layout;
  const { mark, tone } = stateMark(task.state, look);
  const said = factsOf(task, look, now);
  const tail = look.words ? `: ${said.join(', ')}` : said.map((fact) => ` ${fact}`).join('');
  const name = fitted(safeLine(task.name), Math.max(8, columns - widthOf(own + mark + tail)), look);
  const line = `${own}${styled(look, tone, mark)}${name}${styled(look, 'faint', tail)}`;
  const note = noteOf(task);
  return note === '' ? [line] : [line, fittedTail(`${below}${look.words ? '    ' : '  '}`, note, layout)];
}

function stateMark(state: string, look: Look): { readonly mark: string; readonly tone: Tone } {
  const known = states[state];
  if (look.words) return { mark: '', tone: 'faint' };
  return known ? { mark: `${marks(look)[known.mark]} `, tone: known.tone } : { mark: '? ', tone: 'faint' };
}

/** The state in a word where its mark does not tell it. */
function factsOf(task: TaskView, look: Look, now: Date): readonly string[] {
  const state = look.words || !states[task.state] ? safeLine(task.state).toLowerCase() : '';
  return [state, task.isCached === true ? 'cached' : '', elapsedOf(task, now)].filter((fact) => fact !== '');
}

/** What a running task logs, why another one is where it is. */
function noteOf({ state, message, lastLogLine }: TaskView): string {
  if (state === 'Succeeded') return '';
  return safeLine((state === 'Running' ? lastLogLine : undefined) ?? message ?? '');
}

function fittedTail(prefix: string, text: string, { look, columns }: Layout): string {
  return prefix + (widthOf(prefix + text) <= columns ? text : fitted(text, Math.max(8, columns - prefix.length), look));
}

function elapsedOf({ startedAt, finishedAt, durationSeconds }: Times, now: Date): string {
  if (durationSeconds !== undefined) return elapsedText(durationSeconds * 1_000);
  if (startedAt === undefined) return '';
  const elapsedMs = (finishedAt === undefined ? now.getTime() : Date.parse(finishedAt)) - Date.parse(startedAt);
  return Number.isNaN(elapsedMs) ? '' : elapsedText(elapsedMs);
}

const barColumns = 20;
const isOver: ReadonlySet<string> = new Set(['Succeeded', 'Cached', 'Failed', 'Cancelled', 'Skipped', 'Omitted']);

/** Only where it is known how many there will be: a bar that guesses is worse than none. */
function progressLine({ tasks, taskCount, state }: RunView, { look }: Layout): readonly string[] {
  if (taskCount === undefined || taskCount < 1 || state !== 'Running') return [];
  const done = Math.min(taskCount, tasks.filter((task) => isOver.has(task.state)).length);
  if (look.words) return [`${done} of ${taskCount} tasks done`];
  const { full, empty } = marks(look);
  const filled = Math.floor((done / taskCount) * barColumns);
  return [
    `${styled(look, 'busy', full.repeat(filled) + empty.repeat(barColumns - filled))} ${done}/${taskCount} tasks`,
  ];
}
