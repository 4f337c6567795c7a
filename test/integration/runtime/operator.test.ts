import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemRandom } from '../../../src/base/backoff.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { createEventRecorder } from '../../../src/kube/events.ts';
import { type KubeObject } from '../../../src/kube/kube-client.ts';
import { resourceTypes } from '../../../src/kube/resource-types.ts';
import { keyOf } from '../../../src/operator/object-key.ts';
import { type ReconcileContext, settled } from '../../../src/operator/reconciler.ts';
import { SwarmOperator } from '../../../src/operator/swarm-operator.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type ConfigMap, RuntimeWorld, silentLog } from './runtime-world.ts';

const type = resourceTypes.configMap;
const leaseDurationMs = 3_000;

interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

interface EventObject extends KubeObject {
  readonly note?: string;
  readonly series?: { readonly count: number };
}

/** Copies data.value to an annotation: an effect whose state of the world is easy to see. */
class CopyingOperator {
  readonly operator: SwarmOperator;
  readonly identity = randomUUID();
  lostLeadership = false;

  constructor(world: RuntimeWorld, options: { leaseName?: string } = {}) {
    const { leaseName } = options;
    const namespace = world.namespace;
    this.operator = new SwarmOperator({
      client: world.proxied,
      log: silentLog,
      metrics: createMetrics(),
      clock: systemClock,
      random: systemRandom,
      namespace,
      graceMs: 5_000,
      onLeadershipLost: () => {
        this.lostLeadership = true;
      },
      ...(leaseName !== undefined && {
        leaderElection: { namespace, name: leaseName, identity: this.identity, durationMs: leaseDurationMs },
      }),
    });
    const cache = this.operator.cacheOf<ConfigMap>(type, { labelSelector: 'copy=yes' });
    const reconcile = async (key: `${string}/${string}`, { signal }: ReconcileContext) => {
      const object = cache.get(key);
      const value = object?.data?.['value'];
      if (!object || value === undefined || object.data?.['copy'] === value) return settled;
      cache.noteWritten(await world.proxied.replace(type, { ...object, data: { value, copy: value } }, { signal }));
      return settled;
    };
    this.operator.addController({
      reconciler: { name: 'copying', reconcile },
      concurrency: 8,
      sources: [{ type, keysOf: (object) => [keyOf(object)] }],
    });
  }

  async start(): Promise<this> {
    await this.operator.start();
    return this;
  }
}

describe('an operator', () => {
  let world: RuntimeWorld;
  const running: SwarmOperator[] = [];
  beforeAll(async () => {
    world = await RuntimeWorld.open();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((operator) => operator.stop()));
  });
  afterAll(() => world.close());

  const start = async (options: { leaseName?: string } = {}) => {
    const copying = await new CopyingOperator(world, options).start();
    running.push(copying.operator);
    return copying;
  };
  const write = (name: string, value: string) =>
    world.straight.create<ConfigMap>(type, {
      metadata: { name, namespace: world.namespace, labels: { copy: 'yes' } },
      data: { value },
    });
  const copied = (name: string, value: string) =>
    waitFor(
      `${name} is copied`,
      async () => {
        const object = await world.straight.get<ConfigMap>(type, { namespace: world.namespace, name });
        return object?.data?.['copy'] === value;
      },
      { withinMs: 20_000, everyMs: 50 },
    );

  test('serves what is there and what comes', async () => {
    await write('there', '1');
    await start();
    await copied('there', '1');
    await write('comes', '2');
    await copied('comes', '2');
    await world.change('comes', '3');
    await copied('comes', '3');
  });

  test('gets everything done while every fifth request breaks in some way', async () => {
    const everyFifth = (turn: number) => () => world.proxy.requests.length % 20 === turn;
    const faultsBefore = world.proxy.faultCount;
    const takeBack = [
      world.proxy.inject({ when: everyFifth(0), fault: { kind: 'reset' }, times: Infinity }),
      world.proxy.inject({ when: everyFifth(5), fault: { kind: 'drop-reply' }, times: Infinity }),
      world.proxy.inject({ when: everyFifth(10), fault: { kind: 'refuse', status: 500 }, times: Infinity }),
      world.proxy.inject({
        when: everyFifth(15),
        fault: { kind: 'refuse', status: 429, headers: { 'retry-after': '1' } },
        times: Infinity,
      }),
    ];
    await start();
    const names = Array.from({ length: 60 }, (_, index) => `fault-${index}`);
    for (const name of names) {
      await write(name, name);
      if (Number(name.slice(6)) % 10 === 0) for (const watch of world.proxy.watches()) watch.reset();
    }
    await Promise.all(names.map((name) => copied(name, name)));
    for (const undo of takeBack) undo();
    expect(world.proxy.faultCount - faultsBefore).toBeGreaterThan(10);
  });

  test('survives an API server that is away for a while, and catches up', async () => {
    const { operator } = await start();
    await operator.running;
    const takeBack = world.proxy.inject({ when: () => true, fault: { kind: 'reset' }, times: Infinity });
    for (const watch of world.proxy.watches()) watch.reset();
    await write('meanwhile', 'x');
    await systemClock.sleep(3_000);
    takeBack();
    await copied('meanwhile', 'x');
  });

  test('of two only one leads; the other takes over when the first stops, at once and with a higher epoch', async () => {
    const first = await start({ leaseName: 'handover' });
    await first.operator.running;
    const second = await start({ leaseName: 'handover' });
    await waitFor('the second stands by', () => Promise.resolve(second.operator.isReady()), { withinMs: 10_000 });
    expect(second.operator.isLeading()).toBe(false);
    const epoch = first.operator.epoch();

    const startMs = performance.now();
    await first.operator.stop();
    await second.operator.running;
    expect(performance.now() - startMs).toBeLessThan(leaseDurationMs);
    expect(second.operator.epoch()).toBeGreaterThan(epoch);
    await write('after-handover', 'x');
    await copied('after-handover', 'x');
  });

  test('a leader that is cut off stops its effects in time, and another takes over', async () => {
    const first = await start({ leaseName: 'cut-off' });
    await first.operator.running;
    const takeBack = world.proxy.inject({
      when: ({ method, path }) => method === 'PUT' && path.includes('/leases/cut-off'),
      fault: { kind: 'freeze' },
      times: Infinity,
    });
    await waitFor('the first knows', () => Promise.resolve(first.operator.signal.aborted), { withinMs: 10_000 });
    expect(first.operator.isLeading()).toBe(false);
    await waitFor('its process ends', () => Promise.resolve(first.lostLeadership), { withinMs: 10_000 });
    takeBack();
    const second = await start({ leaseName: 'cut-off' });
    await second.operator.running;
    const lease = await world.straight.get<Lease>(resourceTypes.lease, { namespace: world.namespace, name: 'cut-off' });
    expect(lease?.spec?.holderIdentity).toBe(second.identity);
  });

  test("Events appear with kubectl's eyes, and repetitions as a count", async () => {
    const regarding = await write('eventful', 'x');
    const events = createEventRecorder({
      client: world.proxied,
      clock: { ...systemClock, schedule: (_delayMs, callback) => systemClock.schedule(50, callback) },
      log: silentLog,
      metrics: world.metrics,
      controller: 'swarm.mlops.dev/test',
      instance: 'test',
    });
    for (let time = 0; time < 4; time++) {
      events.record({ regarding, type: 'Warning', reason: 'BackendUnreachable', message: 'Tekton is not installed' });
    }
    const counted = await waitFor(
      'the repetitions are counted',
      async () => {
        const { items } = await world.straight.list<EventObject>(resourceTypes.event, { namespace: world.namespace });
        return items.find(({ series }) => series?.count === 4);
      },
      { withinMs: 10_000 },
    );
    expect(counted.note).toBe('Tekton is not installed');
  });
});
