import type { Tokens } from 'marked';
import { fitColumns } from './fit-columns.ts';
import type { Layout } from './look.ts';
import { inlineText } from './markdown-inline.ts';
import { marks, styled } from './style.ts';
import { padded, widthOf, wrapped } from './width.ts';

const leastColumns = 7;

/** Cells are wrapped until the table fits; where that leaves too little room, one record after the other. */
export function markdownTable(table: Tokens.Table, layout: Layout): readonly string[] {
  const { look } = layout;
  const cells = (row: readonly Tokens.TableCell[]) => row.map(({ tokens }) => inlineText(tokens, look));
  const header = cells(table.header);
  const rows = table.rows.map(cells);
  const separator = look.unicode ? ' │ ' : ' | ';
  const natural = header.map((title, at) =>
    Math.max(1, ...[title, ...rows.map((row) => row[at] ?? '')].map(linesWidth)),
  );
  const widths = fitColumns(natural, layout.columns - separator.length * (natural.length - 1), leastColumns);
  if (widths === undefined || look.words) return records(header, rows, layout);
  const line = (row: readonly string[]) => {
    const columns = widths.map((width, at) => wrapped(row[at] ?? '', width));
    const height = Math.max(...columns.map((lines) => lines.length));
    return Array.from({ length: height }, (_, index) =>
      columns
        .map((lines, at) => padded(lines[index] ?? '', widths[at] ?? 0, alignOf(table, at)))
        .join(separator)
        .trimEnd(),
    );
  };
  const rule = widths.map((width) => marks(look).rule.repeat(width)).join(look.unicode ? '─┼─' : '-+-');
  return [...line(header.map((title) => styled(look, 'strong', title))), rule, ...rows.flatMap(line)];
}

function linesWidth(text: string): number {
  return Math.max(...text.split('\n').map(widthOf));
}

function alignOf({ align }: Tokens.Table, at: number): 'left' | 'right' {
  return align[at] === 'right' ? 'right' : 'left';
}

function records(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  { look, columns }: Layout,
): readonly string[] {
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...header.flatMap((title, at) =>
      wrapped(`${styled(look, 'strong', `${title}:`)} ${row[at] ?? ''}`, columns).map((line, part) =>
        part === 0 ? line : `  ${line}`,
      ),
    ),
  ]);
}
