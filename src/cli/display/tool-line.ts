import type { CallOutcome } from '../../api/turn.ts';
import { elapsedText } from './elapsed.ts';
import type { Layout, Look } from './look.ts';
import { safeLine } from './safe-text.ts';
import { marks, styled, type Marks, type Tone } from './style.ts';
import { fitted } from './width.ts';

export interface ToolLine {
  readonly agent?: string | undefined;
  readonly tool: string;
  /** JSON, as in the journal. */
  readonly arguments: string;
  /** How many agents stand between this one and the person: 0 for the first agent. */
  readonly depth?: number | undefined;
  /** Absent while it is not known. */
  readonly state?: CallOutcome['state'] | undefined;
  readonly elapsedMs?: number | undefined;
  readonly summary?: string | undefined;
}

/** One line about one call, cut at the width of the window; no line break at its end. */
export function toolLine(line: ToolLine, { look, columns }: Layout): string {
  const indent = '  '.repeat(Math.min(line.depth ?? 0, 4));
  const title = safeLine(`${line.agent === undefined ? '' : `${line.agent}.`}${line.tool}`);
  const known = keyArguments(line.arguments);
  if (look.words) return indent + inWords(line, title, known);
  const { call, ellipsis, separator } = marks(look);
  const { tone, mark } = stateLook(line.state, look);
  const elapsed = line.elapsedMs === undefined ? '' : `${elapsedText(line.elapsedMs)} `;
  const end = line.state === undefined ? ` ${ellipsis}` : ` ${ellipsis} ${elapsed}${mark}`;
  const summary = safeLine(line.summary ?? '');
  // The end tells most, so it is the arguments that give way first, then the summary.
  const room = columns - indent.length - call.length - 1 - end.length;
  const head = fitted(known === '' ? title : `${title}(${known})`, Math.max(room, 12), look);
  const left = room - head.length - separator.length - 2;
  const tail = summary === '' || left < 12 ? '' : ` ${separator} ${fitted(summary, left, look)}`;
  return `${indent}${styled(look, tone, call)} ${styled(look, 'faint', head)}${styled(look, tone, end)}${styled(look, 'faint', tail)}`;
}

const states: Readonly<Record<CallOutcome['state'], { mark: keyof Marks; tone: Tone; words: string }>> = {
  Waiting: { mark: 'running', tone: 'busy', words: 'waiting' },
  AwaitingApproval: { mark: 'pending', tone: 'attention', words: 'waits for approval' },
  Started: { mark: 'running', tone: 'busy', words: 'started' },
  Succeeded: { mark: 'done', tone: 'good', words: 'succeeded' },
  Failed: { mark: 'failed', tone: 'bad', words: 'failed' },
  Denied: { mark: 'failed', tone: 'attention', words: 'denied' },
  Expired: { mark: 'failed', tone: 'attention', words: 'expired' },
  Cancelled: { mark: 'cancelled', tone: 'attention', words: 'cancelled' },
  Ambiguous: { mark: 'failed', tone: 'attention', words: 'outcome unknown' },
};
/** Marks alone do not tell these apart. */
const spoken: ReadonlySet<CallOutcome['state']> = new Set(['AwaitingApproval', 'Denied', 'Expired', 'Ambiguous']);

function stateLook(state: CallOutcome['state'] | undefined, look: Look): { tone: Tone; mark: string } {
  if (state === undefined) return { tone: 'busy', mark: '' };
  const { mark, tone, words } = states[state];
  return { tone, mark: `${marks(look)[mark]}${spoken.has(state) ? ` ${words}` : ''}` };
}

function inWords({ state, elapsedMs, summary }: ToolLine, title: string, known: string): string {
  const call = known === '' ? title : `${title}, ${known}`;
  if (state === undefined) return `${call}: started`;
  const after = elapsedMs === undefined ? '' : ` after ${elapsedText(elapsedMs)}`;
  const said = safeLine(summary ?? '');
  return `${call}: ${states[state].words}${after}${said === '' ? '' : `. ${said}`}`;
}

const longestValue = 40;

/** `pipeline=train-svm, C=0.5`: what is nested is named by its last word, long values are cut. */
export function keyArguments(json: string): string {
  const value = parsed(json);
  if (value === undefined) return safeLine(json);
  return entriesOf('', value)
    .map(([name, text]) => (name === '' ? text : `${name}=${text}`))
    .join(', ');
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Cut to fit the journal.
    return undefined;
  }
}

function entriesOf(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([inner, entry]) => entriesOf(inner, entry));
  }
  const text = safeLine(typeof value === 'string' ? value : JSON.stringify(value));
  const short =
    text.length <= longestValue ? text : `${text.slice(0, longestValue - 1).replace(/[\ud800-\udbff]$/, '')}…`;
  return [[safeLine(name), short]];
}
