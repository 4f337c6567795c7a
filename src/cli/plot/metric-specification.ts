import type { MetricSeries } from '../display/sparkline.ts';
import { mostRows, type Specification } from './specification.ts';

/** The course of one metric or of several, over the number of the value: a chart like those of the agents' tools. */
export function metricSpecification(title: string, series: readonly MetricSeries[]): Specification {
  const each = Math.max(2, Math.floor(mostRows / Math.max(1, series.length)));
  const values = series.flatMap(({ name, values: all }) => {
    // The latest ones tell most.
    const from = Math.max(0, all.length - each);
    return all.slice(from).map((value, index) => ({ step: from + index + 1, value, metric: name }));
  });
  return {
    title,
    width: 640,
    height: 360,
    data: { values: values.filter(({ value }) => Number.isFinite(value)) },
    mark: { type: 'line' },
    encoding: {
      x: { field: 'step', type: 'quantitative', title: 'value' },
      y: {
        field: 'value',
        type: 'quantitative',
        title: series.length === 1 ? (series[0]?.name ?? '') : '',
        scale: { zero: false },
      },
      ...(series.length > 1 && { color: { field: 'metric', type: 'nominal' as const, title: 'metric' } }),
    },
  };
}
