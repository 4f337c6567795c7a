import { plot } from 'asciichart';
import type { ChartAxis, ChartOf, ChartSeries } from './chart.ts';
import { figure } from './figure.ts';
import type { Layout, Look } from './look.ts';
import { safeLine } from './safe-text.ts';
import { marks, seriesStyled, styled } from './style.ts';
import { fitted, widthOf } from './width.ts';

type Plot = ChartOf<'lines' | 'points'>;

interface Area {
  readonly columns: number;
  readonly rows: number;
  readonly x: Range;
  readonly y: Range;
}
interface Range {
  readonly from: number;
  readonly to: number;
}

const plotRows = 12;
/** More lines are a tangle; the file shows all of them. */
const mostSeries = 6;

/** Axes with their ends, and the series over each other. */
export function plotLines(chart: Plot, layout: Layout): readonly string[] {
  const { look } = layout;
  const series = chart.series
    .map(({ name, points }) => ({
      name,
      points: points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
    }))
    .filter(({ points }) => points.length > 0);
  const shown = series.slice(0, mostSeries);
  const all = shown.flatMap(({ points }) => points);
  if (all.length === 0) return ['(nothing to draw)'];
  const [x, y] = [rangeOf(all.map((point) => point.x)), rangeOf(all.map((point) => point.y))];
  const labels = [y.to, between(y.from, y.to, 0.5), y.from].map((value) => axisLabel(value, chart.y, y));
  const left = Math.max(...labels.map(widthOf)) + 1;
  const area = { columns: Math.max(8, layout.columns - left - 2), rows: plotRows, x, y };
  const grid = chart.kind === 'lines' ? lineGrid(shown, area, look) : pointGrid(shown, area, look);
  const labelled = grid.map((row, index) => {
    const label = { 0: labels[0], [Math.floor(plotRows / 2)]: labels[1], [plotRows - 1]: labels[2] }[index] ?? '';
    return `${styled(look, 'faint', `${label.padStart(left)} ${marks(look).bar}`)}${row}`;
  });
  return [
    ...(chart.y.title === '' ? [] : [styled(look, 'faint', fitted(safeLine(chart.y.title), layout.columns, look))]),
    ...labelled,
    styled(look, 'faint', `${' '.repeat(left + 1)}${look.unicode ? '└' : '+'}${marks(look).rule.repeat(area.columns)}`),
    styled(look, 'faint', ' '.repeat(left + 2) + xLabels(chart.x, area, look)),
    ...legend(series, chart.kind, layout),
  ];
}

function rangeOf(values: readonly number[]): Range {
  const from = values.reduce((least, value) => Math.min(least, value), Infinity);
  return { from, to: values.reduce((most, value) => Math.max(most, value), -Infinity) };
}

/** Where a value stands between the ends, 0 to 1; in the middle when they are the same. Halves: their difference may be too large for a number. */
function shareOf(value: number, { from, to }: Range): number {
  const extent = to / 2 - from / 2;
  return extent > 0 ? Math.min(1, Math.max(0, (value / 2 - from / 2) / extent)) : 0.5;
}

function between(from: number, to: number, share: number): number {
  return from * (1 - share) + to * share;
}

type Grid = readonly string[];

function lineGrid(series: readonly ChartSeries[], area: Area, look: Look): Grid {
  const rows: string[][] = emptyRows(area);
  series.forEach(({ points }, index) => {
    const sorted = points.toSorted((left, right) => left.x - right.x);
    const first = columnOf(sorted[0]?.x ?? area.x.from, area);
    const last = columnOf(sorted.at(-1)?.x ?? area.x.to, area);
    const values = Array.from({ length: last - first + 1 }, (_, at) =>
      valueAt(sorted, between(area.x.from, area.x.to, (first + at) / Math.max(1, area.columns - 1))),
    );
    traced(values, area, look).forEach((line, row) => {
      Array.from(line).forEach((character, at) => {
        if (character !== ' ') put(rows, { row, column: first + at }, seriesStyled(look, index, character));
      });
    });
  });
  return rows.map((row) => row.join(''));
}

/** The line of one series; its first two columns would be an axis, which is drawn for all of them together. */
function traced(values: readonly number[], { rows, y }: Area, look: Look): readonly string[] {
  const relative = values.map((value) => shareOf(value, y) * (rows - 1));
  // A line goes from one value to the next, so the last one is drawn by going on to itself.
  const drawn = plot([...relative, relative.at(-1) ?? 0], {
    min: 0,
    max: rows - 1,
    height: rows - 1,
    offset: 1,
    format: () => '',
    ...(look.unicode ? {} : { symbols: ['+', '|', '-', '-', '-', '`', '.', '.', "'", '|'] }),
  });
  return drawn.split('\n').map((line) => line.slice(1));
}

/** Between two points the value on the line between them; many points in one column are met in passing. */
function valueAt(sorted: ChartSeries['points'], x: number): number {
  const next = sorted.findIndex((point) => point.x >= x);
  const after = sorted[next === -1 ? sorted.length - 1 : next];
  const before = sorted[Math.max(0, next - 1)];
  if (!after || !before || next <= 0 || after.x === before.x) return after?.y ?? 0;
  return between(before.y, after.y, shareOf(x, { from: before.x, to: after.x }));
}

const pointMarks = ['o', 'x', '+', '*', '#', '%'];

function pointGrid(series: readonly ChartSeries[], area: Area, look: Look): Grid {
  const rows = emptyRows(area);
  series.forEach(({ points }, index) => {
    const single = look.unicode && series.length === 1 ? marks(look).bullet : (pointMarks[index] ?? 'o');
    for (const { x, y } of points) {
      const row = area.rows - 1 - Math.round(shareOf(y, area.y) * (area.rows - 1));
      put(rows, { row, column: columnOf(x, area) }, seriesStyled(look, index, single));
    }
  });
  return rows.map((row) => row.join(''));
}

function emptyRows({ columns, rows }: Area): string[][] {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => ' '));
}

function put(rows: readonly string[][], { row, column }: { row: number; column: number }, character: string): void {
  const line = rows[row];
  if (line && column < line.length) line[column] = character;
}

function columnOf(x: number, area: Area): number {
  return Math.round(shareOf(x, area.x) * (area.columns - 1));
}

/** A date tells enough on an axis of days, a time on an axis of hours. */
export function axisLabel(value: number, axis: ChartAxis, { from, to }: Range): string {
  if (axis.names) return safeLine(axis.names[Math.round(value)] ?? '');
  if (!axis.isTime) return figure(value);
  const time = new Date(value);
  if (Number.isNaN(time.getTime())) return '';
  const text = time.toISOString();
  return to - from >= 2 * 86_400_000 ? text.slice(0, 10) : text.slice(11, 19);
}

function xLabels(axis: ChartAxis, { columns, x }: Area, look: Look): string {
  const room = Math.floor(columns / 3);
  const from = fitted(axisLabel(x.from, axis, x), room, look);
  const to = x.from === x.to ? '' : fitted(axisLabel(x.to, axis, x), room, look);
  const title = fitted(safeLine(axis.title), Math.max(0, columns - widthOf(from) - widthOf(to) - 2), look);
  const free = columns - widthOf(from) - widthOf(title) - widthOf(to);
  const before = Math.max(1, Math.floor(free / 2));
  return `${from}${' '.repeat(before)}${title}${' '.repeat(Math.max(1, free - before))}${to}`;
}

/** Colours alone would not do without colour: lines are then told apart by their last values. */
function legend(series: readonly ChartSeries[], kind: Plot['kind'], { look, columns }: Layout): readonly string[] {
  if (series.length < 2) return [];
  const lines = series.slice(0, mostSeries).map(({ name, points }, index) => {
    const last = points.at(-1);
    const text = `${safeLine(name)}${last ? ` (last ${figure(last.y)})` : ''}`;
    const mark = kind === 'lines' ? marks(look).rule : (pointMarks[index] ?? 'o');
    return `  ${seriesStyled(look, index, mark)} ${fitted(text, columns - 4, look)}`;
  });
  const more = series.length - mostSeries;
  return more > 0 ? [...lines, `  and ${more} more that are not drawn`] : lines;
}
