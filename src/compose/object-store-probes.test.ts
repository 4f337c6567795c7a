import { describe, expect, test } from 'vitest';
import type { SwarmConfig } from '../api/swarm-config.ts';
import type { ObjectStore } from '../backends/s3/object-store.ts';
import { RetryableError } from '../base/errors.ts';
import { FakeObjectStore } from '../testing/fake-object-store.ts';
import { conditionalWritesProbe } from './object-store-probes.ts';

const { signal } = new AbortController();
type Condition = NonNullable<NonNullable<SwarmConfig['status']>['conditions']>[number];

function config(buckets: readonly string[], known?: Partial<Condition>): SwarmConfig {
  const condition = { type: 'ConditionalWrites', message: 'As it was.', observedGeneration: 3, ...known };
  return {
    metadata: { name: 'default', namespace: 'team-a', generation: 3 },
    spec: { backends: { objectStore: { endpoint: 'http://s3:9000', secretRef: { name: 's' } } }, policy: { buckets } },
    status: { conditions: known ? [condition] : [] },
  } as unknown as SwarmConfig;
}

/** What the probe finds, and how often it asked for a store. */
async function probed(given: SwarmConfig, change: (store: ObjectStore) => ObjectStore = (store) => store) {
  const fake = new FakeObjectStore();
  await fake.bind(signal).createBucket('raw');
  let asked = 0;
  const fresh = () => {
    asked += 1;
    return Promise.resolve(change(fake.bind(signal)));
  };
  const found = await conditionalWritesProbe({ fresh } as never)(given, signal);
  return { found, asked, contents: await keysOf(fake.bind(signal)) };
}

async function keysOf(store: ObjectStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.listObjects({ bucket: 'raw' })) keys.push(key);
  return keys;
}

/** As stores do that do not know the header. */
const ignoring = (store: ObjectStore): ObjectStore => ({
  ...store,
  put: (object) => store.put({ ...object, ifAbsent: false }),
});
const unreachable = (store: ObjectStore): ObjectStore => ({
  ...store,
  put: () => Promise.reject(new RetryableError('ObjectStoreUnavailable', 'the object store does not answer')),
});

describe('the condition ConditionalWrites', () => {
  test('is True for a store of which one writer wins, and nothing is left in the bucket', async () => {
    const { found, contents } = await probed(config(['raw']));
    expect(found).toMatchObject({ type: 'ConditionalWrites', status: 'True', isAdvice: true });
    expect(contents).toEqual([]);
  });

  test('is False for a store that overwrites, and says what to do', async () => {
    const { found } = await probed(config(['raw']), ignoring);
    expect(found).toMatchObject({ status: 'False', reason: 'NotConditional', isAdvice: true });
    expect(found?.message).toContain('If-None-Match');
  });

  test.each([[[]], [['*']], [['team-*']]])(
    'is not tried where the policy names no bucket outright: %j',
    async (buckets) => {
      const { found, asked } = await probed(config(buckets));
      expect(found).toMatchObject({ status: 'Unknown', reason: 'NotProbed' });
      expect(found?.message).toContain('policy.buckets');
      expect(asked).toBe(0);
    },
  );

  test('is unknown while the store does not answer', async () => {
    const { found } = await probed(config(['raw']), unreachable);
    expect(found).toMatchObject({ status: 'Unknown', reason: 'NotProbed', timeMayHelp: true });
    expect(found?.message).toContain('does not answer');
  });

  const earlier: Record<string, { known: Partial<Condition>; asked: number }> = {
    'is not tried again for the same generation': { known: { status: 'False', reason: 'NotConditional' }, asked: 0 },
    'is tried again when it could not be tried': { known: { status: 'Unknown', reason: 'NotProbed' }, asked: 1 },
    'is tried again for other settings': {
      known: { status: 'False', reason: 'NotConditional', observedGeneration: 2 },
      asked: 1,
    },
  };
  test.each(Object.entries(earlier))('%s', async (_name, { known, asked: wanted }) => {
    const { found, asked } = await probed(config(['raw'], known));
    expect(asked).toBe(wanted);
    expect(found?.status).toBe(wanted === 0 ? 'False' : 'True');
  });
});
