import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confinedConnection } from './confined-connection.ts';
import { defaultDatasetLimits } from './dataset-engine.ts';

let folder: string;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarm-confined-'));
  await writeFile(join(folder, 'data'), 'a,b\n1,x\n');
  await writeFile(join(folder, 'other'), 'a,b\n2,y\n');
  connection = await confinedConnection({ path: join(folder, 'data'), folder, limits: defaultDatasetLimits });
});
afterAll(async () => {
  connection.closeSync();
  await rm(folder, { recursive: true });
});

test('the one file can be read', async () => {
  const rows = await connection.runAndReadAll(`SELECT b FROM read_csv('${join(folder, 'data')}')`);
  expect(rows.getRows()).toEqual([['x']]);
});

describe('without looking at the query DuckDB itself refuses', () => {
  const cases: Record<string, (folder: string) => string> = {
    'another file': (at) => `FROM read_csv('${at}/other')`,
    'a way around by dots': (at) => `FROM read_csv('${at}/data/../other')`,
    'a file of the system': () => "FROM read_text('/etc/passwd')",
    'the list of a folder': (at) => `FROM glob('${at}/*')`,
    'an address': () => "FROM read_csv('http://127.0.0.1:1/x.csv')",
    'an object': () => "FROM read_parquet('s3://bucket/key')",
    'a new file': (at) => `COPY (SELECT 1) TO '${at}/new.csv'`,
    'writing the file': (at) => `COPY (SELECT 1) TO '${at}/data'`,
    'a database file': (at) => `ATTACH '${at}/new.db'`,
    'a dump': (at) => `EXPORT DATABASE '${at}/dump'`,
    'an extension from the network': () => 'INSTALL httpfs',
    'an extension from disk': () => 'LOAD httpfs',
    'external access again': () => 'SET enable_external_access = true',
    'other paths': () => "SET allowed_paths = ['/etc/passwd']",
    'other folders': () => "SET allowed_directories = ['/etc']",
    'more memory': () => "SET memory_limit = '100GB'",
    'more threads': () => 'SET threads = 64',
    'an open configuration': () => 'SET lock_configuration = false',
  };
  test.each(Object.entries(cases))('%s', async (_what, sql) => {
    await expect(connection.run(sql(folder))).rejects.toThrow(
      /Permission Error|configuration has been locked|Cannot change|disabled/,
    );
    expect((await readdir(folder)).filter((name) => name !== 'spill').sort()).toEqual(['data', 'other']);
  });
});
