import dotI from '@dot-i/k8s-operator';
import { beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../base/log.ts';
import { createMetrics } from '../base/metrics.ts';
import { KubeApiError } from '../kube/errors.ts';
import { type KubeObject } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { FakeKube } from '../testing/fake-kube.ts';
import { keyOf } from './object-key.ts';
import { later, type ObjectKey, type Reconciler, settled } from './reconciler.ts';
import { type Source, SwarmOperator, type SwarmOperatorOptions } from './swarm-operator.ts';

const type = resourceTypes.configMap;
const aConfigMap = (name: string): KubeObject => ({ metadata: { name, namespace: 'team-a' } });
const ownKey: Source = { type, keysOf: (object) => [keyOf(object)] };

let clock: FakeClock;
let kube: FakeKube;

beforeEach(() => {
  clock = new FakeClock();
  kube = new FakeKube({ clock });
});

function optionsOf(): SwarmOperatorOptions {
  return {
    client: kube,
    log: createLog({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics(),
    clock,
    random: () => 0,
    graceMs: 10_000,
    onLeadershipLost: () => undefined,
  };
}

function anOperator(options: Partial<SwarmOperatorOptions> = {}): SwarmOperator {
  return new SwarmOperator({ ...optionsOf(), ...options });
}

/** Notes its keys; waits that long in each. */
function noting(seen: ObjectKey[], waitMs = 0): Reconciler {
  return {
    name: 'noting',
    reconcile: async (key, { signal }) => {
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      seen.push(key);
      return settled;
    },
  };
}

const lease = { namespace: 'swarm-system', name: 'swarm', identity: 'me', durationMs: 15_000 };

test('extends the lifecycle base of @dot-i/k8s-operator: start leads to init, and init registers what is watched', async () => {
  const registered: string[] = [];
  class Registering extends SwarmOperator {
    protected override watchResource(...call: Parameters<SwarmOperator['watchResource']>): Promise<void> {
      registered.push(call.slice(0, 3).join('/'));
      return super.watchResource(...call);
    }
  }
  const operator = new Registering(optionsOf());
  expect(operator).toBeInstanceOf(dotI.default);
  operator.cacheOf(type);
  operator.addController({
    reconciler: noting([]),
    concurrency: 1,
    sources: [{ type: resourceTypes.lease, keysOf: () => [] }],
  });
  await operator.start();
  await clock.advance(0);
  await operator.running;
  expect(registered).toEqual(['/v1/configmaps', 'coordination.k8s.io/v1/leases']);
  await operator.stop();
});

test('the helpers of the base that swallow errors refuse to work', async () => {
  class Tempted extends SwarmOperator {
    try() {
      return [
        this.setResourceStatus(),
        this.patchResourceStatus(),
        this.handleResourceFinalizer(),
        this.setResourceFinalizers(),
      ];
    }
  }
  for (const attempt of new Tempted(optionsOf()).try())
    await expect(attempt).rejects.toThrow('write through the KubeClient');
});

test('every object is reconciled once at the start, and again when it changes', async () => {
  kube.seed(type, aConfigMap('a'));
  kube.seed(type, aConfigMap('b'));
  const seen: ObjectKey[] = [];
  const operator = anOperator();
  operator.addController({ reconciler: noting(seen), concurrency: 1, sources: [ownKey] });
  await operator.start();
  await clock.advance(0);
  expect(seen).toEqual(['team-a/a', 'team-a/b']);
  await kube.mergePatch(type, { namespace: 'team-a', name: 'b' }, { data: { x: '1' } });
  await clock.advance(0);
  expect(seen).toEqual(['team-a/a', 'team-a/b', 'team-a/b']);
  await operator.stop();
});

test('a reconcile sees the caches filled', async () => {
  kube.seed(type, aConfigMap('a'));
  const operator = anOperator();
  const cache = operator.cacheOf(type, { indexes: { name: ({ metadata }) => [metadata.name] } });
  const found: number[] = [];
  const reconciler: Reconciler = {
    name: 'looking',
    reconcile: () => {
      found.push(cache.byIndex('name', 'a').length);
      return Promise.resolve(settled);
    },
  };
  operator.addController({ reconciler, concurrency: 1, sources: [ownKey] });
  expect(operator.isReady()).toBe(false);
  await operator.start();
  await clock.advance(0);
  expect(operator.isReady()).toBe(true);
  expect(found).toEqual([1]);
  await operator.stop();
});

test('an API server that is away at the start delays, and ends nothing', async () => {
  kube.seed(type, aConfigMap('a'));
  const error = new KubeApiError({ status: 0, reason: 'ConnectionFailed', message: 'down' });
  kube.fail({ matches: () => true, error, times: 8 });
  const seen: ObjectKey[] = [];
  const operator = anOperator();
  operator.addController({ reconciler: noting(seen), concurrency: 1, sources: [ownKey] });
  await operator.start();
  await clock.advance(1_000);
  expect(operator.isReady()).toBe(false);
  await clock.advance(60_000);
  expect(seen).toEqual(['team-a/a']);
  await operator.stop();
});

test('a source that makes a mistake does not end the watch', async () => {
  const seen: ObjectKey[] = [];
  const picky: Source = {
    type,
    keysOf: (object) => {
      if (object.metadata.name === 'bad') throw new Error('a bug');
      return [keyOf(object)];
    },
  };
  const operator = anOperator();
  operator.addController({ reconciler: noting(seen), concurrency: 1, sources: [picky] });
  await operator.start();
  await clock.advance(0);
  await kube.create(type, aConfigMap('bad'));
  await kube.create(type, aConfigMap('good'));
  await clock.advance(0);
  expect(seen).toEqual(['team-a/good']);
  await operator.stop();
});

describe('stopping', () => {
  test('lets work in progress end, begins none, and gives the lease back', async () => {
    kube.seed(type, aConfigMap('a'));
    const seen: ObjectKey[] = [];
    const operator = anOperator({ leaderElection: lease });
    operator.addController({ reconciler: noting(seen, 5_000), concurrency: 1, sources: [ownKey] });
    await operator.start();
    await clock.advance(100);
    const stopping = operator.stop();
    kube.seed(type, aConfigMap('too-late'));
    await clock.advance(4_000);
    expect(operator.signal.aborted).toBe(false);
    expect(operator.isLeading()).toBe(true);
    await clock.advance(2_000);
    await stopping;
    expect(seen).toEqual(['team-a/a']);
    expect(kube.all(resourceTypes.lease)).toMatchObject([{ spec: { holderIdentity: '' } }]);
  });

  test('aborts what does not end within the grace', async () => {
    kube.seed(type, aConfigMap('a'));
    const seen: ObjectKey[] = [];
    const operator = anOperator();
    operator.addController({ reconciler: noting(seen, 3_600_000), concurrency: 1, sources: [ownKey] });
    await operator.start();
    await clock.advance(0);
    const stopping = operator.stop();
    await clock.advance(10_000);
    await stopping;
    expect(operator.signal.aborted).toBe(true);
    expect(seen).toEqual([]);
  });

  test('a process that stands by stops without ever having worked', async () => {
    kube.seed(type, aConfigMap('a'));
    kube.seed(resourceTypes.lease, {
      metadata: { namespace: lease.namespace, name: lease.name },
      spec: { holderIdentity: 'other', leaseDurationSeconds: 3600, leaseTransitions: 1 },
    });
    const seen: ObjectKey[] = [];
    const operator = anOperator({ leaderElection: lease });
    operator.addController({ reconciler: noting(seen), concurrency: 1, sources: [ownKey] });
    await operator.start();
    await clock.advance(30_000);
    expect(operator.isReady()).toBe(true);
    const stopping = operator.stop();
    await clock.advance(0);
    await stopping;
    expect(seen).toEqual([]);
  });
});

test('when the lease is lost, effects are told to stop before the process ends', async () => {
  const story: string[] = [];
  const operator = anOperator({ leaderElection: lease, onLeadershipLost: () => story.push('the process ends') });
  const reconciler: Reconciler = {
    name: 'working',
    reconcile: async (_key, { signal }) => {
      await clock.sleep(3_600_000, signal).catch(() => undefined);
      story.push('the effect stops');
      return later(1);
    },
  };
  kube.seed(type, aConfigMap('a'));
  operator.addController({ reconciler, concurrency: 1, sources: [ownKey] });
  await operator.start();
  await clock.advance(1_000);
  await kube.mergePatch(resourceTypes.lease, lease, { spec: { holderIdentity: 'thief' } });
  await clock.advance(20_000);
  expect(story).toEqual(['the effect stops', 'the process ends']);
});

test('one kind has one cache, and its selector cannot be asked for in two ways', () => {
  const operator = anOperator();
  const cache = operator.cacheOf(type, { labelSelector: 'a=b' });
  expect(operator.cacheOf(type)).toBe(cache);
  expect(() => operator.cacheOf(type, { labelSelector: 'c=d' })).toThrow('another selector');
});
