import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEngine, textSource, type EngineUnderTest } from './dataset-files.ts';

/** A file and a server that nobody may reach. */
let world: EngineUnderTest;
let server: Server;
let address: string;
let requests = 0;
let secret: string;

beforeAll(async () => {
  world = await startEngine({ queryMs: 5_000 });
  secret = join(world.spoolDirectory, 'secret.csv');
  await writeFile(secret, 'secret\nhunter2\n');
  server = createServer((_request, response) => {
    requests += 1;
    response.end('a\n1\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await world.end();
});

const rows = Array.from({ length: 1_000 }, (_, n) => `${n},name ${n % 10}`).join('\n');
const source = () => textSource('victims.csv', `id,name\n${rows}\n`);
const ask = (sql: string) => world.engine.withDataset(source(), (dataset) => dataset.select(sql));

async function expectUntouched(): Promise<void> {
  expect(requests).toBe(0);
  expect(await readFile(secret, 'utf8')).toBe('secret\nhunter2\n');
  expect(await readdir(world.spoolDirectory)).toEqual(['secret.csv']);
}

describe('a query reaches no file, no network, no setting and no other table', () => {
  test.each([
    (file: string) => `SELECT * FROM '${file}'`,
    (file: string) => `SELECT * FROM read_csv('${file}')`,
    (file: string) => `SELECT content FROM read_text('${file}')`,
    (file: string) => `SELECT * FROM data WHERE name IN (SELECT content FROM read_text('${file}'))`,
    (file: string) => `WITH data AS (FROM read_csv('${file}')) SELECT * FROM data`,
    (file: string) => `SELECT (SELECT string_agg(secret, '') FROM '${file}')`,
    (file: string) => `FROM query('FROM read_csv(''${file}'')')`,
    (file: string) => `SELECT * FROM sniff_csv('${file}')`,
    (file: string) => `ATTACH '${file}.db' AS other`,
    (file: string) => `COPY (SELECT 1) TO '${file}'`,
    (file: string) => `COPY data TO '${file}.copy'`,
    (file: string) => `EXPORT DATABASE '${file}.dump'`,
    (file: string) => `SELECT 1; COPY (SELECT 1) TO '${file}'`,
    (file: string) => `CREATE TABLE t AS FROM '${file}'`,
    () => "SELECT * FROM glob('/**')",
    () => `SELECT * FROM '${address}/x.csv'`,
    () => `SELECT * FROM read_csv('${address}/x.csv')`,
    () => `SELECT * FROM read_parquet('${address}/x.parquet')`,
    () => `ATTACH '${address}/x.db'`,
    () => 'INSTALL httpfs',
    () => 'LOAD httpfs',
    () => "SET memory_limit = '100GB'",
    () => 'SET enable_external_access = true',
    () => 'PRAGMA enable_external_access',
    () => 'PRAGMA database_list',
    () => 'SELECT * FROM duckdb_settings()',
    () => 'SELECT * FROM duckdb_secrets()',
    () => "SELECT current_setting('temp_directory')",
    () => 'SELECT * FROM reject_errors',
    () => 'SELECT * FROM information_schema.tables',
    () => 'DROP VIEW data',
    () => "UPDATE data SET name = 'x'",
  ])('%s', async (sql) => {
    await expect(ask(sql(secret))).rejects.toMatchObject({ name: 'DatasetRefusedError', code: 'NotAllowed' });
    await expectUntouched();
  });
});

describe('a query that needs too much is ended, and the next one is answered', () => {
  const enough = ['TimedOut', 'OutOfMemory'];
  test.each([
    'SELECT count(*) FROM data a, data b, data c, data d',
    'SELECT a.id FROM data a, data b, data c ORDER BY hash(a.id, b.id, c.id)',
    'SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range % 7 = b.range % 11',
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t',
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t, range(1000)) SELECT count(*) FROM t',
    'SELECT list(range) FROM range(10000000000)',
    'SELECT range(1000000000)',
    "SELECT length(repeat('x', 2000000000)) FROM data",
    "SELECT string_agg(repeat('x', 1000), '') FROM range(100000000)",
  ])('%s', async (sql) => {
    const failure: unknown = await ask(sql).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'DatasetRefusedError',
      code: expect.stringMatching(enough.join('|')) as string,
    });
    expect((await ask('SELECT count(*) FROM data')).rows).toEqual([[1_000]]);
    await expectUntouched();
  });

  test('one that is nested deeply is answered or ended, and the next one is answered', async () => {
    const deep = await ask(`SELECT ${'abs('.repeat(900)}1${')'.repeat(900)}`).catch((error: unknown) => error);
    if (deep instanceof Error) expect(deep).toMatchObject({ name: 'DatasetRefusedError' });
    else expect(deep).toMatchObject({ rows: [[1]] });
    expect((await ask('SELECT count(*) FROM data')).rows).toEqual([[1_000]]);
  });

  test('an answer is never larger than allowed', async () => {
    const { rows: answered, cut } = await ask("SELECT repeat('x', 100000) FROM range(1000)");
    expect(cut).toBe(true);
    expect(JSON.stringify(answered).length).toBeLessThan(4.1 * 1024 * 1024);
  });
});

test('several at once, good and bad, do not disturb each other', async () => {
  const bad = [
    'SELECT count(*) FROM data a, data b, data c, data d',
    "SELECT length(repeat('x', 2000000000)) FROM data",
  ];
  const outcomes = await Promise.allSettled(
    [...bad, 'SELECT count(*) FROM data', 'SELECT max(id) FROM data', 'SELECT min(id) FROM data'].map(ask),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
});
