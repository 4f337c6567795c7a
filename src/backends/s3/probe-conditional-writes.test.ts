import { expect, test } from 'vitest';
import { RetryableError } from '../../base/errors.ts';
import { FakeObjectStore } from '../../testing/fake-object-store.ts';
import type { NewObject, ObjectStore, PutOutcome } from './object-store.ts';
import { probeConditionalWrites } from './probe-conditional-writes.ts';

/** A store whose writes are told to behave in some way. */
function storeWith(put: (store: ObjectStore, object: NewObject, count: number) => Promise<PutOutcome>) {
  const fake = new FakeObjectStore();
  fake.addBucket('raw');
  const store = fake.bind(new AbortController().signal);
  let count = 0;
  return { fake, store: { ...store, put: (object: NewObject) => put(store, object, ++count) } };
}
const unconditionally = (object: NewObject): NewObject => ({ ...object, ifAbsent: false });

const cases: Record<string, { put: Parameters<typeof storeWith>[0]; want: string }> = {
  'a store that checks under a lock is atomic': { put: (store, object) => store.put(object), want: 'atomic' },
  'a store that knows no condition ignores it': {
    put: (store, object) => store.put(unconditionally(object)),
    want: 'ignored',
  },
  'a store that lets two writers in at once is racy': {
    put: (store, object, count) => store.put(count <= 2 ? unconditionally(object) : object),
    want: 'racy',
  },
  'a store that keeps the content of a loser is racy': {
    put: async (store, object, count) => {
      const outcome = await store.put(object);
      if (count === 8) await store.put({ ...unconditionally(object), body: Buffer.from('writer 7') });
      return outcome;
    },
    want: 'racy',
  },
};

test.each(Object.entries(cases))('%s, and nothing is left behind', async (_name, { put, want }) => {
  const { fake, store } = storeWith(put);
  expect(await probeConditionalWrites(store, { bucket: 'raw', prefix: 'mine/' })).toMatchObject({ kind: want });
  expect(fake.keysOf('raw')).toEqual([]);
});

test('a store that cannot be asked gives no verdict', async () => {
  const outage = new RetryableError('ObjectStoreUnreachable', 'down');
  const { store } = storeWith(() => Promise.reject(outage));
  await expect(probeConditionalWrites(store, { bucket: 'raw' })).rejects.toBe(outage);
});
