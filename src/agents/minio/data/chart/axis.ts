import type { Dataset, DatasetColumn } from '../../../../backends/duckdb/dataset-engine.ts';
import { identifier } from '../../../../backends/duckdb/sql-text.ts';
import { finiteSql } from '../finite-sql.ts';

/** How the values of a column become places on an axis. */
export type Axis = {
  readonly column: DatasetColumn;
  /** SQL of the place of a row. */
  readonly sql: string;
} & (
  | { readonly kind: 'category' }
  | { readonly kind: 'value' }
  /** Values are put together in bins of this width; `sql` is the lower end. */
  | { readonly kind: 'bin'; readonly width: number }
  /** As text in ISO 8601; `unit` when the times were put together by day, month, … */
  | { readonly kind: 'time'; readonly unit?: string }
);

interface Spread {
  readonly distinct: number;
  readonly smallest: number;
  readonly largest: number;
}

const unitSeconds: readonly (readonly [string, number])[] = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
  ['week', 604_800],
  ['month', 2_629_746],
  ['quarter', 7_889_238],
  ['year', 31_556_952],
  ['decade', 315_569_520],
  ['century', 3_155_695_200],
  ['millennium', 31_556_952_000],
];

/** At most `places` of them, but for categories, of which the caller takes the largest. */
export async function axisOf(dataset: Dataset, column: DatasetColumn, places: number): Promise<Axis> {
  if (column.kind === 'number') return numberAxis(column, await spreadOf(dataset, column), places);
  if (column.kind === 'time') return timeAxis(column, await spreadOf(dataset, column), places);
  return categoryAxis(column);
}

/** Bins whatever the values are, but for a handful of whole numbers. */
export async function binnedAxis(dataset: Dataset, column: DatasetColumn, bins: number): Promise<Axis> {
  if (column.kind !== 'number') return axisOf(dataset, column, bins);
  const spread = await spreadOf(dataset, column);
  const fewWholeNumbers = column.type.includes('INT') && spread.distinct <= bins;
  return fewWholeNumbers ? numberAxis(column, spread, bins) : binAxis(column, spread, bins);
}

export function categoryAxis(column: DatasetColumn): Axis {
  return { kind: 'category', column, sql: `left(${identifier(column.name)}::VARCHAR, 60)` };
}

export function numberSql(column: DatasetColumn): string {
  return `(${finiteSql(column)})::DOUBLE`;
}

function numberAxis(column: DatasetColumn, spread: Spread, places: number): Axis {
  if (spread.distinct > places) return binAxis(column, spread, places);
  return { kind: 'value', column, sql: numberSql(column) };
}

function binAxis(column: DatasetColumn, { smallest, largest }: Spread, places: number): Axis {
  const width = niceWidth((largest - smallest) / places);
  if (!Number.isFinite(width) || width <= 0) return { kind: 'value', column, sql: numberSql(column) };
  return { kind: 'bin', column, width, sql: `floor(${numberSql(column)} / ${width}) * ${width}` };
}

/** 1, 2 or 5 times a power of ten, and no narrower than asked: edges that people can read. */
function niceWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= width) ?? 10;
  return Number((step * power).toPrecision(12));
}

function timeAxis(column: DatasetColumn, { distinct, smallest, largest }: Spread, places: number): Axis {
  const time = timeSql(column);
  const text = (sql: string) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%S')`;
  if (distinct <= places) return { kind: 'time', column, sql: text(time) };
  const fits = unitSeconds.find(([, seconds]) => (largest - smallest) / seconds < places);
  const unit = fits?.[0] ?? 'millennium';
  return { kind: 'time', column, unit, sql: text(`date_trunc('${unit}', ${time})`) };
}

function timeSql({ name }: DatasetColumn): string {
  return `${identifier(name)}::TIMESTAMP`;
}

async function spreadOf(dataset: Dataset, column: DatasetColumn): Promise<Spread> {
  const value = column.kind === 'time' ? `epoch(${timeSql(column)})` : numberSql(column);
  const { rows } = await dataset.select(
    `SELECT approx_count_distinct(${value}), min(${value}), max(${value}) FROM data`,
  );
  const [distinct, smallest, largest] = (rows[0] ?? []).map(Number);
  return { distinct: distinct ?? 0, smallest: smallest ?? 0, largest: largest ?? 0 };
}
