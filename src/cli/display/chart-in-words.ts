import { axisLabel } from './chart-plot.ts';
import type { Chart, ChartOf, ChartSeries } from './chart.ts';
import { figure } from './figure.ts';
import { safeLine } from './safe-text.ts';

const mostEntries = 20;

/** What somebody would say who looks at it. */
export function describedChart(chart: Chart): string {
  const title = safeLine(chart.title).replace(/\.?$/, '.');
  return [...(title === '.' ? [] : [title]), ...sentences(chart)].join('\n');
}

function sentences(chart: Chart): readonly string[] {
  switch (chart.kind) {
    case 'lines':
    case 'points':
      return chart.series.slice(0, mostEntries).map((series) => seriesInWords(series, chart));
    case 'bars':
      return listed(
        chart.bars.map(({ label, group, value }) =>
          [label, ...(group === undefined ? [] : [group]), figure(value)].join(', '),
        ),
      );
    case 'boxes':
      return listed(
        chart.boxes.map(
          (box) =>
            `${box.label}: median ${figure(box.median)}, half of them between ${figure(box.firstQuartile)} and ` +
            `${figure(box.thirdQuartile)}, all between ${figure(box.lowest)} and ${figure(box.highest)}`,
        ),
      );
    case 'cells':
      return listed(
        chart.cells
          .filter(({ value }) => value !== 0)
          .toSorted((left, right) => right.value - left.value)
          .map(
            ({ row, column, value }) => `${chart.rowTitle} ${row}, ${chart.columnTitle} ${column}: ${figure(value)}`,
          ),
      );
  }
}

function seriesInWords({ name, points }: ChartSeries, { x, y }: ChartOf<'lines' | 'points'>): string {
  const sorted = points.toSorted((left, right) => left.x - right.x);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last) return `${safeLine(name)}: no points.`;
  const low = sorted.reduce((least, point) => (point.y < least.y ? point : least));
  const high = sorted.reduce((most, point) => (point.y > most.y ? point : most));
  const at = (value: number) => axisLabel(value, x, { from: first.x, to: last.x });
  return (
    `${safeLine(name === '' ? y.title : name)}: ${points.length} points, from ${figure(first.y)} at ${safeLine(x.title)} ${at(first.x)} ` +
    `to ${figure(last.y)} at ${at(last.x)}; lowest ${figure(low.y)} at ${at(low.x)}, highest ${figure(high.y)} at ${at(high.x)}.`
  );
}

function listed(entries: readonly string[]): readonly string[] {
  const shown = entries.slice(0, mostEntries).map((entry) => `${safeLine(entry)}.`);
  return entries.length > mostEntries ? [...shown, `And ${entries.length - mostEntries} more.`] : shown;
}
