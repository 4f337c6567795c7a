import { cutAt } from '../base/cut-at.ts';

// Terminal escapes, other control characters, and the marks that turn the writing direction around.
const unprintable = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** The text on one line, safe for a terminal, with at most `limit` UTF-16 units; what was cut is marked by an ellipsis. */
export function oneLine(text: string, limit: number): string {
  const line = text
    .slice(0, limit * 4)
    .replace(unprintable, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return line.length <= limit && text.length <= limit * 4 ? line : `${cutAt(line, limit - 1)}…`;
}
