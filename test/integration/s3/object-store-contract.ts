import { randomBytes, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketPolicyOf } from '../../../src/backends/s3/bucket-policy.ts';
import { ObjectStoreRefusedError } from '../../../src/backends/s3/object-store-refused-error.ts';
import type { NewObject, ObjectStore, StoredObject } from '../../../src/backends/s3/object-store.ts';
import { probeConditionalWrites } from '../../../src/backends/s3/probe-conditional-writes.ts';
import { restrictTo } from '../../../src/backends/s3/restrict-to.ts';

export interface StoreUnderTest {
  bind(signal: AbortSignal): ObjectStore;
  close(): void;
}

/** What everybody relies on, of real stores and of the fake alike. */
export function describeObjectStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    const bucket = `swarm-contract-${randomUUID().slice(0, 8)}`;

    beforeAll(async () => {
      under = await open();
      store = under.bind(new AbortController().signal);
      await store.createBucket(bucket);
    });
    afterAll(() => {
      under.close();
    });

    const write = (key: string, content: string | Uint8Array, rest: Partial<NewObject> = {}) =>
      store.put({ bucket, key, body: Buffer.from(content as string), contentType: 'text/plain', ...rest });
    const read = async (key: string, part: { offsetBytes?: number; lengthBytes?: number } = {}) =>
      textOf((await store.open({ bucket, key, ...part })).body);

    describe('buckets', () => {
      test('a new one is listed with the time of its creation', async () => {
        const found = (await store.listBuckets()).find((entry) => entry.name === bucket);
        expect(found?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      });

      test('creating it again says that it exists', async () => {
        expect(await store.createBucket(bucket)).toBe('exists');
      });

      test.each(['ab', 'Upper-Case', 'under_score', '1.2.3.4', 'a..b', '-dash', 'ends-with-', 'sthree-x'])(
        'the name %s is refused before anybody is asked',
        async (wrong) => {
          expect(await refusalOf(store.createBucket(wrong))).toBe('InvalidName');
        },
      );

      test('listing one that is not there says so', async () => {
        expect(await refusalOf(all(store.listObjects({ bucket: 'swarm-contract-nowhere' })))).toBe('NoSuchBucket');
      });

      test('writing into one that is not there says so', async () => {
        const place = { bucket: 'swarm-contract-nowhere', key: 'a' };
        expect(await refusalOf(store.put({ ...place, body: Buffer.from('x'), contentType: 'text/plain' }))).toBe(
          'NoSuchBucket',
        );
      });
    });

    describe('writing and reading', () => {
      test('what was written is read, with its type and metadata', async () => {
        const metadata = { 'swarm-effect': 'abc', owner: 'team a' };
        const put = await write('basics/a.txt', 'Grüße\n', { contentType: 'text/plain; charset=utf-8', metadata });
        expect(put.kind).toBe('stored');
        const stat = await store.stat({ bucket, key: 'basics/a.txt' });
        expect(stat).toMatchObject({
          bucket,
          key: 'basics/a.txt',
          sizeBytes: 8,
          contentType: 'text/plain; charset=utf-8',
          metadata,
        });
        expect(put).toMatchObject({ etag: stat?.etag });
        expect(await read('basics/a.txt')).toBe('Grüße\n');
      });

      test('an object that is not there has no stat, and opening it says so', async () => {
        expect(await store.stat({ bucket, key: 'basics/none' })).toBeUndefined();
        expect(await refusalOf(store.open({ bucket, key: 'basics/none' }))).toBe('NoSuchObject');
      });

      test('an empty object can be written and read', async () => {
        await write('basics/empty', '');
        expect(await store.stat({ bucket, key: 'basics/empty' })).toMatchObject({ sizeBytes: 0 });
        expect(await read('basics/empty')).toBe('');
        expect(await read('basics/empty', { offsetBytes: 0, lengthBytes: 10 })).toBe('');
      });

      test.each([
        ['a part in the middle', { offsetBytes: 2, lengthBytes: 3 }, '234'],
        ['the beginning', { lengthBytes: 4 }, '0123'],
        ['the rest', { offsetBytes: 7 }, '789'],
        ['more than there is', { offsetBytes: 8, lengthBytes: 100 }, '89'],
        ['nothing behind the end', { offsetBytes: 10 }, ''],
        ['nothing far behind the end', { offsetBytes: 1_000, lengthBytes: 5 }, ''],
        ['nothing when nothing is wanted', { offsetBytes: 3, lengthBytes: 0 }, ''],
      ])('a range gives %s, and the size of the whole', async (_name, part, want) => {
        await write('basics/digits', '0123456789');
        const opened = await store.open({ bucket, key: 'basics/digits', ...part });
        expect(await textOf(opened.body)).toBe(want);
        expect(opened.sizeBytes).toBe(10);
      });

      test('several parts of one version: a change in between is refused', async () => {
        await write('basics/changing', 'first');
        const { etag } = (await store.stat({ bucket, key: 'basics/changing' })) ?? { etag: '' };
        const first = await store.open({ bucket, key: 'basics/changing', lengthBytes: 2, ifMatch: etag });
        expect(await textOf(first.body)).toBe('fi');
        await write('basics/changing', 'second');
        expect(await refusalOf(store.open({ bucket, key: 'basics/changing', offsetBytes: 2, ifMatch: etag }))).toBe(
          'Changed',
        );
      });

      test('a large object comes unharmed, piece by piece', async () => {
        const content = randomBytes(9 * 1024 * 1024 + 17);
        await write('basics/large', content);
        const { body } = await store.open({ bucket, key: 'basics/large' });
        const chunks: Buffer[] = [];
        for await (const chunk of body) chunks.push(chunk as Buffer);
        expect(chunks.length).toBeGreaterThan(1);
        expect(Buffer.concat(chunks).equals(content)).toBe(true);
      });

      test('a reader may stop in the middle, before the beginning, and go on with other requests', async () => {
        await write('basics/left', randomBytes(2 * 1024 * 1024));
        const untouched = await store.open({ bucket, key: 'basics/left' });
        untouched.body.destroy();
        const { body } = await store.open({ bucket, key: 'basics/left' });
        for await (const chunk of body) {
          expect((chunk as Buffer).byteLength).toBeGreaterThan(0);
          break;
        }
        expect(body.destroyed).toBe(true);
        expect(await store.stat({ bucket, key: 'basics/left' })).toBeDefined();
      });

      test('removing takes the object away, and removing it again is fine', async () => {
        await write('basics/gone', 'x');
        await store.remove({ bucket, key: 'basics/gone' });
        expect(await store.stat({ bucket, key: 'basics/gone' })).toBeUndefined();
        await store.remove({ bucket, key: 'basics/gone' });
      });

      test('an object without tags has none, and without versions none either', async () => {
        await write('basics/plain', 'x');
        expect(await store.getTags({ bucket, key: 'basics/plain' })).toEqual({});
        expect(await store.listVersions({ bucket, key: 'basics/plain' }, 10)).toEqual([]);
      });
    });

    describe('keys', () => {
      const strange = [
        '0012',
        '1e5',
        'a b/c+d&e=f?g#h.txt',
        'quote"\'<tag>.txt',
        '100%.csv',
        'münchen/日本語/🙂.txt',
        'semi;colon,at@x~y!z*(1).csv',
      ];
      test.each(strange)('%s is one key from writing to copying', async (key) => {
        const place = `keys/${key}`;
        await write(place, `content of ${key}`);
        const stat = await store.stat({ bucket, key: place });
        expect(await read(place)).toBe(`content of ${key}`);
        const listed = await all(store.listObjects({ bucket, prefix: place }));
        expect(listed.map((object) => object.key)).toEqual([place]);
        const to = { bucket, key: `copied/${key}`, contentType: 'text/plain' };
        await store.copy({ from: { bucket, key: place }, to, ifSourceMatch: stat?.etag ?? '' });
        expect(await read(to.key)).toBe(`content of ${key}`);
        await store.remove({ bucket, key: place });
        expect(await store.stat({ bucket, key: place })).toBeUndefined();
      });

      test.each([
        ['an empty one', ''],
        ['one with a slash in front', '/etc/passwd'],
        ['one that climbs', 'public/../secret'],
        ['one that ends in a climb', 'public/..'],
        ['one with a control character', 'a\u0000b'],
        ['one with a line break', 'a\nb'],
        ['one of more than 1,024 bytes', 'ä'.repeat(513)],
        ['half a character', 'a\ud800b'],
      ])('%s is refused before anybody is asked', async (_name, key) => {
        expect(await refusalOf(write(key, 'x'))).toBe('InvalidName');
        expect(await refusalOf(store.stat({ bucket, key }))).toBe('InvalidName');
        expect(await refusalOf(store.presign({ bucket, key, expiresInSeconds: 60 }))).toBe('InvalidName');
      });
    });

    describe('lists', () => {
      test('more than one page comes in the order of keys, with size, time and ETag', async () => {
        const keys = Array.from({ length: 1_005 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
        for (let start = 0; start < keys.length; start += 50) {
          await Promise.all(keys.slice(start, start + 50).map((key) => write(key, 'x')));
        }
        const listed = await all(store.listObjects({ bucket, prefix: 'many/' }));
        expect(listed.map(({ key }) => key)).toEqual(keys);
        expect(listed[0]).toMatchObject({ bucket, sizeBytes: 1, etag: '9dd4e461268c8034f5c8564e155c67a6' });
        expect(Number.isNaN(Date.parse(listed[0]?.modifiedAt ?? ''))).toBe(false);
        const rest = await all(store.listObjects({ bucket, prefix: 'many/', startAfter: 'many/01001' }));
        expect(rest.map(({ key }) => key)).toEqual(['many/01002', 'many/01003', 'many/01004']);
      }, 120_000);

      test('a prefix that nothing has gives nothing', async () => {
        expect(await all(store.listObjects({ bucket, prefix: 'nobody/' }))).toEqual([]);
      });
    });

    describe('conditional writes', () => {
      test('only where there is nothing', async () => {
        expect(await write('conditions/new', 'first', { ifAbsent: true })).toMatchObject({ kind: 'stored' });
        expect(await write('conditions/new', 'second', { ifAbsent: true })).toEqual({ kind: 'unmet' });
        expect(await read('conditions/new')).toBe('first');
      });

      test('only over what was looked at', async () => {
        await write('conditions/over', 'first');
        const { etag } = (await store.stat({ bucket, key: 'conditions/over' })) ?? { etag: '' };
        expect(await write('conditions/over', 'second', { ifMatch: etag })).toMatchObject({ kind: 'stored' });
        expect(await write('conditions/over', 'third', { ifMatch: etag })).toEqual({ kind: 'unmet' });
        expect(await read('conditions/over')).toBe('second');
      });

      test('what should be overwritten but is gone is not written', async () => {
        const gone = await write('conditions/gone', 'x', { ifMatch: '9dd4e461268c8034f5c8564e155c67a6' });
        expect(gone).toEqual({ kind: 'unmet' });
      });

      test('the probe finds one winner and leaves nothing behind', async () => {
        expect(await probeConditionalWrites(store, { bucket, prefix: 'probed/' })).toMatchObject({ kind: 'atomic' });
        expect(await all(store.listObjects({ bucket, prefix: 'probed/' }))).toEqual([]);
      });
    });

    describe('copies', () => {
      test('a copy has the content of the source, and the metadata that was given', async () => {
        await write('copies/source', 'content', { metadata: { old: '1' } });
        const { etag } = (await store.stat({ bucket, key: 'copies/source' })) ?? { etag: '' };
        const to = { bucket, key: 'copies/target', contentType: 'application/json', metadata: { new: '2' } };
        const written = await store.copy({ from: { bucket, key: 'copies/source' }, to, ifSourceMatch: etag });
        const stat = await store.stat(to);
        expect(stat).toMatchObject({ contentType: 'application/json', metadata: { new: '2' }, etag: written.etag });
        expect(await read('copies/target')).toBe('content');
      });

      test('a source that has changed is not copied', async () => {
        await write('copies/changed', 'new');
        const to = { bucket, key: 'copies/never', contentType: 'text/plain' };
        const copying = store.copy({
          from: { bucket, key: 'copies/changed' },
          to,
          ifSourceMatch: '9dd4e461268c8034f5c8564e155c67a6',
        });
        expect(await refusalOf(copying)).toBe('Changed');
        expect(await store.stat(to)).toBeUndefined();
      });

      test('a source that is not there says so', async () => {
        const to = { bucket, key: 'copies/never', contentType: 'text/plain' };
        const copying = store.copy({
          from: { bucket, key: 'copies/nothing' },
          to,
          ifSourceMatch: '9dd4e461268c8034f5c8564e155c67a6',
        });
        expect(await refusalOf(copying)).toBe('NoSuchObject');
      });
    });

    describe('signals', () => {
      test('one that has fired lets no request out', async () => {
        const stopped = under.bind(AbortSignal.abort(new Error('the turn was cancelled')));
        await expect(stopped.listBuckets()).rejects.toThrow('the turn was cancelled');
      });

      test('one that fires while an object is read ends the reading with its reason', async () => {
        await write('signals/large', randomBytes(16 * 1024 * 1024));
        const controller = new AbortController();
        const { body } = await under.bind(controller.signal).open({ bucket, key: 'signals/large' });
        const reading = (async () => {
          for await (const chunk of body) {
            expect(chunk).toBeDefined();
            controller.abort(new Error('the turn was cancelled'));
          }
        })();
        await expect(reading).rejects.toThrow('the turn was cancelled');
        expect(body.destroyed).toBe(true);
      });
    });

    describe('a policy', () => {
      test('hides buckets and refuses keys that are not named', async () => {
        await write('team-a/mine', 'mine');
        await write('team-b/theirs', 'theirs');
        const mine = restrictTo(store, bucketPolicyOf([`${bucket}/team-a/`]));
        expect((await mine.listBuckets()).map((entry) => entry.name)).toEqual([bucket]);
        expect((await all(mine.listObjects({ bucket }))).map(({ key }) => key)).toEqual(['team-a/mine']);
        expect(await textOf((await mine.open({ bucket, key: 'team-a/mine' })).body)).toBe('mine');
        expect(await refusalOf(mine.open({ bucket, key: 'team-b/theirs' }))).toBe('OutOfPolicy');
      });
    });
  });
}

async function all(objects: AsyncIterable<StoredObject>): Promise<StoredObject[]> {
  const listed: StoredObject[] = [];
  for await (const object of objects) listed.push(object);
  return listed;
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** The code of the refusal; anything else fails the test. */
async function refusalOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ObjectStoreRefusedError) return error.code;
  throw error instanceof Error ? error : new Error('it was not refused');
}
