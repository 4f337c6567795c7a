import { beforeEach, expect, test } from 'vitest';
import { TerminalError } from '../base/errors.ts';
import { createLog } from '../base/log.ts';
import { createMetrics, type Metrics } from '../base/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { Controller } from './controller.ts';
import { again, later, type ObjectKey, type Outcome, type ReconcileContext, settled } from './reconciler.ts';

let clock: FakeClock;
let metrics: Metrics;
let logged: Record<string, unknown>[];

beforeEach(() => {
  clock = new FakeClock();
  metrics = createMetrics();
  logged = [];
});

type Reconcile = (key: ObjectKey, context: ReconcileContext) => Promise<Outcome>;

function controllerOf(reconcile: Reconcile, options: { concurrency?: number; signal?: AbortSignal } = {}): Controller {
  const write = (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>);
  return new Controller({
    reconciler: { name: 'turn', reconcile },
    concurrency: options.concurrency ?? 2,
    signal: options.signal ?? new AbortController().signal,
    log: createLog({ level: 'debug', destination: { write } }),
    clock,
    random: () => 0,
    metrics,
  });
}

test('works on no more keys at once than it may, and on each key only once at a time', async () => {
  const active = new Set<ObjectKey>();
  let most = 0;
  const controller = controllerOf(async (key) => {
    expect(active.has(key)).toBe(false);
    active.add(key);
    most = Math.max(most, active.size);
    await clock.sleep(10);
    active.delete(key);
    return settled;
  });
  controller.start();
  for (let round = 0; round < 3; round++) {
    for (const key of ['a/1', 'a/2', 'a/3', 'b/1'] as const) controller.enqueue(key);
    await clock.advance(5);
  }
  await clock.advance(1000);
  expect(most).toBe(2);
});

test('keys that came before the start are kept until then', async () => {
  const seen: ObjectKey[] = [];
  const controller = controllerOf((key) => {
    seen.push(key);
    return Promise.resolve(settled);
  });
  controller.enqueue('a/1');
  await clock.advance(100);
  expect(seen).toEqual([]);
  controller.start();
  await clock.advance(0);
  expect(seen).toEqual(['a/1']);
});

test('an outcome decides when the key comes back', async () => {
  const times: number[] = [];
  const outcomes: Outcome[] = [again, later(50), settled];
  const controller = controllerOf(() => {
    times.push(clock.monotonicMs());
    return Promise.resolve(outcomes.shift() ?? settled);
  });
  controller.start();
  controller.enqueue('a/1');
  await clock.advance(1000);
  expect(times).toEqual([0, 0, 50]);
});

test('a key that always fails backs off alone; its neighbours are served', async () => {
  const seen: string[] = [];
  const controller = controllerOf((key) => {
    seen.push(key);
    return key === 'a/poison' ? Promise.reject(new Error('always')) : Promise.resolve(settled);
  });
  controller.start();
  controller.enqueue('a/poison');
  await clock.advance(1000);
  controller.enqueue('a/healthy');
  await clock.advance(0);
  expect(seen.filter((key) => key === 'a/poison')).toHaveLength(8); // after 0 5 15 35 75 155 315 635 ms
  expect(seen.at(-1)).toBe('a/healthy');
});

test('what needs a person is not tried again', async () => {
  let attempts = 0;
  const controller = controllerOf(() => {
    attempts += 1;
    return Promise.reject(new TerminalError('SecretMissing', 'create the secret'));
  });
  controller.start();
  controller.enqueue('a/1');
  await clock.advance(600_000);
  expect(attempts).toBe(1);
  expect(logged.find(({ level }) => level === 'warn')).toMatchObject({ reason: 'SecretMissing', controller: 'turn' });
});

test('even a reconciler that throws before it returns a promise only fails its own key', async () => {
  const controller = controllerOf(() => {
    throw new Error('a bug');
  });
  controller.start();
  controller.enqueue('a/1');
  await clock.advance(0);
  expect(logged.find(({ level }) => level === 'error')).toMatchObject({ object: 'a/1', err: { message: 'a bug' } });
});

test('draining finishes what has begun, and begins nothing more', async () => {
  const seen: ObjectKey[] = [];
  const controller = controllerOf(
    async (key) => {
      await clock.sleep(100);
      seen.push(key);
      return again;
    },
    { concurrency: 1 },
  );
  controller.start();
  controller.enqueue('a/1');
  controller.enqueue('a/2');
  await clock.advance(10);
  let drained = false;
  const draining = controller.drain().then(() => (drained = true));
  await clock.advance(50);
  expect(drained).toBe(false);
  await clock.advance(50);
  await draining;
  expect(seen).toEqual(['a/1']);
});

test('every line of a reconcile carries controller, object and an id of its own', async () => {
  const controller = controllerOf((_key, { log }) => {
    log.info({}, 'Calling tool');
    return Promise.resolve(settled);
  });
  controller.start();
  controller.enqueue('a/1');
  controller.enqueue('a/2');
  await clock.advance(0);
  expect(logged).toMatchObject([
    { controller: 'turn', object: 'a/1' },
    { controller: 'turn', object: 'a/2' },
  ]);
  expect(new Set(logged.map(({ reconcileId }) => reconcileId)).size).toBe(2);
});

test('its metrics are there from the start and count by result', async () => {
  const controller = controllerOf((key) =>
    key === 'a/bad' ? Promise.reject(new Error('x')) : Promise.resolve(settled),
  );
  expect(await metrics.registry.metrics()).toContain(
    'controller_runtime_reconcile_total{controller="turn",result="success"} 0',
  );
  controller.start();
  controller.enqueue('a/good');
  controller.enqueue('a/bad');
  await clock.advance(0);
  const text = await metrics.registry.metrics();
  expect(text).toContain('controller_runtime_reconcile_total{controller="turn",result="success"} 1');
  expect(text).toContain('controller_runtime_reconcile_total{controller="turn",result="error"} 1');
  expect(text).toContain('controller_runtime_reconcile_time_seconds_count{controller="turn"} 2');
});
