import { fitColumns } from './fit-columns.ts';
import type { Layout } from './look.ts';
import { safeLine } from './safe-text.ts';
import { styled } from './style.ts';
import { fitted, padded, widthOf, wrapped } from './width.ts';

export interface TableColumn {
  /** As it is printed; kubectl writes them in capitals. */
  readonly title: string;
  readonly align?: 'right';
  /** Only in a wide table. */
  readonly wide?: true;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  /** One cell for each column, those of wide columns too. */
  readonly rows: readonly (readonly string[])[];
}

const gap = '   ';
const leastColumns = 6;

/** As kubectl prints them: one line for a row, whatever is in its cells. Where a table does not fit, one record after the other. */
export function renderTable(table: Table, layout: Layout, { wide = false } = {}): string {
  const shown = table.columns.flatMap((column, index) => (wide || !column.wide ? [{ ...column, index }] : []));
  const titles = shown.map(({ title }) => safeLine(title));
  const rows = table.rows.map((row) => shown.map(({ index }) => safeLine(row[index] ?? '') || '<none>'));
  const natural = titles.map((title, at) => Math.max(...[title, ...rows.map((row) => row[at] ?? '')].map(widthOf)));
  const widths = fitColumns(natural, layout.columns - gap.length * (natural.length - 1), leastColumns);
  if (widths === undefined || layout.look.words) return records(titles, rows, layout);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => {
        const width = widths[at] ?? 0;
        return padded(fitted(cell, width, layout.look), width, shown[at]?.align);
      })
      .join(gap)
      .trimEnd();
  return [styled(layout.look, 'strong', line(titles)), ...rows.map(line)].map((text) => `${text}\n`).join('');
}

/** Here values have the room to be whole. */
function records(titles: readonly string[], rows: readonly (readonly string[])[], { columns }: Layout): string {
  const width = Math.max(0, ...titles.map(widthOf)) + 2;
  const field = (title: string, cell: string) =>
    wrapped(cell, Math.max(8, columns - width))
      .map((line, index) => `${padded(index === 0 ? `${title}:` : '', width)}${line}\n`)
      .join('');
  return rows.map((row) => titles.map((title, at) => field(title, row[at] ?? '')).join('')).join('\n');
}
