import { DatabaseSync } from 'node:sqlite';
import { folded } from '../protocol/collation.ts';
import { type ExperimentRow, type PipelineRow, type RecurringRunRow, type RunRow, type VersionRow } from './rows.ts';

/** Rows of one kind by id; ids compare as the database compares text. */
export class Table<Row extends { readonly id: string }> {
  readonly #rows = new Map<string, Row>();
  readonly #persist: (id: string, row: Row | undefined) => void;

  constructor(persist: (id: string, row: Row | undefined) => void) {
    this.#persist = persist;
  }

  get(id: string): Row | undefined {
    return this.#rows.get(folded(id));
  }

  /** Inserts the row, or saves the changes of one that is there. */
  put(row: Row): void {
    this.#rows.set(folded(row.id), row);
    this.#persist(folded(row.id), row);
  }

  delete(id: string): void {
    this.#rows.delete(folded(id));
    this.#persist(folded(id), undefined);
  }

  all(): Row[] {
    return [...this.#rows.values()];
  }

  /** Takes a row back from disk. */
  restore(row: Row): void {
    this.#rows.set(folded(row.id), row);
  }
}

/** Everything the server remembers: in memory, and in an SQLite file where it has to survive the death of the process. */
export class Database {
  readonly pipelines: Table<PipelineRow>;
  readonly versions: Table<VersionRow>;
  readonly experiments: Table<ExperimentRow>;
  readonly runs: Table<RunRow>;
  readonly recurringRuns: Table<RecurringRunRow>;
  readonly #file: DatabaseSync | undefined;

  constructor(path?: string) {
    this.#file = path === undefined ? undefined : new DatabaseSync(path);
    this.#file?.exec('CREATE TABLE IF NOT EXISTS rows (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id)) STRICT');
    this.pipelines = this.#table('pipeline');
    this.versions = this.#table('version');
    this.experiments = this.#table('experiment');
    this.runs = this.#table('run');
    this.recurringRuns = this.#table('recurring-run');
  }

  close(): void {
    this.#file?.close();
  }

  #table<Row extends { readonly id: string }>(kind: string): Table<Row> {
    const file = this.#file;
    if (!file) return new Table<Row>(() => undefined);
    const write = file.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?, ?)');
    const erase = file.prepare('DELETE FROM rows WHERE kind = ? AND id = ?');
    const table = new Table<Row>((id, row) => {
      if (row) write.run(kind, id, JSON.stringify(row));
      else erase.run(kind, id);
    });
    for (const { body } of file.prepare('SELECT body FROM rows WHERE kind = ? ORDER BY rowid').all(kind)) {
      table.restore(JSON.parse(String(body)) as Row);
    }
    return table;
  }
}
