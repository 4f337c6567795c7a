import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../base/errors.ts';
import { FakeObjectStore } from '../../testing/fake-object-store.ts';
import { allowedPrefixes, bucketPolicyOf, policyInWords } from './bucket-policy.ts';
import { ObjectStoreRefusedError } from './object-store-refused-error.ts';
import type { ObjectStore } from './object-store.ts';
import { restrictTo } from './restrict-to.ts';

describe('patterns', () => {
  const cases: Record<string, { patterns: string[]; bucket: string; want: string[] }> = {
    'a name is that bucket': { patterns: ['raw'], bucket: 'raw', want: [''] },
    'and no other': { patterns: ['raw'], bucket: 'raw-2', want: [] },
    'a star stands for any characters': { patterns: ['team-*'], bucket: 'team-a', want: [''] },
    'a star alone is every bucket': { patterns: ['*'], bucket: 'anything', want: [''] },
    'a dot is a dot': { patterns: ['a.b'], bucket: 'axb', want: [] },
    'a path is a folder': { patterns: ['raw/team-a'], bucket: 'raw', want: ['team-a/'] },
    'with or without its slash': { patterns: ['raw/team-a/'], bucket: 'raw', want: ['team-a/'] },
    'a star at the end is the beginning of keys': { patterns: ['raw/2026-*'], bucket: 'raw', want: ['2026-'] },
    'a bucket with a slash is the whole bucket': { patterns: ['raw/'], bucket: 'raw', want: [''] },
    'both parts may have a star': { patterns: ['team-*/public/*'], bucket: 'team-b', want: ['public/'] },
    'no pattern allows nothing': { patterns: [], bucket: 'raw', want: [] },
    'several add up': { patterns: ['raw/a', 'raw/b'], bucket: 'raw', want: ['a/', 'b/'] },
  };
  test.each(Object.entries(cases))('%s', (_name, { patterns, bucket, want }) => {
    expect(allowedPrefixes(bucketPolicyOf(patterns), bucket)).toEqual(want);
  });

  test('a star inside a path is an error of the settings, not a hole', () => {
    expect(() => bucketPolicyOf(['raw/*/public'])).toThrow(TerminalError);
  });

  test('are told to people as they are meant', () => {
    expect(policyInWords(bucketPolicyOf(['raw', 'shared/team-a']))).toBe('raw, shared/team-a/*');
    expect(policyInWords([])).toBe('none');
  });
});

describe('a restricted store', () => {
  const fake = new FakeObjectStore();
  const inside = { bucket: 'shared', key: 'team-a/x' };
  const outside = { bucket: 'shared', key: 'team-b/x' };
  const similar = { bucket: 'shared', key: 'team-a-secret' };
  for (const place of [inside, outside, similar]) fake.addObject(place, 'content');
  fake.addObject({ bucket: 'own', key: 'z' }, 'content');
  fake.addObject({ bucket: 'other', key: 'z' }, 'content');
  const store = restrictTo(
    fake.bind(new AbortController().signal),
    bucketPolicyOf(['own', 'shared/team-a', 'shared/team-a/deep', 'new-*']),
  );

  const keysOf = async (bucket: string, prefix?: string) => {
    const keys: string[] = [];
    for await (const { key } of store.listObjects({ bucket, ...(prefix !== undefined && { prefix }) })) keys.push(key);
    return keys;
  };
  const put = { body: Buffer.from('x'), contentType: 'text/plain' };
  const methods: Record<keyof ObjectStore, (place: { bucket: string; key: string }) => Promise<unknown>> = {
    listBuckets: async ({ bucket }) => {
      const names = (await store.listBuckets()).map(({ name }) => name);
      if (!names.includes(bucket)) throw new ObjectStoreRefusedError('OutOfPolicy', 'not seen');
    },
    createBucket: ({ bucket }) => store.createBucket(bucket),
    listObjects: ({ bucket, key }) => keysOf(bucket, key),
    stat: (place) => store.stat(place),
    listVersions: (place) => store.listVersions(place, 1),
    getTags: (place) => store.getTags(place),
    open: (place) => store.open(place),
    put: (place) => store.put({ ...place, ...put }),
    copy: (place) => store.copy({ from: place, to: { ...place, contentType: 'text/plain' }, ifSourceMatch: 'x' }),
    remove: (place) => store.remove(place),
    presign: (place) => store.presign({ ...place, expiresInSeconds: 60 }),
  };

  test.each(Object.entries(methods))('%s refuses another bucket', async (_name, method) => {
    await expect(method({ bucket: 'other', key: 'z' })).rejects.toMatchObject({ code: 'OutOfPolicy' });
  });

  test.each(Object.entries(methods).filter(([name]) => !['listBuckets', 'createBucket'].includes(name)))(
    '%s refuses a key beside the allowed folder',
    async (_name, method) => {
      for (const place of [outside, similar])
        await expect(method(place)).rejects.toMatchObject({ code: 'OutOfPolicy' });
    },
  );

  test.each(Object.entries(methods).filter(([name]) => !['listBuckets', 'createBucket'].includes(name)))(
    '%s refuses a key that climbs out of the allowed folder',
    async (_name, method) => {
      const climbing = { bucket: 'shared', key: 'team-a/../team-b/x' };
      await expect(method(climbing)).rejects.toBeInstanceOf(ObjectStoreRefusedError);
    },
  );

  test('a copy needs both ends', async () => {
    const to = (place: { bucket: string; key: string }) => ({ ...place, contentType: 'text/plain' });
    const { etag } = (await store.stat(inside)) ?? { etag: '' };
    await expect(store.copy({ from: outside, to: to(inside), ifSourceMatch: etag })).rejects.toMatchObject({
      code: 'OutOfPolicy',
    });
    await expect(store.copy({ from: inside, to: to(outside), ifSourceMatch: etag })).rejects.toMatchObject({
      code: 'OutOfPolicy',
    });
    await store.copy({ from: inside, to: to({ bucket: 'own', key: 'copy' }), ifSourceMatch: etag });
    expect(fake.textOf({ bucket: 'own', key: 'copy' })).toBe('content');
  });

  test('buckets are those of which any part is allowed', async () => {
    expect((await store.listBuckets()).map(({ name }) => name)).toEqual(['own', 'shared']);
  });

  test('a whole bucket may be created, not one of which only a folder is allowed', async () => {
    expect(await store.createBucket('new-one')).toBe('created');
    await expect(store.createBucket('shared')).rejects.toMatchObject({ code: 'OutOfPolicy' });
  });

  test.each([
    ['the whole bucket', undefined, ['team-a/x']],
    ['a beginning of the folder’s name', 'tea', ['team-a/x']],
    ['the folder', 'team-a/', ['team-a/x']],
    ['inside the folder', 'team-a/x', ['team-a/x']],
  ])('a list of %s shows the allowed part, once', async (_name, prefix, want) => {
    expect(await keysOf('shared', prefix)).toEqual(want);
  });

  test('a refusal says what is allowed and who can change it', async () => {
    await expect(store.stat(outside)).rejects.toMatchObject({
      message: 'This namespace may not use shared/team-b/x.',
      hint: 'Allowed are: own, shared/team-a/*, shared/team-a/deep/*, new-*. An administrator can change policy.buckets of the SwarmConfig.',
    });
  });
});
