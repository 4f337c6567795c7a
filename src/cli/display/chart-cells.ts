import type { ChartOf } from './chart.ts';
import { figure } from './figure.ts';
import type { Layout } from './look.ts';
import { safeLine } from './safe-text.ts';
import { styled } from './style.ts';
import { renderTable } from './table.ts';
import { fitted, padded, widthOf } from './width.ts';

const unicodeShades = [' ', '░', '▒', '▓', '█'];
const asciiShades = [' ', '.', 'o', 'O', '#'];
/** Up to here the figures themselves are shown. */
const mostFigures = 10;

/** A matrix: figures where they fit, otherwise the darker the more. */
export function cellLines(chart: ChartOf<'cells'>, layout: Layout): readonly string[] {
  const values = new Map(chart.cells.map(({ column, row, value }) => [keyOf(column, row), value]));
  const head = styled(
    layout.look,
    'faint',
    fitted(`${safeLine(chart.rowTitle)} down, ${safeLine(chart.columnTitle)} across`, layout.columns, layout.look),
  );
  const lines = chart.columns.length <= mostFigures ? figures(chart, values, layout) : undefined;
  return [head, ...(lines ?? shades(chart, values, layout))];
}

type Values = ReadonlyMap<string, number>;

function keyOf(column: string, row: string): string {
  return JSON.stringify([column, row]);
}

function figures({ rows, columns }: ChartOf<'cells'>, values: Values, layout: Layout): readonly string[] | undefined {
  const cells = rows.map((row) => [row, ...columns.map((column) => figure(values.get(keyOf(column, row)) ?? 0))]);
  const width = [['', ...columns], ...cells].map((row) => Math.max(...row.map(widthOf)));
  if (Math.max(...width) * (columns.length + 1) + 3 * columns.length > layout.columns) return undefined;
  const titles = [{ title: '' }, ...columns.map((title) => ({ title, align: 'right' as const }))];
  return renderTable({ columns: titles, rows: cells }, layout).trimEnd().split('\n');
}

function shades(chart: ChartOf<'cells'>, values: Values, { look, columns }: Layout): readonly string[] {
  const labels = chart.rows.map(safeLine);
  const width = Math.min(Math.max(0, ...labels.map(widthOf)), Math.floor(columns / 3));
  const levels = look.unicode ? unicodeShades : asciiShades;
  const most = chart.cells.reduce((largest, { value }) => Math.max(largest, value), 0);
  const each = Math.max(1, Math.min(4, Math.floor((columns - width - 1) / Math.max(1, chart.columns.length))));
  const shown = chart.columns.slice(0, Math.max(1, columns - width - 1));
  const shadeOf = (value: number) =>
    value <= 0 || most === 0 ? levels[0] : levels[Math.max(1, Math.ceil((value / most) * (levels.length - 1)))];
  const lines = chart.rows.map((row, index) => {
    const cells = shown.map((column) => (shadeOf(values.get(keyOf(column, row)) ?? 0) ?? ' ').repeat(each));
    return `${padded(fitted(labels[index] ?? '', width, look), width, 'right')} ${cells.join('')}`;
  });
  const [first = '', last = ''] = [shown[0], shown.at(-1)].map((name) => safeLine(name ?? ''));
  const below = fitted(`${first} … ${last}, darkest ${figure(most)}`, columns - width - 1, look);
  return [
    ...lines,
    styled(look, 'faint', `${' '.repeat(width + 1)}${look.unicode ? below : below.replaceAll('…', '...')}`),
  ];
}
