/** One metric as the log of a step tells it, oldest value first. */
export interface MetricSeries {
  readonly name: string;
  readonly values: readonly number[];
}

/** Counters that training programs print beside their metrics: they only say where the line is. */
const positions: ReadonlySet<string> = new Set(['epoch', 'step', 'iteration', 'iter', 'batch', 'round', 'of', 'seed']);

/**
 * A name, `=` or `:`, a number; or, without a sign between them, a number with a fraction. The number must end there, so
 * that `version=1.2.3` or `10:30` are none.
 */
const assignment =
  /(?<![\w.\-/])(?<name>[a-z][\w./-]{0,39})(?:\s?[=:]\s?(?=[-+.\d])| (?=[-+]?\d+\.\d))(?<value>[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?![\w.:%/-]*[\w%:])/giu;

/** Longest series that is kept: newer values push out the oldest. */
export const seriesLimits = { names: 8, values: 500 } as const;

/** Series from lines such as `epoch=3 loss=0.41`: what changes over at least two lines, in order of appearance. */
export function metricsOfLog(lines: readonly string[]): readonly MetricSeries[] {
  const series = new Map<string, number[]>();
  for (const line of lines) {
    for (const { groups } of line.matchAll(assignment)) {
      const { name = '', value = '' } = groups ?? {};
      if (positions.has(name.toLowerCase())) continue;
      if (!series.has(name) && series.size >= seriesLimits.names) continue;
      series.set(name, [...(series.get(name) ?? []), Number(value)].slice(-seriesLimits.values));
    }
  }
  return [...series].filter(([, values]) => values.length > 1).map(([name, values]) => ({ name, values }));
}
