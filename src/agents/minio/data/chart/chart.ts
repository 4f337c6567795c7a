import type { DatasetColumn } from '../../../../backends/duckdb/dataset-engine.ts';

export const chartKinds = ['line', 'bar', 'scatter', 'histogram', 'area', 'box', 'pie', 'heatmap'] as const;
export type ChartKind = (typeof chartKinds)[number];

export const aggregates = ['count', 'sum', 'mean', 'median', 'min', 'max'] as const;
export type Aggregate = (typeof aggregates)[number];

/** What was asked for; everything may be left open. */
export interface ChartWish {
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  readonly kind?: ChartKind | undefined;
  readonly color?: string | undefined;
  readonly aggregate?: Aggregate | undefined;
}

/** What will be drawn. */
export interface Chart {
  readonly kind: ChartKind;
  /** Absent only for a box without groups. */
  readonly x?: DatasetColumn;
  /** Absent where rows are counted. */
  readonly y?: DatasetColumn;
  readonly color?: DatasetColumn;
  readonly aggregate: Aggregate;
}

/** More than this no chart shows, and no browser draws gladly. */
export const maximumPoints = 2_000;
