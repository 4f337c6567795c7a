import type { DatasetColumn } from '../../../backends/duckdb/dataset-engine.ts';
import { identifier } from '../../../backends/duckdb/sql-text.ts';

/** SQL of a column's values without NaN and the infinities, which are above all numbers: they would be maximum and mean. */
export function finiteSql({ name, type }: Pick<DatasetColumn, 'name' | 'type'>): string {
  const value = identifier(name);
  return type === 'FLOAT' || type === 'DOUBLE' ? `CASE WHEN isfinite(${value}) THEN ${value} END` : value;
}
