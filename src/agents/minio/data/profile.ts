import type { Cell, Dataset, DatasetColumn, Json, RejectedLines } from '../../../backends/duckdb/dataset-engine.ts';
import { identifier } from '../../../backends/duckdb/sql-text.ts';
import { finiteSql } from './finite-sql.ts';
import { isCountedExactly, quantileSql } from './quantile.ts';

export interface DatasetProfile {
  readonly format: string;
  readonly rows: number;
  readonly totalColumns: number;
  /** The first ones; what is said of them is said of no other. */
  readonly columns: readonly ColumnProfile[];
  readonly rejected: RejectedLines;
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  readonly distinct: number;
  /** The number of distinct values is an estimate, within a few percent. */
  readonly approximate: boolean;
  readonly min?: string;
  readonly max?: string;
  readonly mean?: number;
  /** First quartile, median, third quartile. */
  readonly quantiles?: readonly number[];
  readonly topValues?: readonly { readonly value: string; readonly count: number }[];
  /** Ten bins of the same width between min and max. */
  readonly histogram?: readonly { readonly from: number; readonly to: number; readonly count: number }[];
}

const profiledColumns = 200;
const columnsAtOnce = 50;
const bins = 10;
const valueCharacters = 100;
const topCount = 5;

/** Reads the data twice: for what describes a column, then for how its values are spread. */
export async function profileOf(dataset: Dataset): Promise<DatasetProfile> {
  const exact = isCountedExactly(dataset);
  const chosen = dataset.columns.slice(0, profiledColumns);
  let rows = 0;
  const profiles: ColumnProfile[] = [];
  for (let from = 0; from < chosen.length; from += columnsAtOnce) {
    const columns = chosen.slice(from, from + columnsAtOnce);
    const [total, ...facts] = await oneRow(dataset, [
      'count(*)',
      ...columns.map((column) => factsSql(dataset, column)),
    ]);
    rows = numberOf(total);
    const basics = columns.map((column, index) => ({
      column,
      basic: basicsOf(column, facts[index], { rows: numberOf(total), exact }),
    }));
    const spreads = await oneRow(dataset, basics.map(spreadSql));
    profiles.push(...basics.map(({ basic }, index) => ({ ...basic, ...spreadOf(basic, spreads[index]) })));
  }
  const rejected = await dataset.rejectedLines();
  return { format: dataset.format, rows, totalColumns: dataset.columns.length, columns: profiles, rejected };
}

async function oneRow(dataset: Dataset, expressions: readonly string[]): Promise<readonly Cell[]> {
  const { rows } = await dataset.select(`SELECT ${expressions.join(', ')} FROM data`);
  return rows[0] ?? [];
}

/** FILTER would say more plainly what is left out, and takes thirty times as long over fifty columns. */
function factsSql(dataset: Dataset, column: DatasetColumn): string {
  const name = identifier(column.name);
  const finite = finiteSql(column);
  const value = column.kind === 'other' ? `${name}::VARCHAR` : name;
  const facts = [
    `present := count(${name})`,
    // count(DISTINCT …) of many columns needs a table of some megabytes for each of them and each thread.
    `distinct_values := ${isCountedExactly(dataset) ? `list_unique(list(${value}))` : `approx_count_distinct(${value})`}`,
  ];
  if (column.kind === 'number') {
    const number = `(${finite})::DOUBLE`;
    facts.push(`mean := avg(${number})`, `quantiles := ${quantileSql(dataset, number, '[0.25, 0.5, 0.75]')}`);
  }
  if (column.kind !== 'other') {
    const text = (aggregate: string) => `left(${aggregate}(${finite})::VARCHAR, ${valueCharacters})`;
    facts.push(`smallest := ${text('min')}`, `largest := ${text('max')}`);
  }
  return `struct_pack(${facts.join(', ')})`;
}

function basicsOf(
  { name, type }: DatasetColumn,
  facts: Cell | undefined,
  { rows, exact }: { readonly rows: number; readonly exact: boolean },
): ColumnProfile {
  const { present, distinct_values: distinct, smallest, largest, mean, quantiles } = fieldsOf(facts);
  return {
    name,
    type,
    nulls: rows - numberOf(present),
    distinct: numberOf(distinct),
    approximate: !exact,
    ...(typeof smallest === 'string' && { min: smallest }),
    ...(typeof largest === 'string' && { max: largest }),
    ...(typeof mean === 'number' && { mean: rounded(mean) }),
    ...(Array.isArray(quantiles) && { quantiles: quantiles.map(numberOf).map(rounded) }),
  };
}

/** Values that repeat are counted one by one, numbers are sorted into bins; NULL where neither makes sense. */
function spreadSql({ column, basic }: { readonly column: DatasetColumn; readonly basic: ColumnProfile }): string {
  const spread = [...topSql(column, basic), ...binsSql(column, basic)];
  return spread.length === 0 ? 'NULL' : `struct_pack(${spread.join(', ')})`;
}

function topSql({ name, kind }: DatasetColumn, { distinct }: ColumnProfile): readonly string[] {
  const countable = { text: 10_000, boolean: 10_000, number: 20, time: 20, other: 0 }[kind];
  if (distinct === 0 || distinct > countable) return [];
  const values = `map_entries(histogram(left(${identifier(name)}::VARCHAR, ${valueCharacters})))`;
  const ranked = `list_reverse_sort(list_transform(${values}, lambda e: struct_pack(n := e.value, v := e.key)))`;
  return [`top := list_slice(${ranked}, 1, ${topCount})`];
}

function binsSql(column: DatasetColumn, basic: ColumnProfile): readonly string[] {
  const range = rangeOf(column, basic);
  if (!range) return [];
  const value = `(${finiteSql(column)})::DOUBLE`;
  // least() of a missing value and a number is the number.
  const bin = `CASE WHEN ${value} IS NOT NULL THEN least(${bins - 1}, floor((${value} - ${range.from}) / ${range.width})) END`;
  return [`bins := map_entries(histogram((${bin})::TINYINT))`];
}

function rangeOf({ kind }: Pick<DatasetColumn, 'kind'>, { min, max }: ColumnProfile) {
  const from = Number(min);
  const width = (Number(max) - from) / bins;
  return kind === 'number' && Number.isFinite(width) && width > 0 ? { from, width } : undefined;
}

function spreadOf(basic: ColumnProfile, spread: Cell | undefined): Pick<ColumnProfile, 'topValues' | 'histogram'> {
  const { top, bins: counted } = fieldsOf(spread);
  const range = rangeOf({ kind: 'number' }, basic);
  return {
    ...(Array.isArray(top) && {
      topValues: top.map(fieldsOf).map(({ n, v }) => ({ value: v as string, count: numberOf(n) })),
    }),
    ...(Array.isArray(counted) && range && { histogram: histogramOf(counted, range) }),
  };
}

function histogramOf(entries: readonly Cell[], { from, width }: { readonly from: number; readonly width: number }) {
  const counts = new Map(entries.map(fieldsOf).map(({ key, value }) => [numberOf(key), numberOf(value)]));
  return Array.from({ length: bins }, (_, bin) => ({
    from: rounded(from + bin * width),
    to: rounded(from + (bin + 1) * width),
    count: counts.get(bin) ?? 0,
  }));
}

function fieldsOf(cell: Cell | undefined): Readonly<Record<string, Cell>> {
  return typeof cell === 'object' && cell !== null && !isList(cell) ? cell : {};
}

function isList(json: Json): json is readonly Cell[] {
  return Array.isArray(json);
}

/** Counts inside a structure come as text. */
function numberOf(cell: Cell | undefined): number {
  return Number(cell ?? 0);
}

/** Floating-point noise says nothing and costs a model's attention. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}
