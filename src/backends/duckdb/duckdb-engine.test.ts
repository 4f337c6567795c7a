import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { RetryableError } from '../../base/errors.ts';
import type { Dataset, DatasetEngine, DatasetLimits, DatasetSource } from './dataset-engine.ts';
import { createDuckDbEngine } from './duckdb-engine.ts';

// Each case starts a process.
vi.setConfig({ testTimeout: 60_000 });

let spoolDirectory: string;
beforeEach(async () => {
  spoolDirectory = await mkdtemp(join(tmpdir(), 'swarm-engine-'));
});
afterEach(async () => {
  expect(await readdir(spoolDirectory)).toEqual([]);
  await rm(spoolDirectory, { recursive: true });
});

const engineWith = (limits: Partial<DatasetLimits> = {}) =>
  createDuckDbEngine({ clock: systemClock, spoolDirectory, limits });

function file(content: string | Buffer, changes: Partial<DatasetSource> = {}): DatasetSource {
  const bytes = Buffer.from(content as string);
  return {
    name: 'orders.csv',
    sizeBytes: bytes.length,
    open: () => Promise.resolve(Readable.from([bytes])),
    signal: new AbortController().signal,
    ...changes,
  };
}

const orders = 'id,city,price\n1,Köln,1.5\n2,Łódź,2.5\n3,Köln,\n';
const select = (engine: DatasetEngine, sql: string, source = file(orders)) =>
  engine.withDataset(source, (dataset) => dataset.select(sql));

test('a file is looked at as the relation data, and nothing of it stays', async () => {
  const seen = await engineWith().withDataset(file(orders), async (dataset) => {
    expect(await readdir(spoolDirectory)).toHaveLength(1);
    const { format, columns } = dataset;
    return {
      format,
      columns,
      table: await dataset.select('SELECT city, sum(price) AS total FROM data GROUP BY ALL ORDER BY 1'),
    };
  });
  expect(seen).toEqual({
    format: 'CSV',
    columns: [
      { name: 'id', type: 'BIGINT', kind: 'number' },
      { name: 'city', type: 'VARCHAR', kind: 'text' },
      { name: 'price', type: 'DOUBLE', kind: 'number' },
    ],
    table: {
      columns: [
        { name: 'city', type: 'VARCHAR' },
        { name: 'total', type: 'DOUBLE' },
      ],
      rows: [
        ['Köln', 1.5],
        ['Łódź', 2.5],
      ],
      cut: false,
    },
  });
});

test('what cannot be a number stays as it is written', async () => {
  const { rows } = await select(
    engineWith(),
    "SELECT 9007199254740993, 42::BIGINT, 1.10::DECIMAL(9,2), 'NaN'::DOUBLE, DATE '2026-01-02', NULL, [1, 2], {'a': 'b'} FROM data LIMIT 1",
  );
  expect(rows).toEqual([['9007199254740993', 42, '1.10', 'NaN', '2026-01-02', null, [1, 2], { a: 'b' }]]);
});

test('rows and bytes beyond the limits are cut, and that is said', async () => {
  const few = await engineWith({ rows: 2 }).withDataset(file(orders), (dataset) => dataset.select('FROM data'));
  expect([few.rows.length, few.cut]).toEqual([2, true]);
  const asked = await engineWith().withDataset(file(orders), (dataset) =>
    dataset.select('FROM data', { maximumRows: 3 }),
  );
  expect([asked.rows.length, asked.cut]).toEqual([3, false]);
  const small = await select(engineWith({ resultBytes: 1_000 }), "SELECT repeat('x', 300) FROM range(100)");
  expect([small.rows.length, small.cut]).toEqual([3, true]);
});

describe('what a query does wrong is a sentence for the asker', () => {
  const cases: Record<string, { sql: string; limits?: Partial<DatasetLimits>; want: object }> = {
    'a column that is not there': {
      sql: 'SELECT prize FROM data',
      want: { code: 'InvalidSql', message: expect.stringContaining('price') as string },
    },
    'another file': { sql: "FROM read_text('/etc/passwd')", want: { code: 'NotAllowed' } },
    'too much time': {
      sql: 'SELECT count(*) FROM range(1e12::BIGINT) a, data',
      limits: { queryMs: 1_500 },
      want: { code: 'TimedOut' },
    },
    'endless recursion': {
      sql: 'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t',
      limits: { queryMs: 1_500 },
      want: { code: expect.stringMatching(/TimedOut|OutOfMemory/) as string },
    },
    'more memory than DuckDB may have': {
      sql: 'SELECT list(range) FROM range(1000000000)',
      want: { code: 'OutOfMemory' },
    },
    'more memory than the worker may have': {
      sql: "SELECT length(repeat('x', 2000000000)) FROM data",
      want: { code: 'OutOfMemory' },
    },
  };
  test.each(Object.entries(cases))('%s', async (_what, { sql, limits = {}, want }) => {
    await expect(select(engineWith(limits), sql)).rejects.toMatchObject({ name: 'DatasetRefusedError', ...want });
  });

  test('a worker that had to be ended is followed by one that answers', async () => {
    const engine = engineWith();
    await expect(select(engine, "SELECT length(repeat('x', 2000000000)) FROM data")).rejects.toMatchObject({
      code: 'OutOfMemory',
    });
    expect((await select(engine, 'SELECT count(*) FROM data')).rows).toEqual([[3]]);
  });

  test('a query after a refused one is answered from the same file', async () => {
    await engineWith().withDataset(file(orders), async (dataset) => {
      await expect(dataset.select('SELECT nothing FROM data')).rejects.toMatchObject({ code: 'InvalidSql' });
      expect((await dataset.select('SELECT max(id) FROM data')).rows).toEqual([[3]]);
    });
  });
});

describe('a file that is no data set is refused with the reason', () => {
  test.each([
    ['nothing in it', '', { code: 'Empty' }],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), { code: 'NotADataset' }],
    [
      'half of a Parquet file',
      'PAR1xxxxxxxxxxxxxxxx',
      {
        code: 'Unreadable',
        message:
          "orders.csv cannot be read as rows: Invalid Input Error: No magic bytes found at end of file 'orders.csv'",
      },
    ],
  ])('%s', async (_what, content, want) => {
    await expect(select(engineWith(), 'FROM data', file(content))).rejects.toMatchObject(want);
  });
});

describe('size', () => {
  test('a file that is too large is not even opened', async () => {
    const source = file(orders, { open: () => Promise.reject(new Error('opened')) });
    await expect(select(engineWith({ objectBytes: 10 }), 'FROM data', source)).rejects.toMatchObject({
      code: 'TooLarge',
    });
  });

  test('a file that is larger than it was said to be is given up on the way', async () => {
    const source = file(orders, { sizeBytes: 5 });
    await expect(select(engineWith({ objectBytes: 10 }), 'FROM data', source)).rejects.toMatchObject({
      code: 'TooLarge',
    });
  });
});

describe('errors of the store and of the asker go through untouched', () => {
  const broken = new RetryableError('ConnectionLost', 'the store went away');
  const faults: Record<string, DatasetSource['open']> = {
    'at opening': () => Promise.reject(broken),
    'half way': () =>
      Promise.resolve(
        Readable.from(
          (function* () {
            yield Buffer.from('id,city\n');
            throw broken;
          })(),
        ),
      ),
  };
  test.each(Object.entries(faults))('the store fails %s', async (_when, open) => {
    await expect(select(engineWith(), 'FROM data', file(orders, { open }))).rejects.toBe(broken);
  });

  test('the use of the data fails', async () => {
    const mistake = new Error('a mistake in a tool');
    await expect(engineWith().withDataset(file(orders), () => Promise.reject(mistake))).rejects.toBe(mistake);
  });

  test('the turn is cancelled while a query runs', async () => {
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const use = (dataset: Dataset) => {
      const answer = dataset.select('SELECT count(*) FROM range(1e12::BIGINT) a, data');
      stop.abort(reason);
      return answer;
    };
    await expect(engineWith().withDataset(file(orders, { signal: stop.signal }), use)).rejects.toBe(reason);
  });

  test('the turn is cancelled while the file is copied', async () => {
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const open = () =>
      Promise.resolve(
        new Readable({
          read() {
            stop.abort(reason);
          },
        }),
      );
    await expect(select(engineWith(), 'FROM data', file(orders, { open, signal: stop.signal }))).rejects.toBe(reason);
  });
});

test('no more files are open at a time than allowed', async () => {
  const engine = engineWith({ open: 1 });
  let open = 0;
  let most = 0;
  const use = async (dataset: Dataset) => {
    most = Math.max(most, ++open);
    const { rows } = await dataset.select('SELECT count(*) FROM data');
    open -= 1;
    return rows;
  };
  await Promise.all([1, 2, 3].map(() => engine.withDataset(file(orders), use)));
  expect(most).toBe(1);
});

test('what a process that ended has left behind is taken away, what another uses is not', async () => {
  const dead = join(spoolDirectory, 'swarm-dataset-999999999-abc');
  const before = join(spoolDirectory, `swarm-dataset-${process.pid}-before`);
  const living = join(spoolDirectory, `swarm-dataset-${process.ppid}-abc`);
  const foreign = join(spoolDirectory, 'something-else');
  for (const folder of [dead, before, living, foreign]) await mkdir(folder);
  await utimes(before, 1, 1);
  await select(engineWith(), 'FROM data');
  expect((await readdir(spoolDirectory)).sort()).toEqual(['something-else', `swarm-dataset-${process.ppid}-abc`]);
  await rm(living, { recursive: true });
  await rm(foreign, { recursive: true });
});
