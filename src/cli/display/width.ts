import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { Look } from './look.ts';
import { marks } from './style.ts';

/** Columns that a line takes; styles take none. */
export function widthOf(line: string): number {
  return stringWidth(line);
}

/** Lines of at most so many columns, broken between words where possible. Styles go on over a break. */
export function wrapped(text: string, columns: number): readonly string[] {
  if (columns === Infinity) return text.split('\n');
  return wrapAnsi(text, Math.max(1, columns), { hard: true, wordWrap: true, trim: true }).split('\n');
}

/** Broken exactly at the edge, with every space kept: for code. */
export function broken(text: string, columns: number): readonly string[] {
  if (columns === Infinity) return text.split('\n');
  return wrapAnsi(text, Math.max(1, columns), { hard: true, wordWrap: false, trim: false }).split('\n');
}

const segmenter = new Intl.Segmenter();

/** One line without styles, cut with an ellipsis where it is too long; never in the middle of a character. */
export function fitted(line: string, columns: number, look: Look): string {
  if (columns === Infinity || widthOf(line) <= columns) return line;
  const { ellipsis } = marks(look);
  const room = Math.max(0, columns - widthOf(ellipsis));
  let kept = '';
  let used = 0;
  for (const { segment } of segmenter.segment(line)) {
    used += widthOf(segment);
    if (used > room) break;
    kept += segment;
  }
  return widthOf(ellipsis) > columns ? kept : kept + ellipsis;
}

/** Filled up with spaces; styled text keeps its styles. */
export function padded(line: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, columns - widthOf(line)));
  return align === 'right' ? fill + line : line + fill;
}
