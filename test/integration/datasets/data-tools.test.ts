import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { createMinioAgent } from '../../../src/agents/minio/minio-agent.ts';
import { createPdfReader } from '../../../src/backends/pdf/sandboxed-pdf-reader.ts';
import type { S3Settings } from '../../../src/backends/s3/s3-settings.ts';
import { createS3Store, type S3Store } from '../../../src/backends/s3/s3-store.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { callTool, toolOf } from '../../../src/testing/call-tool.ts';
import { toolContext } from '../../../src/testing/tool-context.ts';
import { freshBucket, settingsOf, storesUnderTest } from '../s3/stores-under-test.ts';
import { TroublesomeProxy } from '../s3/troublesome-proxy.ts';
import { fixtureNames, fixturePath, startEngine, type EngineUnderTest } from './dataset-files.ts';

let world: EngineUnderTest;
beforeAll(async () => {
  world = await startEngine();
});
afterAll(() => world.end());

function agentOver(store: S3Store): Agent {
  return createMinioAgent({
    store: { store: ({ signal }) => Promise.resolve(store.bind(signal)) },
    engine: world.engine,
    pdf: createPdfReader({ clock: systemClock }),
  });
}

const questions = {
  profile_dataset: { key: 'customers.csv' },
  query_dataset: { key: 'customers.csv', sql: 'SELECT count(*) FROM data' },
  plot_data: { key: 'customers.csv' },
  read_pdf: { key: 'handbook.pdf' },
};
const each = Object.entries(questions);

/** An answer to HEAD has no room for the reason; MinIO says it in a header. */
const strangerIsTold = { MinIO: { name: 'TerminalError' }, versitygw: { kind: 'error', code: 'Forbidden' } };

describe.each(storesUnderTest.map(({ name }) => name))('over %s', (name) => {
  let settings: S3Settings;
  let store: S3Store;
  let bucket: string;

  const call = (tool: string, input: object, over: S3Store = store) =>
    callTool(toolOf(agentOver(over), tool), { bucket, ...input }, toolContext({ clock: systemClock }));

  beforeAll(async () => {
    settings = settingsOf(name);
    store = createS3Store(settings);
    bucket = await freshBucket(settings);
    const bound = store.bind(new AbortController().signal);
    for (const key of await fixtureNames())
      await bound.put({ bucket, key, body: await readFile(fixturePath(key)), contentType: 'application/octet-stream' });
  });
  afterAll(() => {
    store.close();
  });

  test('profile_dataset describes Parquet and CSV alike', async () => {
    for (const key of ['customers.csv', 'customers.tsv', 'customers.csv.gz', 'customers.parquet', 'customers.jsonl'])
      expect(await call('profile_dataset', { key })).toMatchObject({
        kind: 'ok',
        untrusted: true,
        summary: expect.stringMatching(/rows and 6 columns: id BIGINT, age DOUBLE, country VARCHAR/) as string,
      });
  });

  test('query_dataset answers', async () => {
    const sql = 'SELECT country, count(*) AS n FROM data GROUP BY ALL ORDER BY n DESC LIMIT 1';
    expect(await call('query_dataset', { key: 'customers.csv', sql })).toMatchObject({
      kind: 'ok',
      summary: 'customers.csv: country = DE, n = 120.',
      data: { columns: ['country', 'n'], rows: [['DE', '120']], cut: false },
    });
  });

  test('plot_data draws', async () => {
    expect(
      await call('plot_data', { key: 'customers.parquet', x: 'country', y: 'income', aggregate: 'median' }),
    ).toMatchObject({
      kind: 'ok',
      summary: 'Bar chart of median of income per country, 4 points, from customers.parquet.',
    });
  });

  test('read_pdf reads', async () => {
    expect(await call('read_pdf', { key: 'handbook.pdf', pages: '2' })).toMatchObject({
      kind: 'ok',
      data: { totalPages: 3, pages: [{ page: 2, text: 'Page 2 of the handbook.\nThe retention period is 60 days.' }] },
    });
  });

  test.each(each)('%s suggests a key for one that is not there, and a bucket', async (tool, input) => {
    expect(await call(tool, { ...input, key: input.key.replace('.', 's.') })).toMatchObject({
      kind: 'error',
      code: 'NotFound',
      hint: expect.stringContaining(input.key) as string,
    });
    expect(await call(tool, { ...input, bucket: `${bucket}x` })).toMatchObject({ kind: 'error', code: 'NotFound' });
  });

  test.each(each)('%s is retried when the connection breaks half way', async (tool, input) => {
    const proxy = new TroublesomeProxy({ upstream: settings.endpoint });
    const broken = createS3Store({ ...settings, endpoint: await proxy.start() });
    try {
      proxy.arrange('GET', 'cut-answer');
      await expect(call(tool, input, broken)).rejects.toMatchObject({ name: 'RetryableError' });
      expect(await call(tool, input, broken)).toMatchObject({ kind: 'ok' });
    } finally {
      broken.close();
      await proxy.stop();
    }
  });

  test.each(each)('%s is refused when the key of the store is wrong', async (tool, input) => {
    const stranger = createS3Store({ ...settings, secretAccessKey: 'not the secret of this store' });
    try {
      const outcome: unknown = await call(tool, input, stranger).catch((error: unknown) => error);
      expect(outcome).toMatchObject(strangerIsTold[name]);
    } finally {
      stranger.close();
    }
  });

  test.each(each)('%s is retried when nothing listens there', async (tool, input) => {
    const nowhere = createS3Store({ ...settings, endpoint: 'http://127.0.0.1:9' });
    try {
      await expect(call(tool, input, nowhere)).rejects.toMatchObject({ name: 'RetryableError' });
    } finally {
      nowhere.close();
    }
  });
});
