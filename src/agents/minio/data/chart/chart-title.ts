import type { ChartData } from './chart-data.ts';
import type { Chart } from './chart.ts';

const names: Readonly<Record<Chart['kind'], string>> = {
  line: 'Line chart',
  area: 'Area chart',
  bar: 'Bar chart',
  pie: 'Pie chart',
  scatter: 'Scatter chart',
  histogram: 'Histogram',
  box: 'Box chart',
  heatmap: 'Heat map',
};

/** `Line chart of mean of price per day (month) by shop`. */
export function titleOf(chart: Chart, data: ChartData): string {
  return `${names[chart.kind]} of ${subjectOf(chart, data)}${colorOf(chart)}`;
}

/** What the vertical axis shows: `mean of price`, or just `price` where no two rows came together. */
export function valueTitle({ kind, y, aggregate }: Chart, { combined }: Pick<ChartData, 'combined'>): string {
  if (!y || kind === 'histogram') return 'rows';
  if (aggregate === 'count') return `count of ${y.name}`;
  return combined ? `${aggregate} of ${y.name}` : y.name;
}

function subjectOf(chart: Chart, data: ChartData): string {
  const x = chart.x?.name;
  const y = chart.y?.name;
  if (chart.kind === 'histogram') return x ?? 'rows';
  if (chart.kind === 'box') return [y, x].filter((name) => name !== undefined).join(' per ');
  if (chart.kind === 'heatmap') return `rows per ${[x, y].join(' and ')}`;
  const relation = { scatter: 'against', line: 'over', area: 'over', bar: 'per', pie: 'per' }[chart.kind];
  return `${valueTitle(chart, data)} ${relation} ${x ?? 'row'}${unitOf(data)}`;
}

function unitOf({ x }: ChartData): string {
  return x?.kind === 'time' && x.unit !== undefined ? ` (${x.unit})` : '';
}

function colorOf({ kind, color }: Chart): string {
  return color && kind !== 'box' && kind !== 'heatmap' ? ` by ${color.name}` : '';
}
