import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkSelect } from './select-guard.ts';

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("CREATE VIEW data AS SELECT 1 AS a, 'x' AS b");
});

describe('a query over the relation data is let through', () => {
  test.each([
    'SELECT count(*) FROM data',
    'FROM data',
    'select * from DATA;',
    '/* a comment */ SELECT a FROM data -- and another',
    'SELECT d.a FROM data d JOIN data e USING (a)',
    'SELECT (SELECT max(a) FROM data)',
    'WITH t AS (SELECT a FROM data) SELECT * FROM t',
    'WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t',
    'SELECT * FROM data, unnest([1, 2]) AS u(x)',
    'SELECT * FROM range(3) UNION ALL VALUES (1)',
    'SELECT a, row_number() OVER (PARTITION BY b) FROM data QUALIFY row_number() OVER () < 2',
    "FROM data PIVOT (sum(a) FOR b IN ('x'))",
    'SELECT * EXCLUDE (a) FROM data TABLESAMPLE 2 ROWS',
    'SUMMARIZE data',
    'DESCRIBE SELECT a FROM data',
  ])('%s', async (sql) => {
    await expect(checkSelect(connection, sql)).resolves.toBeUndefined();
    await expect(connection.run(sql)).resolves.toBeDefined();
  });
});

describe('anything else is refused with the reason', () => {
  test.each([
    ["SELECT * FROM '/etc/passwd'", 'there is no relation /etc/passwd'],
    ["SELECT * FROM 'https://example.com/x.parquet'", 'there is no relation https'],
    ["SELECT * FROM read_csv('/etc/passwd')", 'the function read_csv'],
    ["SELECT * FROM READ_TEXT('/etc/passwd')", 'the function read_text'],
    ["SELECT * FROM data, (SELECT * FROM read_blob('/etc/passwd'))", 'the function read_blob'],
    ["SELECT (SELECT count(*) FROM glob('/*'))", 'the function glob'],
    ["SELECT * FROM data WHERE a IN (SELECT size FROM read_text('/etc/passwd'))", 'the function read_text'],
    ["WITH t AS (FROM read_parquet('s3://bucket/key')) SELECT 1", 'the function read_parquet'],
    ["SELECT * FROM sniff_csv('/etc/passwd')", 'the function sniff_csv'],
    ["SELECT * FROM query('SELECT 1')", 'the function query'],
    ["SELECT * FROM query_table('data')", 'the function query_table'],
    ["FROM json_execute_serialized_sql(json_serialize_sql('FROM duckdb_settings()'))", 'json_execute_serialized_sql'],
    ['SELECT * FROM duckdb_settings()', 'the function duckdb_settings'],
    ['SELECT * FROM pragma_version()', 'the function pragma_version'],
    ['SELECT * FROM information_schema.tables', 'there is no relation tables'],
    ['SELECT * FROM pg_catalog.pg_settings', 'there is no relation pg_settings'],
    ['SELECT * FROM main.data', 'there is no relation data'],
    ['SELECT * FROM sqlite_master', 'there is no relation sqlite_master'],
    ['SELECT * FROM pg_settings, (WITH pg_settings AS (SELECT 1) SELECT 1)', 'there is no relation pg_settings'],
    ['SELECT * FROM customers', 'the data set is called data'],
    ["SELECT current_setting('temp_directory')", 'the function current_setting'],
    ["SELECT a FROM data ORDER BY Current_Setting('temp_directory')", 'the function current_setting'],
    ["SELECT write_log('x')", 'the function write_log'],
    ['SHOW TABLES', 'only a query can be described'],
    ['SHOW ALL TABLES', 'only a query can be described'],
    ['SELECT 1; SELECT 2', '2 statements'],
    ['SELECT 1; DROP VIEW data', 'it is no SELECT'],
    [';', '0 statements'],
    ["ATTACH '/tmp/x.db' AS x", 'it is no SELECT'],
    ["COPY data TO '/tmp/x.csv'", 'it is no SELECT'],
    ["COPY (SELECT 1) TO '/tmp/x.csv'", 'it is no SELECT'],
    ["EXPORT DATABASE '/tmp/x'", 'it is no SELECT'],
    ['PRAGMA database_list', 'it is no SELECT'],
    ["SET memory_limit = '10GB'", 'it is no SELECT'],
    ['RESET memory_limit', 'it is no SELECT'],
    ['INSTALL httpfs', 'it is no SELECT'],
    ['LOAD httpfs', 'it is no SELECT'],
    ['CREATE TABLE t AS SELECT 1', 'it is no SELECT'],
    ['INSERT INTO data VALUES (1)', 'it is no SELECT'],
    ['DELETE FROM data', 'it is no SELECT'],
    ['DROP VIEW data', 'it is no SELECT'],
    ['CALL pragma_version()', 'it is no SELECT'],
    ['EXPLAIN ANALYZE SELECT 1', 'it is no SELECT'],
    ['PREPARE p AS SELECT 1', 'it is no SELECT'],
    ['BEGIN', 'it is no SELECT'],
    ['CHECKPOINT', 'it is no SELECT'],
  ])('%s', async (sql, why) => {
    await expect(checkSelect(connection, sql)).rejects.toMatchObject({
      code: 'NotAllowed',
      message: expect.stringContaining(why) as string,
    });
  });

  test.each(['SELEC a FROM data', 'SELECT FROM WHERE', `SELECT 1${' + 1'.repeat(1_500)}`])(
    'what cannot be parsed is an error of the query: %s',
    async (sql) => {
      await expect(checkSelect(connection, sql)).rejects.toMatchObject({ code: 'InvalidSql' });
    },
  );
});
