import type { DuckDBConnection } from '@duckdb/node-api';
import type { DatasetFormat } from './dataset-engine.ts';
import type { ContentKind } from './content-kind.ts';
import { oddDelimiterOf } from './odd-delimiter.ts';
import { identifier, literal } from './sql-text.ts';

/** How the file is read as rows. */
export interface Relation {
  readonly format: DatasetFormat;
  /** `SELECT … FROM read_…(…)`. */
  readonly sql: string;
  /** Counts the records of a JSON file, those included that cannot be read. */
  readonly countRecordsSql?: string;
}

interface File {
  readonly path: string;
  readonly sizeBytes: number;
  readonly kind: ContentKind;
}

/** Faulty lines of one reading that are kept for counting. */
export const rejectsLimit = 10_000;

/** pandas reads and writes these as missing. */
const missingValues = ['', 'NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NaN', 'nan', '-NaN', 'null', 'NULL', 'None'];

/** A quarter of DuckDB's own choice, for a few percent of its speed; longer lines than this are bad ones. */
const bufferBytes = 8 * 1024 * 1024;

/** Types are taken from the whole file while that is quick. */
const wholeFileBytes = 32 * 1024 * 1024;
const sampleRows = 200_000;

export function relationOf(connection: DuckDBConnection, file: File): Promise<Relation> {
  switch (file.kind.layout) {
    case 'parquet':
      return Promise.resolve({ format: 'Parquet', sql: `SELECT * FROM read_parquet(${literal(file.path)})` });
    case 'json-lines':
    case 'json':
      return jsonRelation(connection, file);
    case 'delimited':
      return delimitedRelation(connection, file);
  }
}

async function jsonRelation(connection: DuckDBConnection, { path, sizeBytes, kind }: File): Promise<Relation> {
  const lines = kind.layout === 'json-lines';
  const options = [
    literal(path),
    `format = ${lines ? "'newline_delimited'" : "'auto'"}`,
    ...compression(kind),
    ...(lines ? ['ignore_errors = true'] : []),
  ].join(', ');
  const read = `read_json(${options}, sample_size = ${sampleSize({ sizeBytes, kind })})`;
  const columns = (await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${read}`))
    .getRows()
    .map(([name]) => name as string);
  // A line that is no JSON object comes as a row without any value.
  const someValue = columns.map((column) => `${identifier(column)} IS NOT NULL`).join(' OR ');
  return {
    format: lines ? 'JSONL' : 'JSON',
    sql: `SELECT * FROM ${read} WHERE ${someValue}`,
    ...(lines && { countRecordsSql: `SELECT count(*) FROM read_json_objects(${options})` }),
  };
}

interface Dialect {
  readonly options: readonly string[];
  readonly delimiter: string;
  readonly types: readonly string[];
}

/** The sniffer's findings are written down, so that each query does not sniff again. */
async function delimitedRelation(connection: DuckDBConnection, file: File): Promise<Relation> {
  const dialect = await bestDialect(connection, file);
  return {
    format: dialect.delimiter === '\t' ? 'TSV' : 'CSV',
    sql: `SELECT * FROM read_csv(${[...dialect.options, `rejects_limit = ${rejectsLimit}`, 'store_rejects = true'].join(', ')})`,
  };
}

async function bestDialect(connection: DuckDBConnection, file: File): Promise<Dialect> {
  const usual = await sniff(connection, file);
  const odd = usual.types.length === 1 ? oddDelimiterOf(file.kind.head) : undefined;
  if (odd !== undefined) return sniff(connection, file, [`delim = ${literal(odd)}`]);
  if (usual.delimiter === ',' || !usual.types.includes('VARCHAR')) return usual;
  const decimalComma = await sniff(connection, file, ["decimal_separator = ','"]);
  return texts(decimalComma) < texts(usual) ? decimalComma : usual;
}

function texts({ types }: Dialect): number {
  return types.filter((type) => type === 'VARCHAR').length;
}

async function sniff(connection: DuckDBConnection, file: File, wishes: readonly string[] = []): Promise<Dialect> {
  const given = [
    literal(file.path),
    ...wishes,
    ...compression(file.kind),
    `encoding = ${literal(file.kind.encoding)}`,
    `nullstr = [${missingValues.map(literal).join(', ')}]`,
    `buffer_size = ${bufferBytes}`,
  ];
  const sniffed = await connection.runAndReadAll(
    `SELECT Delimiter, Quote, Escape, NewLineDelimiter, Comment, SkipRows, HasHeader, DateFormat, TimestampFormat,
       list_transform(Columns, lambda c: c.name) AS names, list_transform(Columns, lambda c: c.type) AS types
     FROM sniff_csv(${[...given, 'ignore_errors = true', `sample_size = ${sampleSize(file)}`].join(', ')})`,
  );
  const [row] = sniffed.getRowObjectsJson() as unknown as [Sniffed];
  return { delimiter: row.Delimiter, types: row.types, options: [...given, ...foundOptions(row)] };
}

interface Sniffed {
  readonly Delimiter: string;
  readonly Quote: string;
  readonly Escape: string;
  readonly NewLineDelimiter: string;
  readonly Comment: string;
  readonly SkipRows: number;
  readonly HasHeader: boolean;
  readonly DateFormat: string | null;
  readonly TimestampFormat: string | null;
  readonly names: readonly string[];
  readonly types: readonly string[];
}

function foundOptions(row: Sniffed): readonly string[] {
  const sign = (text: string) => literal(text === '(empty)' ? '' : text);
  const columns = row.names.map((name, index) => `${literal(name)}: ${literal(row.types[index] ?? 'VARCHAR')}`);
  return [
    'auto_detect = false',
    `delim = ${literal(row.Delimiter)}`,
    `quote = ${sign(row.Quote)}`,
    `escape = ${sign(row.Escape)}`,
    `comment = ${sign(row.Comment)}`,
    `skip = ${row.SkipRows}`,
    `header = ${row.HasHeader}`,
    `columns = {${columns.join(', ')}}`,
    ...(row.NewLineDelimiter.startsWith('\\') ? [`new_line = ${literal(row.NewLineDelimiter)}`] : []),
    ...(row.DateFormat === null ? [] : [`dateformat = ${literal(row.DateFormat)}`]),
    ...(row.TimestampFormat === null ? [] : [`timestampformat = ${literal(row.TimestampFormat)}`]),
  ];
}

/** Text in gzip takes about a tenth of its room. */
function sampleSize({ sizeBytes, kind }: Pick<File, 'sizeBytes' | 'kind'>): number {
  return sizeBytes * (kind.gzipped ? 10 : 1) <= wholeFileBytes ? -1 : sampleRows;
}

function compression({ gzipped }: ContentKind): readonly string[] {
  return gzipped ? ["compression = 'gzip'"] : [];
}
