import { statSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { RefusedInSandboxError } from '../sandbox/protocol.ts';
import { serveSandbox } from '../sandbox/serve-sandbox.ts';
import { columnKindOf } from './column-kind.ts';
import { confinedConnection } from './confined-connection.ts';
import { contentKindOf } from './content-kind.ts';
import type { DatasetTable, RejectedLines } from './dataset-engine.ts';
import type { DatasetQuestion, OpenedDataset } from './dataset-question.ts';
import { readTable } from './read-table.ts';
import { rejectsLimit, relationOf, type Relation } from './relation.ts';
import { checkSelect } from './select-guard.ts';

type Question<Kind extends DatasetQuestion['kind']> = Extract<DatasetQuestion, { kind: Kind }>;

interface Opened {
  readonly question: Question<'open'>;
  readonly connection: DuckDBConnection;
  readonly relation: Relation;
}

let opened: Opened | undefined;

serveSandbox((question) => answer(question as DatasetQuestion));

async function answer(question: DatasetQuestion): Promise<OpenedDataset | DatasetTable | RejectedLines> {
  if (question.kind === 'open') return open(question);
  if (!opened) throw new Error('nothing was opened');
  return question.kind === 'select' ? select(opened, question) : rejectedLines(opened);
}

async function open(question: Question<'open'>): Promise<OpenedDataset> {
  const { path, name } = question;
  const kind = contentKindOf(path, name);
  const connection = await confinedConnection({ path, folder: question.folder, limits: question.limits });
  try {
    const relation = await relationOf(connection, { path, sizeBytes: statSync(path).size, kind });
    await connection.run(`CREATE VIEW data AS ${relation.sql}`);
    opened = { question, connection, relation };
    const described = await connection.runAndReadAll('DESCRIBE data');
    const rows = described.getRows() as unknown as (readonly [string, string])[];
    const columns = rows.map(([column, type]) => ({ name: column, type, kind: columnKindOf(type) }));
    return { format: relation.format, columns };
  } catch (cause) {
    throw translated(cause, question, 'Unreadable');
  }
}

async function select(
  { connection, question }: Opened,
  { sql, maximumRows }: Question<'select'>,
): Promise<DatasetTable> {
  try {
    await checkSelect(connection, sql);
    return await readTable(connection, { sql, maximumRows, maximumBytes: question.limits.resultBytes });
  } catch (cause) {
    throw translated(cause, question, 'InvalidSql');
  }
}

async function rejectedLines({ connection, relation, question }: Opened): Promise<RejectedLines> {
  try {
    return relation.countRecordsSql === undefined
      ? await faultyLines(connection)
      : await unreadRecords(connection, relation.countRecordsSql);
  } catch (cause) {
    throw translated(cause, question, 'Unreadable');
  }
}

/** DuckDB notes them in a table that comes with the first reading of a CSV file. */
async function faultyLines(connection: DuckDBConnection): Promise<RejectedLines> {
  const noted = await connection.runAndReadAll(
    "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'",
  );
  if (Number(noted.value(0, 0)) === 0) return { count: 0, atLeast: false };
  const faults = await connection.runAndReadAll(
    "SELECT count(DISTINCT line), arg_min('line ' || line || ': ' || error_message, line) FROM reject_errors",
  );
  const count = Number(faults.value(0, 0));
  const example = faults.value(1, 0);
  const faulty = { count, atLeast: count >= rejectsLimit };
  return typeof example === 'string' ? { ...faulty, example: example.slice(0, 200) } : faulty;
}

async function unreadRecords(connection: DuckDBConnection, countRecordsSql: string): Promise<RejectedLines> {
  const missing = await connection.runAndReadAll(`SELECT (${countRecordsSql}) - (SELECT count(*) FROM data)`);
  return { count: Number(missing.value(0, 0)), atLeast: false };
}

/** DuckDB tells what happened in the first words of its message. */
function translated(cause: unknown, { path, name }: Question<'open'>, code: string): unknown {
  if (!(cause instanceof Error) || cause instanceof RefusedInSandboxError) return cause;
  const message = cause.message.replaceAll(path, name).slice(0, 600);
  if (/^Out of Memory Error|failed to allocate|^TransactionContext Error.*memory/i.test(message)) {
    return new RefusedInSandboxError(
      'OutOfMemory',
      'The query needed more memory than is allowed.',
      'Ask for less: aggregate, filter or limit before sorting and joining.',
    );
  }
  if (code === 'Unreadable') {
    // The statement it quotes is ours.
    const [fault = ''] = message.split('\n\nLINE ');
    return new RefusedInSandboxError(code, `${name} cannot be read as rows: ${fault}`);
  }
  return new RefusedInSandboxError(code, message, 'Write one SELECT over the relation data in the SQL of DuckDB.');
}
