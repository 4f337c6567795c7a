import { JsonDuckDBValueConverter, type DuckDBConnection } from '@duckdb/node-api';
import type { Cell, DatasetTable } from './dataset-engine.ts';

interface Reading {
  readonly sql: string;
  readonly maximumRows: number;
  readonly maximumBytes: number;
}

/** Rows are fetched in portions and no further than the limits. */
export async function readTable(
  connection: DuckDBConnection,
  { sql, maximumRows, maximumBytes }: Reading,
): Promise<DatasetTable> {
  const result = await connection.stream(sql);
  const types = result.columnTypes().map(String);
  const columns = result.columnNames().map((name, index) => ({ name, type: types[index] ?? '' }));
  const rows: Cell[][] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return { columns, rows, cut: false };
    for (let index = 0; index < chunk.rowCount; index += 1) {
      // Row by row: a portion of two thousand long texts would be far more than is let through.
      const values = chunk.convertRowValues(index, JsonDuckDBValueConverter);
      const row = values.map((value, column) => cellOf(value as Cell, types[column] ?? ''));
      bytes += JSON.stringify(row).length;
      if (rows.length >= maximumRows || bytes > maximumBytes) return { columns, rows, cut: true };
      rows.push(row);
    }
  }
}

/** The library gives large integers as text; most of them are counts that fit a number. */
function cellOf(value: Cell, type: string): Cell {
  if (typeof value !== 'string' || !/^U?(BIG|HUGE)INT$/.test(type)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
