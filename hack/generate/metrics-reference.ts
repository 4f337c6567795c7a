import { createMetrics } from '../../src/base/metrics.ts';
import { table } from './resource-reference.ts';

/** prom-client knows these of every metric, but its types do not say so. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

export function metricsReference(): string {
  const { registry } = createMetrics();
  const described = registry.getMetricsAsArray() as unknown as readonly (Described & object)[];
  const rows = described
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map((metric) => [
      `\`${metric.name}\``,
      metric.constructor.name.toLowerCase(),
      metric.labelNames.map((label) => `\`${label}\``).join(', '),
      `${metric.help}.`,
    ]);
  return [
    '# Metrics',
    'Served in the text format of Prometheus at `/metrics`. Labels come from closed sets, never from names of objects or from text of users and models. CPU, memory and event loop of the process are there as well, under the usual names (`process_…`, `nodejs_…`).',
    table(['metric', 'type', 'labels', 'meaning'], rows),
  ].join('\n\n');
}
