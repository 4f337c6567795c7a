import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMinioAgent } from '../../../src/agents/minio/minio-agent.ts';
import type { ToolContext, ToolResult } from '../../../src/agents/tool.ts';
import type { ObjectStore } from '../../../src/backends/s3/object-store.ts';
import { createS3Store, type S3Store } from '../../../src/backends/s3/s3-store.ts';
import { RetryableError } from '../../../src/base/errors.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { callTool, precheckTool, toolOf } from '../../../src/testing/call-tool.ts';
import { toolContext } from '../../../src/testing/tool-context.ts';
import { freshBucket, settingsOf, storesUnderTest } from './stores-under-test.ts';
import { TroublesomeProxy, type Trouble } from './troublesome-proxy.ts';

const untouched = () => {
  throw new Error('these tests open no data set and no PDF');
};
const agentOver = (s3: S3Store) =>
  createMinioAgent({
    store: { store: ({ signal }) => Promise.resolve(s3.bind(signal)) },
    engine: { withDataset: untouched },
    pdf: { read: untouched },
  });

let decisions = 0;
/** The facts of one decision; a repeat has the same ones. */
const decision = (): ToolContext =>
  toolContext({
    clock: systemClock,
    decidedAt: systemClock.now(),
    effectKey: `decision${String(++decisions).padStart(18, 'a')}`,
  });

describe.each(storesUnderTest)('effects on $name', ({ name }) => {
  const settings = settingsOf(name);
  const proxy = new TroublesomeProxy({ upstream: settings.endpoint });
  let direct: S3Store;
  let proxied: S3Store;
  let store: ObjectStore;
  let bucket: string;

  beforeAll(async () => {
    direct = createS3Store(settings);
    proxied = createS3Store({ ...settings, endpoint: await proxy.start() });
    store = direct.bind(new AbortController().signal);
    bucket = await freshBucket(settings, { isVersioned: true });
  });
  afterAll(async () => {
    direct.close();
    proxied.close();
    await proxy.stop();
  });

  const call = (
    tool: string,
    input: object,
    { context, through = direct }: { context: ToolContext; through?: S3Store },
  ): Promise<ToolResult> => callTool(toolOf(agentOver(through), tool), input, context);
  const versionsOf = async (key: string) => (await store.listVersions({ bucket, key }, 100)).length;

  test.each<Trouble>(['lose-answer', 'lose-request'])(
    'put_object through %s: written once in the end, by the repeat’s knowledge',
    async (trouble) => {
      const input = { bucket, key: `put/${trouble}.txt`, content: 'the result' };
      const context = decision();
      proxy.arrange('PUT', trouble);
      await expect(call('put_object', input, { context, through: proxied })).rejects.toBeInstanceOf(RetryableError);
      expect(await call('put_object', input, { context, through: proxied })).toMatchObject({
        kind: 'ok',
        summary: expect.stringContaining('Wrote 10 B') as string,
      });
      expect(await versionsOf(input.key)).toBe(1);
    },
  );

  test('an overwrite whose answer was lost is not made again', async () => {
    const input = { bucket, key: 'overwrite.txt', content: 'new', overwrite: true };
    await call('put_object', { ...input, content: 'old' }, { context: decision() });
    const context = decision();
    proxy.arrange('PUT', 'lose-answer');
    await expect(call('put_object', input, { context, through: proxied })).rejects.toBeInstanceOf(RetryableError);
    expect(await call('put_object', input, { context, through: proxied })).toMatchObject({ kind: 'ok' });
    expect(await versionsOf(input.key)).toBe(2);
  });

  test('a copy whose answer was lost is not made again', async () => {
    await call('put_object', { bucket, key: 'source.txt', content: 'x' }, { context: decision() });
    const input = { bucket, key: 'source.txt', toBucket: bucket, toKey: 'target.txt' };
    const context = decision();
    proxy.arrange('PUT', 'lose-answer');
    await expect(call('copy_object', input, { context, through: proxied })).rejects.toBeInstanceOf(RetryableError);
    expect(await call('copy_object', input, { context, through: proxied })).toMatchObject({ kind: 'ok' });
    expect(await versionsOf('target.txt')).toBe(1);
  });

  test('a bucket whose answer was lost is adopted by the repeat, and by nobody else later', async () => {
    const input = { bucket: `${bucket}-new` };
    const context = decision();
    proxy.arrange('PUT', 'lose-answer');
    await expect(call('create_bucket', input, { context, through: proxied })).rejects.toBeInstanceOf(RetryableError);
    expect(await call('create_bucket', input, { context, through: proxied })).toMatchObject({ kind: 'ok' });
    const tomorrow = new Date(systemClock.now().getTime() + 86_400_000);
    expect(await call('create_bucket', input, { context: { ...decision(), decidedAt: tomorrow } })).toMatchObject({
      code: 'AlreadyExists',
    });
  });

  test('two operators with the same decision write once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const input = { bucket, key: `race/${round}.txt`, content: `round ${round}` };
      const context = decision();
      const results = await Promise.all(Array.from({ length: 4 }, () => call('put_object', input, { context })));
      expect(results.map(({ kind }) => kind)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(await versionsOf(input.key)).toBe(1);
    }
  });

  test('of different decisions for one key exactly one wins, and the others are told', async () => {
    for (let round = 0; round < 10; round += 1) {
      const inputs = Array.from({ length: 4 }, (_, writer) => ({
        bucket,
        key: `contest/${round}.txt`,
        content: `writer ${writer}`,
      }));
      const results = await Promise.all(inputs.map((input) => call('put_object', input, { context: decision() })));
      expect(results.filter(({ kind }) => kind === 'ok')).toHaveLength(1);
      for (const result of results)
        if (result.kind === 'error') expect(['AlreadyExists', 'Changed']).toContain(result.code);
      expect(await versionsOf(`contest/${round}.txt`)).toBe(1);
    }
  });

  test('a deletion says how many versions remain, and they do', async () => {
    const key = 'deleted.txt';
    await call('put_object', { bucket, key, content: '1' }, { context: decision() });
    await call('put_object', { bucket, key, content: '2', overwrite: true }, { context: decision() });
    const context = decision();
    const tool = toolOf(agentOver(direct), 'delete_object');
    expect(await precheckTool(tool, { bucket, key }, context)).toBeUndefined();
    expect(await tool.preview?.({ bucket, key } as never, context)).toContain('the bucket keeps 2 versions of it');
    expect(await call('delete_object', { bucket, key }, { context })).toMatchObject({ kind: 'ok' });
    expect(await store.stat({ bucket, key })).toBeUndefined();
    const versions = await store.listVersions({ bucket, key }, 10);
    expect(versions.map(({ isDeletion }) => isDeletion)).toEqual([true, false, false]);
    expect(await call('read_object', { bucket, key }, { context })).toMatchObject({ kind: 'error', code: 'NotFound' });
  });

  test('a link opens the object and nothing else, for everybody', async () => {
    await call('put_object', { bucket, key: 'shared/ü b.txt', content: 'for you' }, { context: decision() });
    const result = await call(
      'presign_url',
      { bucket, key: 'shared/ü b.txt', expiresIn: '1m' },
      { context: decision() },
    );
    const { url } = (result as { data: { url: string } }).data;
    const answer = await fetch(url);
    expect(await answer.text()).toBe('for you');
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%C3%BC%20b.txt");
    const other = await fetch(url.replace('shared/', 'other/'));
    await other.text();
    expect(other.status).toBe(403);
  });

  test('an object that is cut in the middle is a matter of time, never a short text', async () => {
    await call('put_object', { bucket, key: 'cut.txt', content: 'line\n'.repeat(2_000) }, { context: decision() });
    proxy.arrange('GET', 'cut-answer');
    await expect(
      call('read_object', { bucket, key: 'cut.txt' }, { context: decision(), through: proxied }),
    ).rejects.toBeInstanceOf(RetryableError);
    expect(
      await call('read_object', { bucket, key: 'cut.txt' }, { context: decision(), through: proxied }),
    ).toMatchObject({ kind: 'ok' });
  });
});
