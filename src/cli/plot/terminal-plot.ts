import { renderChart } from '../display/render-chart.ts';
import type { Layout } from '../display/look.ts';
import { chartOfSpecification } from './chart-of-specification.ts';
import { readSpecification } from './specification.ts';

/** A sketch of a Vega-Lite chart; undefined for what cannot be drawn here. */
export function terminalPlot(specification: unknown, layout: Layout): string | undefined {
  const read = readSpecification(specification);
  const chart = read && chartOfSpecification(read);
  return chart && renderChart(chart, layout);
}
