import type { KfpScalarMetric } from '../../../backends/kfp/kfp-objects.ts';
import { listed } from '../kfp-data.ts';
import { numberInWords } from '../metrics.ts';
import { type Chart, chartOf } from './chart.ts';

const mostBars = 60;

/** One bar for each number; those that are much larger than the others make the axis logarithmic. */
export function metricsChart(run: string, metrics: readonly KfpScalarMetric[]): Chart | undefined {
  if (metrics.length === 0) return undefined;
  const values = metrics.slice(0, mostBars).map(({ name, value, task }) => ({ metric: name, value, task }));
  const sizes = values.map(({ value }) => value);
  const isWide = Math.min(...sizes) > 0 && Math.max(...sizes) / Math.min(...sizes) > 1_000;
  const cut = metrics.length > mostBars ? ` (the first ${mostBars} of them drawn)` : '';
  const shown = metrics.map(({ name, value }) => `${name} ${numberInWords(value)}`);
  return chartOf({
    title: `Metrics of ${run}`,
    values,
    sentence: `Metrics of run ${run}${cut}: ${listed(shown, 8)}.`,
    body: {
      mark: { type: isWide ? 'point' : 'bar', tooltip: true },
      encoding: {
        y: { field: 'metric', type: 'nominal', title: null, sort: null },
        x: { field: 'value', type: 'quantitative', title: 'Value', ...(isWide && { scale: { type: 'log' } }) },
        color: { field: 'task', type: 'nominal', title: 'Task' },
      },
    },
  });
}
