import { beforeEach, describe, expect, test } from 'vitest';
import { bucketPolicyOf } from '../../backends/s3/bucket-policy.ts';
import { ObjectStoreRefusedError } from '../../backends/s3/object-store-refused-error.ts';
import type { ObjectStoreSource } from '../../backends/s3/object-store.ts';
import { restrictTo } from '../../backends/s3/restrict-to.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { callTool, precheckTool, toolOf } from '../../testing/call-tool.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeObjectStore } from '../../testing/fake-object-store.ts';
import { silentLog, toolContext } from '../../testing/tool-context.ts';
import type { ToolContext, ToolSuccess } from '../tool.ts';
import { createMinioAgent } from './minio-agent.ts';

const untouched = () => {
  throw new Error('these tests open no data set and no PDF');
};
let clock: FakeClock;
let fake: FakeObjectStore;
let context: ToolContext;

const agentOver = (store: ObjectStoreSource) =>
  createMinioAgent({ store, engine: { withDataset: untouched }, pdf: { read: untouched } });

const call = (tool: string, input: object, facts: Partial<ToolContext> = {}) =>
  callTool(toolOf(agentOver(fake), tool), input, { ...context, ...facts });
const precheck = (tool: string, input: object, facts: Partial<ToolContext> = {}) =>
  precheckTool(toolOf(agentOver(fake), tool), input, { ...context, ...facts });
const preview = async (name: string, input: object) => {
  const tool = toolOf(agentOver(fake), name);
  return tool.preview?.(tool.input.parse(input) as never, context);
};

/** The data of a success; anything else fails the test. */
async function dataOf<T>(tool: string, input: object, facts: Partial<ToolContext> = {}): Promise<T> {
  const result = await call(tool, input, facts);
  expect(result).toMatchObject({ kind: 'ok' });
  return (result as ToolSuccess<T>).data;
}

beforeEach(() => {
  clock = new FakeClock('2026-11-20T12:00:00.000Z');
  fake = new FakeObjectStore({ clock });
  context = toolContext({ clock });
  fake.addBucket('raw', { createdAt: '2026-01-01T00:00:00.000Z' });
  fake.addBucket('models', { createdAt: '2026-01-02T00:00:00.000Z', isVersioned: true });
  const files = [
    ['churn/2026-09.csv', 'a,b\n1,2\n', '2026-09-30T08:00:00.000Z'],
    ['churn/2026-11.csv', 'a,b\n1,2\n3,4\n', '2026-11-20T10:00:00.000Z'],
    ['churn/2026-10.csv', 'a,b\n1,2\n', '2026-10-31T08:00:00.000Z'],
    ['images/cat.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), '2026-05-01T00:00:00.000Z'],
    ['notes.md', '# Notes\nfirst\n', '2026-11-01T00:00:00.000Z'],
  ] as const;
  for (const [key, content, modifiedAt] of files) fake.addObject({ bucket: 'raw', key }, content, { modifiedAt });
});

const valid: Readonly<Record<string, object>> = {
  list_buckets: {},
  list_objects: { bucket: 'raw' },
  find_objects: { nameContains: 'churn' },
  stat_object: { bucket: 'raw', key: 'notes.md' },
  read_object: { bucket: 'raw', key: 'notes.md' },
  presign_url: { bucket: 'raw', key: 'notes.md' },
  create_bucket: { bucket: 'new-bucket' },
  put_object: { bucket: 'raw', key: 'new.txt', content: 'x' },
  copy_object: { bucket: 'raw', key: 'notes.md', toBucket: 'models' },
  delete_object: { bucket: 'raw', key: 'notes.md' },
};
const data = ['profile_dataset', 'query_dataset', 'plot_data', 'read_pdf'];

describe('every tool', () => {
  test('is one of those that are known', () => {
    const names = agentOver(fake).tools.map(({ name }) => name);
    expect(names.filter((name) => !data.includes(name)).sort()).toEqual(Object.keys(valid).sort());
  });

  test.each(Object.entries(valid))('%s succeeds with valid arguments', async (tool, input) => {
    expect(await call(tool, input)).toMatchObject({ kind: 'ok' });
  });

  test.each(Object.entries(valid))('%s lets an outage of the store through, for time to heal', async (tool, input) => {
    const outage = new RetryableError('ObjectStoreUnreachable', 'the object store accepts no connection');
    fake.failNext(outage);
    await expect(call(tool, input)).rejects.toBe(outage);
  });

  test.each(Object.entries(valid))('%s answers a missing right of the keys', async (tool, input) => {
    fake.failNext(new ObjectStoreRefusedError('AccessDenied', 'The keys have no right.', { hint: 'Ask.' }));
    expect(await call(tool, input)).toEqual({
      kind: 'error',
      code: 'Forbidden',
      message: 'The keys have no right.',
      hint: 'Ask.',
    });
  });

  test.each(Object.entries(valid))('%s lets through that the namespace has no store', async (tool, input) => {
    const missing = new TerminalError('NoObjectStore', 'This namespace has no object store.');
    const agent = agentOver({ store: () => Promise.reject(missing) });
    await expect(callTool(toolOf(agent, tool), input, context)).rejects.toBe(missing);
  });

  test.each(
    Object.entries(valid).filter(
      ([, input]) => 'bucket' in input && !('bucket' in input && input.bucket === 'new-bucket'),
    ),
  )('%s answers with the nearest bucket when there is none of that name', async (tool, input) => {
    const result = await call(tool, { ...input, bucket: 'rawe' });
    expect(result).toMatchObject({ kind: 'error', code: 'NotFound', hint: 'Did you mean raw?' });
  });

  test.each(Object.entries(valid).filter(([name]) => name !== 'list_buckets' && name !== 'find_objects'))(
    '%s stays within the policy of the namespace',
    async (tool, input) => {
      const store = { store: async () => restrictTo(await fake.store(context), bucketPolicyOf(['other'])) };
      expect(await callTool(toolOf(agentOver(store), tool), input, context)).toMatchObject({
        kind: 'error',
        code: 'Forbidden',
      });
    },
  );
});

describe('list_buckets', () => {
  test('names them and says how many', async () => {
    expect(await call('list_buckets', {})).toMatchObject({
      summary: 'There are 2 buckets: models, raw.',
      data: { total: 2, buckets: [{ name: 'models', createdAt: '2026-01-02T00:00:00.000Z' }, { name: 'raw' }] },
    });
  });
});

describe('list_objects', () => {
  test('gives the newest first, with sizes, ages and counts', async () => {
    expect(await call('list_objects', { bucket: 'raw', prefix: 'churn/' })).toMatchObject({
      summary:
        'There are 3 objects in bucket raw under churn/, 28 B in all, newest first: raw/churn/2026-11.csv (12 B, 2 h old); raw/churn/2026-10.csv (8 B, 20 d 4 h old); raw/churn/2026-09.csv (8 B, 51 d 4 h old).',
      data: { total: 3, complete: true, objects: [{ key: 'churn/2026-11.csv', sizeBytes: 12 }, {}, {}] },
    });
  });

  test('a slash in front of the prefix is what people write for the top', async () => {
    expect(await dataOf('list_objects', { bucket: 'raw', prefix: '/churn' })).toMatchObject({ total: 3 });
  });

  test('goes on where the page before ended, whatever comes and goes in between', async () => {
    interface Page {
      objects: { key: string }[];
      nextPageToken?: string;
    }
    const first = await dataOf<Page>('list_objects', { bucket: 'raw', limit: 2 });
    expect(first.objects.map(({ key }) => key)).toEqual(['churn/2026-11.csv', 'notes.md']);
    fake.addObject({ bucket: 'raw', key: 'brand-new' }, 'x');
    fake.addObject({ bucket: 'raw', key: 'notes.md' }, 'changed');
    const second = await dataOf<Page>('list_objects', { bucket: 'raw', limit: 2, pageToken: first.nextPageToken });
    expect(second.objects.map(({ key }) => key)).toEqual(['churn/2026-10.csv', 'churn/2026-09.csv']);
    const third = await dataOf<Page>('list_objects', { bucket: 'raw', limit: 2, pageToken: second.nextPageToken });
    expect(third.objects.map(({ key }) => key)).toEqual(['images/cat.png']);
    expect(third.nextPageToken).toBeUndefined();
  });

  test('a made-up page token is answered', async () => {
    expect(await call('list_objects', { bucket: 'raw', pageToken: 'x' })).toMatchObject({
      kind: 'error',
      code: 'InvalidArgument',
    });
  });

  test('looks at so many objects at most, and says so', async () => {
    for (let index = 0; index < 20_001; index += 1) fake.addObject({ bucket: 'many', key: String(index) }, '');
    const before = fake.requests;
    const result = await call('list_objects', { bucket: 'many' });
    expect(result).toMatchObject({ data: { total: 20_000, complete: false } });
    expect(result.kind === 'ok' ? result.summary : '').toContain('Only the first 20000 keys were looked at');
    expect(fake.requests - before).toBeLessThanOrEqual(21);
  });
});

describe('find_objects', () => {
  const keysFor = async (wish: object) => {
    const { objects } = await dataOf<{ objects: { bucket: string; key: string }[] }>('find_objects', wish);
    return objects.map(({ bucket, key }) => `${bucket}/${key}`);
  };

  test.each([
    ['a part of the name, whatever the case', { nameContains: 'NOTES' }, ['raw/notes.md']],
    ['an extension', { extension: 'png' }, ['raw/images/cat.png']],
    ['an extension with its dot', { extension: '.md' }, ['raw/notes.md']],
    ['an age', { since: '30d', extension: 'csv' }, ['raw/churn/2026-11.csv', 'raw/churn/2026-10.csv']],
    ['a date', { since: '2026-11-20' }, ['raw/churn/2026-11.csv']],
    ['a size', { minSize: '12B' }, ['raw/churn/2026-11.csv', 'raw/notes.md']],
    ['a size in thousands', { minSize: '1KB' }, []],
    ['a bucket', { bucket: 'models' }, []],
  ])('by %s', async (_name, wish, want) => {
    expect(await keysFor(wish)).toEqual(want);
  });

  test.each([
    ['2KiB', 2_048, true],
    ['2KiB', 2_047, false],
    ['2 kb', 2_000, true],
    ['1.5K', 1_500, true],
    ['1.5K', 1_499, false],
  ])('%s against %d bytes', async (minSize, sizeBytes, want) => {
    fake.addObject({ bucket: 'sizes', key: 'sized' }, 'x'.repeat(sizeBytes));
    expect((await keysFor({ bucket: 'sizes', minSize })).length === 1).toBe(want);
  });

  test('a moment that is none is answered', async () => {
    expect(await call('find_objects', { since: 'lately' })).toMatchObject({ kind: 'error', code: 'InvalidArgument' });
  });
});

describe('stat_object', () => {
  test('tells everything but the content, and what others wrote taints', async () => {
    const place = { bucket: 'models', key: 'churn/model.onnx' };
    fake.addObject(place, 'v1');
    fake.addObject(place, 'v2!', {
      contentType: 'application/onnx',
      metadata: { 'run-id': '17', 'swarm-effect': 'x' },
      tags: { stage: 'prod' },
    });
    expect(await call('stat_object', place)).toEqual({
      kind: 'ok',
      summary:
        'models/churn/model.onnx has 3 bytes (3 B, changed 0 s ago), type application/onnx, ETag b8ad38feabfae7a7f14f3b4c8d9b6767, 2 versions; metadata run-id=17; tags stage=prod.'.replace(
          /ETag \w+/,
          `ETag ${String((await fake.bind(context.signal).stat(place))?.etag)}`,
        ),
      data: expect.objectContaining({
        sizeBytes: 3,
        versions: 2,
        metadata: { 'run-id': '17' },
        tags: { stage: 'prod' },
      }) as object,
      untrusted: true,
    });
  });

  test('without metadata nothing is tainted', async () => {
    expect(await call('stat_object', { bucket: 'raw', key: 'notes.md' })).not.toHaveProperty('untrusted');
  });

  test('a key that is not there is answered with the nearest ones', async () => {
    expect(await call('stat_object', { bucket: 'raw', key: 'churn/2026-12.csv' })).toMatchObject({
      kind: 'error',
      code: 'NotFound',
      message: 'There is no object churn/2026-12.csv in bucket raw.',
      hint: expect.stringMatching(/^Did you mean churn\/2026-1[01]\.csv or /) as string,
    });
  });

  test('a key that S3 allows but file systems resolve elsewhere is refused', async () => {
    expect(await call('stat_object', { bucket: 'raw', key: 'churn/../notes.md' })).toMatchObject({
      kind: 'error',
      code: 'InvalidArgument',
      message: expect.stringContaining('legal in S3') as string,
    });
  });
});

describe('presign_url', () => {
  test('gives a link for a quarter of an hour unless another time is wanted', async () => {
    expect(await dataOf('presign_url', { bucket: 'raw', key: 'notes.md' })).toEqual({
      url: 'https://store.example/raw/notes.md?X-Amz-Expires=900',
      expiresAt: '2026-11-20T12:15:00.000Z',
    });
    expect(await dataOf('presign_url', { bucket: 'raw', key: 'notes.md', expiresIn: '1h' })).toMatchObject({
      expiresAt: '2026-11-20T13:00:00.000Z',
    });
  });

  test.each(['2h', '1h1s', '7d', '0s'])('a life of %s is refused, also before anybody is asked', async (expiresIn) => {
    const want = { kind: 'error', code: 'InvalidArgument' };
    expect(await call('presign_url', { bucket: 'raw', key: 'notes.md', expiresIn })).toMatchObject(want);
    expect(await precheck('presign_url', { bucket: 'raw', key: 'notes.md', expiresIn })).toMatchObject(want);
  });

  test('there is no link to what is not there', async () => {
    expect(await call('presign_url', { bucket: 'raw', key: 'notez.md' })).toMatchObject({
      code: 'NotFound',
      hint: 'Did you mean notes.md?',
    });
  });

  test('the person who decides reads for whom it opens what', async () => {
    expect(await preview('presign_url', { bucket: 'raw', key: 'notes.md', expiresIn: '30m' })).toBe(
      'Makes a link with which anybody can download raw/notes.md for 30 min.',
    );
  });
});

describe('create_bucket', () => {
  test('creates it', async () => {
    expect(await call('create_bucket', { bucket: 'results' })).toMatchObject({ summary: 'Created bucket results.' });
    expect(await dataOf('list_buckets', {})).toMatchObject({ total: 3 });
  });

  test('a repeat after a crash adopts what the first attempt made', async () => {
    await call('create_bucket', { bucket: 'results' });
    await clock.advance(60_000);
    expect(await call('create_bucket', { bucket: 'results' })).toMatchObject({
      kind: 'ok',
      summary: 'Created bucket results.',
    });
  });

  test('one that was there before is not claimed', async () => {
    const want = {
      kind: 'error',
      code: 'AlreadyExists',
      message: 'Bucket raw exists already since 2026-01-01T00:00:00.000Z.',
    };
    expect(await precheck('create_bucket', { bucket: 'raw' })).toMatchObject(want);
    expect(await call('create_bucket', { bucket: 'raw' })).toMatchObject(want);
  });

  test('a name that S3 keeps for itself is refused before anybody is asked', async () => {
    expect(await precheck('create_bucket', { bucket: 'xn--data' })).toMatchObject({ code: 'InvalidArgument' });
  });
});

describe('put_object', () => {
  const place = { bucket: 'raw', key: 'result.json' };

  test('writes the text with a type that fits', async () => {
    expect(await call('put_object', { ...place, content: '{"ü": 1}' })).toMatchObject({
      summary: 'Wrote 9 B to raw/result.json.',
      data: { sizeBytes: 9 },
    });
    expect(fake.textOf(place)).toBe('{"ü": 1}');
    expect(await fake.bind(context.signal).stat(place)).toMatchObject({
      contentType: 'application/json; charset=utf-8',
    });
  });

  test('a repeat after a crash writes nothing and succeeds', async () => {
    await call('put_object', { ...place, content: '1' });
    const before = await fake.bind(context.signal).stat(place);
    await clock.advance(1_000);
    expect(await call('put_object', { ...place, content: '1' })).toMatchObject({ kind: 'ok' });
    expect(await fake.bind(context.signal).stat(place)).toEqual(before);
  });

  test('what exists is not overwritten, and that is known before anybody is asked', async () => {
    const want = {
      kind: 'error',
      code: 'AlreadyExists',
      message: 'raw/notes.md exists already (14 B, changed 19 d 12 h ago).',
    };
    expect(await precheck('put_object', { bucket: 'raw', key: 'notes.md', content: 'x' })).toMatchObject(want);
    expect(await call('put_object', { bucket: 'raw', key: 'notes.md', content: 'x' })).toMatchObject(want);
    expect(fake.textOf({ bucket: 'raw', key: 'notes.md' })).toBe('# Notes\nfirst\n');
  });

  test('the same text by another decision is not taken for our own', async () => {
    await call('put_object', { ...place, content: '1' });
    expect(await call('put_object', { ...place, content: '1' }, { effectKey: 'b'.repeat(26) })).toMatchObject({
      code: 'AlreadyExists',
    });
  });

  test('overwrites when that is wanted, and says before what is lost', async () => {
    const input = { bucket: 'raw', key: 'notes.md', content: 'new', overwrite: true };
    expect(await precheck('put_object', input)).toBeUndefined();
    expect(await preview('put_object', input)).toBe(
      'Writes 3 B of text to raw/notes.md. What is there now (14 B, changed 19 d 12 h ago) is replaced; it cannot be brought back.',
    );
    expect(await call('put_object', input)).toMatchObject({ kind: 'ok' });
    expect(fake.textOf({ bucket: 'raw', key: 'notes.md' })).toBe('new');
  });

  test('what somebody else wrote between looking and writing is left alone', async () => {
    const store = await fake.store(context);
    const meddling = {
      ...store,
      put: async (object: Parameters<typeof store.put>[0]) => {
        fake.addObject(object, 'theirs');
        return store.put(object);
      },
    };
    const tool = toolOf(agentOver({ store: () => Promise.resolve(meddling) }), 'put_object');
    for (const input of [
      { ...place, content: 'ours' },
      { bucket: 'raw', key: 'notes.md', content: 'ours', overwrite: true },
    ]) {
      expect(await callTool(tool, input, context)).toMatchObject({ kind: 'error', code: 'Changed' });
      expect(fake.textOf(input)).toBe('theirs');
    }
  });

  test('an answer that was lost is found out by the mark on the object', async () => {
    const store = await fake.store(context);
    const lossy = {
      ...store,
      put: async (object: Parameters<typeof store.put>[0]) => {
        await store.put(object);
        return { kind: 'unmet' as const };
      },
    };
    const tool = toolOf(agentOver({ store: () => Promise.resolve(lossy) }), 'put_object');
    expect(await callTool(tool, { ...place, content: 'ours' }, context)).toMatchObject({ kind: 'ok' });
  });
});

describe('copy_object', () => {
  test('copies content, type and metadata, under the same key unless another is wanted', async () => {
    fake.addObject({ bucket: 'raw', key: 'm.bin' }, 'weights', {
      contentType: 'application/x',
      metadata: { run: '7' },
    });
    expect(await call('copy_object', { bucket: 'raw', key: 'm.bin', toBucket: 'models' })).toMatchObject({
      summary: 'Copied raw/m.bin (7 B) to models/m.bin.',
      data: { bucket: 'models', key: 'm.bin', sizeBytes: 7 },
    });
    expect(await fake.bind(context.signal).stat({ bucket: 'models', key: 'm.bin' })).toMatchObject({
      contentType: 'application/x',
      metadata: { run: '7' },
    });
    expect(fake.textOf({ bucket: 'models', key: 'm.bin' })).toBe('weights');
  });

  test('a target that ends in a slash is a folder', async () => {
    expect(
      await dataOf('copy_object', { bucket: 'raw', key: 'churn/2026-11.csv', toBucket: 'models', toKey: 'in/' }),
    ).toMatchObject({ key: 'in/2026-11.csv' });
  });

  test('a repeat after a crash finds its own copy, even when the source is gone by then', async () => {
    const input = { bucket: 'raw', key: 'notes.md', toBucket: 'models' };
    await call('copy_object', input);
    await fake.bind(context.signal).remove({ bucket: 'raw', key: 'notes.md' });
    expect(await call('copy_object', input)).toMatchObject({ kind: 'ok' });
    expect(await fake.bind(context.signal).listVersions({ bucket: 'models', key: 'notes.md' }, 10)).toHaveLength(1);
  });

  test.each([
    ['onto itself', { bucket: 'raw', key: 'notes.md', toBucket: 'raw' }, 'InvalidArgument'],
    ['of what is not there', { bucket: 'raw', key: 'none', toBucket: 'models' }, 'NotFound'],
    [
      'over what exists',
      { bucket: 'raw', key: 'notes.md', toBucket: 'raw', toKey: 'churn/2026-11.csv' },
      'AlreadyExists',
    ],
    ['into a bucket that is not there', { bucket: 'raw', key: 'notes.md', toBucket: 'modells' }, 'NotFound'],
  ])('a copy %s is answered', async (_name, input, code) => {
    expect(await call('copy_object', input)).toMatchObject({ kind: 'error', code });
  });

  test('over what exists when that is wanted; the person who decides reads what is lost', async () => {
    fake.addObject({ bucket: 'models', key: 'notes.md' }, 'old');
    const input = { bucket: 'raw', key: 'notes.md', toBucket: 'models', overwrite: true };
    expect(await preview('copy_object', input)).toBe(
      'Copies raw/notes.md to models/notes.md. What is there now (3 B, changed 0 s ago) is replaced; the bucket keeps it as an older version.',
    );
    expect(await call('copy_object', input)).toMatchObject({ kind: 'ok' });
    expect(fake.textOf({ bucket: 'models', key: 'notes.md' })).toBe('# Notes\nfirst\n');
  });
});

describe('delete_object', () => {
  test('takes it away and says what is lost', async () => {
    const lost = 'raw/notes.md (14 B, changed 19 d 12 h ago); it cannot be brought back.';
    expect(await preview('delete_object', { bucket: 'raw', key: 'notes.md' })).toBe(`Deletes ${lost}`);
    expect(await call('delete_object', { bucket: 'raw', key: 'notes.md' })).toMatchObject({
      summary: `Deleted ${lost}`,
      data: { sizeBytes: 14 },
    });
    expect(fake.keysOf('raw')).not.toContain('notes.md');
  });

  test('names the versions that remain', async () => {
    const place = { bucket: 'models', key: 'a' };
    fake.addObject(place, '1');
    fake.addObject(place, '2');
    expect(await preview('delete_object', place)).toContain('the bucket keeps 2 versions of it');
  });

  test('what is not there is answered before anybody is asked', async () => {
    const want = { kind: 'error', code: 'NotFound', hint: 'Did you mean notes.md?' };
    expect(await precheck('delete_object', { bucket: 'raw', key: 'note.md' })).toMatchObject(want);
    expect(await call('delete_object', { bucket: 'raw', key: 'note.md' })).toMatchObject(want);
  });
});

describe('the inventory', () => {
  const read = (limit: number) => agentOver(fake).inventory?.({ ...context, log: silentLog, limit });

  test('has the buckets and the newest objects', async () => {
    const items = (await read(5)) ?? [];
    expect(items.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'bucket models',
      'bucket raw',
      'object churn/2026-11.csv',
      'object notes.md',
      'object churn/2026-10.csv',
    ]);
    expect(items[2]?.attributes).toEqual({ bucket: 'raw', size: '12', lastModified: '2026-11-20T10:00:00.000Z' });
  });

  test('is cheap however much there is', async () => {
    for (let bucket = 0; bucket < 12; bucket += 1) {
      for (let index = 0; index < 1_100; index += 1)
        fake.addObject({ bucket: `many-${bucket}`, key: String(index) }, '');
    }
    const before = fake.requests;
    expect(await read(100)).toHaveLength(100);
    expect(fake.requests - before).toBeLessThanOrEqual(1 + 2 * 8);
  });

  test('a bucket that may not be looked into is named without objects', async () => {
    const closed = restrictTo(await fake.store(context), bucketPolicyOf(['raw']));
    const store = {
      ...closed,
      listBuckets: () => Promise.resolve([{ name: 'secret', createdAt: '2026-01-01T00:00:00Z' }]),
    };
    const items = await agentOver({ store: () => Promise.resolve(store) }).inventory?.({
      ...context,
      log: silentLog,
      limit: 10,
    });
    expect(items?.map(({ name }) => name)).toEqual(['secret']);
  });
});
