import { figure } from './figure.ts';
import type { Layout, Look } from './look.ts';
import { safeLine } from './safe-text.ts';
import { styled } from './style.ts';

const unicodeLevels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const asciiLevels = ['_', '.', '-', '=', '^'];

/** One character for each value, or for each group of neighbours (their mean) where there are more than columns. */
export function sparkline(values: readonly number[], look: Look, columns = 24): string {
  const levels = look.unicode ? unicodeLevels : asciiLevels;
  const shown = grouped(
    values.filter((value) => Number.isFinite(value)),
    columns,
  );
  const smallest = Math.min(...shown);
  const range = Math.max(...shown) - smallest;
  return shown
    .map((value) => (range === 0 ? 0.5 : (value - smallest) / range))
    .map((share) => levels[Math.min(levels.length - 1, Math.floor(share * levels.length))] ?? '')
    .join('');
}

function grouped(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, index) => {
    const group = values.slice(
      Math.floor((index * values.length) / most),
      Math.floor(((index + 1) * values.length) / most),
    );
    return group.reduce((sum, value) => sum + value, 0) / group.length;
  });
}

export interface MetricSeries {
  readonly name: string;
  /** In the order they were reported. */
  readonly values: readonly number[];
}

/** `loss ▇▅▃▁ 0.4`; as words `loss: 0.4, from 0.9 over 20 values`. */
export function metricLine({ name, values }: MetricSeries, { look }: Layout): string {
  const last = values.at(-1);
  if (last === undefined) return `${safeLine(name)} -`;
  if (look.words) {
    const from = values.length > 1 ? `, from ${figure(values[0] ?? last)} over ${values.length} values` : '';
    return `${safeLine(name)}: ${figure(last)}${from}`;
  }
  const line = values.length > 1 ? `${styled(look, 'busy', sparkline(values, look))} ` : '';
  return `${safeLine(name)} ${line}${figure(last)}`;
}
