import type { Citation } from '../../api/common.ts';
import type { Layout } from './look.ts';
import { safeLine } from './safe-text.ts';
import { styled } from './style.ts';
import { broken, wrapped } from './width.ts';

/** The sources of an answer by their numbers in the text; empty without any. An address is never cut. */
export function citationsText(citations: readonly Citation[], { look, columns }: Layout): string {
  if (citations.length === 0) return '';
  const indent = ' '.repeat(Math.max(...citations.map(({ n }) => `[${n}] `.length)));
  const entries = citations.flatMap(({ n, title, url }) => {
    const room = Math.max(8, columns - indent.length);
    const [first = '', ...rest] = wrapped(safeLine(title), room);
    const address = broken(safeLine(url), room).map((line) => styled(look, 'address', line));
    return [`[${n}] `.padEnd(indent.length) + first, ...[...rest, ...address].map((line) => indent + line)];
  });
  return [styled(look, 'strong', 'Sources'), ...entries].map((line) => `${line}\n`).join('');
}
