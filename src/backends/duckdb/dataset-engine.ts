import type { Readable } from 'node:stream';

/** Looks into one file of rows at a time. Nothing of it is kept. */
export interface DatasetEngine {
  /**
   * Copies the content to a file of its own, opens it as the relation `data` and forgets it after `use`, whatever happens.
   * @throws DatasetRefusedError when the file is no data set, too large, or a query is not allowed or needs too much;
   * RetryableError when the copy has no room; what `source.open` throws; the signal's reason once it has fired.
   */
  withDataset<Result>(source: DatasetSource, use: (dataset: Dataset) => Promise<Result>): Promise<Result>;
}

export interface DatasetSource {
  /** For messages; its ending tells the format where the content does not. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Asked once, when it is this data set's turn. */
  open(): Promise<Readable>;
  readonly signal: AbortSignal;
}

export interface Dataset {
  readonly format: DatasetFormat;
  readonly sizeBytes: number;
  readonly columns: readonly DatasetColumn[];
  /** One SELECT (or a WITH … SELECT) over the relation `data`, and over nothing else. */
  select(sql: string, options?: SelectOptions): Promise<DatasetTable>;
  /** Lines that fit no column layout or type and that the queries so far left out. */
  rejectedLines(): Promise<RejectedLines>;
}

export type DatasetFormat = 'CSV' | 'TSV' | 'JSONL' | 'JSON' | 'Parquet';

export interface DatasetColumn {
  readonly name: string;
  /** DuckDB's name of the type, for example BIGINT or TIMESTAMP WITH TIME ZONE. */
  readonly type: string;
  readonly kind: ColumnKind;
}

/** What can be done with the values. `other`: lists, structures, bytes. */
export type ColumnKind = 'number' | 'time' | 'boolean' | 'text' | 'other';

export interface SelectOptions {
  /** At most that of the engine, which is also the default. */
  readonly maximumRows?: number;
}

export interface DatasetTable {
  readonly columns: readonly Pick<DatasetColumn, 'name' | 'type'>[];
  readonly rows: readonly (readonly Cell[])[];
  /** There were more rows than the limit of rows or bytes let through. */
  readonly cut: boolean;
}

/** Whole numbers beyond 2^53, times and decimals are text; lists and structures are JSON. */
export type Cell = string | number | boolean | null | Json;
export type Json = readonly Cell[] | { readonly [name: string]: Cell };

export interface RejectedLines {
  readonly count: number;
  /** True when there were more than are counted. */
  readonly atLeast: boolean;
  /** What was wrong with the first one. */
  readonly example?: string;
}

export interface DatasetLimits {
  /** Of the file as it is stored. */
  readonly objectBytes: number;
  /** Data sets that are open at the same time; others wait. */
  readonly open: number;
  /** For DuckDB's own buffers; what does not fit goes to a file. */
  readonly bufferBytes: number;
  /** Of the worker process in all. */
  readonly memoryBytes: number;
  /** That queries may write to files beside the data set. */
  readonly spillBytes: number;
  readonly threads: number;
  readonly queryMs: number;
  readonly rows: number;
  readonly resultBytes: number;
}

const mebibyte = 1024 * 1024;

export const defaultDatasetLimits: DatasetLimits = {
  objectBytes: 4096 * mebibyte,
  open: 2,
  bufferBytes: 128 * mebibyte,
  memoryBytes: 512 * mebibyte,
  spillBytes: 1024 * mebibyte,
  threads: 2,
  queryMs: 300_000,
  rows: 10_000,
  resultBytes: 4 * mebibyte,
};

/** Something that the asker can use: another file, another query. */
export class DatasetRefusedError extends Error {
  override readonly name = 'DatasetRefusedError';
  /** TooLarge, NotADataset, Empty, Unreadable, InvalidSql, NotAllowed, TimedOut, OutOfMemory or Crashed. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
