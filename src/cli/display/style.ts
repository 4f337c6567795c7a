import { styleText } from 'node:util';
import type { Look } from './look.ts';

/** Meanings, not colours: what stands out is decided here for the whole program. */
const formats = {
  strong: 'bold',
  emphasis: 'italic',
  deleted: 'strikethrough',
  heading: ['bold', 'underline'],
  faint: 'dim',
  code: 'cyan',
  address: ['dim', 'underline'],
  good: 'green',
  bad: 'red',
  attention: 'yellow',
  busy: 'cyan',
  prompt: ['bold', 'cyan'],
} as const satisfies Record<string, Parameters<typeof styleText>[0] | readonly string[]>;
export type Tone = keyof typeof formats;

/** The text as it is when the look has no colour. It may hold styled text, and line breaks. */
export function styled(look: Look, tone: Tone, text: string): string {
  return look.color && text !== '' ? painted(formats[tone], text) : text;
}

const seriesColors = ['cyan', 'yellow', 'magenta', 'green', 'blue', 'red'] as const;

/** The colour of the n-th series of a chart. */
export function seriesStyled(look: Look, index: number, text: string): string {
  return look.color ? painted(seriesColors[index % seriesColors.length] ?? 'cyan', text) : text;
}

type Format = Parameters<typeof styleText>[0];

/** Whether there is colour was decided by the look; the stream is not asked again. */
function painted(format: Format | readonly Extract<Format, string>[], text: string): string {
  return styleText(format as Format, text, { validateStream: false });
}

const unicodeMarks = {
  done: '✓',
  running: '●',
  pending: '○',
  failed: '✗',
  cancelled: '⊘',
  skipped: '–',
  call: '⏺',
  prompt: '›',
  bullet: '•',
  separator: '·',
  ellipsis: '…',
  arrow: '→',
  rule: '─',
  bar: '│',
  branch: '├─ ',
  lastBranch: '└─ ',
  trunk: '│  ',
  full: '█',
  empty: '░',
} as const;
export type Marks = Readonly<Record<keyof typeof unicodeMarks, string>>;

const asciiMarks: Marks = {
  done: '+',
  running: '*',
  pending: 'o',
  failed: 'x',
  cancelled: '/',
  skipped: '-',
  call: '*',
  prompt: '>',
  bullet: '-',
  separator: '-',
  ellipsis: '...',
  arrow: '->',
  rule: '-',
  bar: '|',
  branch: '|- ',
  lastBranch: '`- ',
  trunk: '|  ',
  full: '#',
  empty: '.',
};

export function marks(look: Look): Marks {
  return look.unicode ? unicodeMarks : asciiMarks;
}

/** Frames of a spinner. */
export function spinnerFrames(look: Look): readonly string[] {
  return look.unicode ? ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] : ['|', '/', '-', '\\'];
}
