import { beforeEach, expect, test } from 'vitest';
import { createMetrics, type Metrics } from '../base/metrics.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type ObjectKey } from './reconciler.ts';
import { WorkQueue } from './work-queue.ts';

let clock: FakeClock;
let metrics: Metrics;
let queue: WorkQueue;

beforeEach(() => {
  clock = new FakeClock();
  metrics = createMetrics();
  queue = new WorkQueue({ name: 'turn', clock, random: () => 0, metrics });
});

function takeAll(): ObjectKey[] {
  const keys: ObjectKey[] = [];
  for (let key = queue.take(); key; key = queue.take()) {
    keys.push(key);
    queue.done(key);
  }
  return keys;
}

test('a key waits once, however often it is added', () => {
  for (let time = 0; time < 3; time++) queue.add('a/x');
  expect(takeAll()).toEqual(['a/x']);
});

test('a key that is worked on is not handed out again until it is given back', () => {
  queue.add('a/x');
  expect(queue.take()).toBe('a/x');
  queue.add('a/x');
  queue.add('a/x');
  expect(queue.take()).toBeUndefined();
  queue.done('a/x');
  expect(takeAll()).toEqual(['a/x']);
});

test('namespaces take turns, and within one the first comes first', () => {
  for (const key of ['busy/1', 'busy/2', 'busy/3', 'quiet/1', 'calm/1'] as const) queue.add(key);
  expect(takeAll()).toEqual(['busy/1', 'quiet/1', 'calm/1', 'busy/2', 'busy/3']);
});

test('a delayed key comes when its time has come, by the shortest of its delays', async () => {
  queue.addAfter('a/x', 500);
  queue.addAfter('a/x', 100);
  queue.addAfter('a/x', 300);
  await clock.advance(99);
  expect(queue.take()).toBeUndefined();
  await clock.advance(1);
  expect(takeAll()).toEqual(['a/x']);
  await clock.advance(1000);
  expect(takeAll()).toEqual([]);
});

test('an add does not wait for the delay, and does not take it back', async () => {
  queue.addAfter('a/x', 100);
  queue.add('a/x');
  expect(takeAll()).toEqual(['a/x']);
  await clock.advance(100);
  expect(takeAll()).toEqual(['a/x']);
});

test('failures in a row wait from 5 ms, twice as long each time, to 5 minutes; success starts anew', () => {
  const delays = Array.from({ length: 20 }, () => queue.addAfterFailure('a/x'));
  expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40]);
  expect(delays.at(-1)).toBe(300_000);
  queue.forgetFailures('a/x');
  expect(queue.addAfterFailure('a/x')).toBe(5);
});

test('a closed queue hands out nothing and takes nothing', async () => {
  queue.add('a/x');
  queue.addAfter('a/y', 10);
  queue.close();
  queue.add('a/z');
  await clock.advance(10);
  expect(takeAll()).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('its metrics tell depth, adds and retries', async () => {
  queue.add('a/x');
  queue.add('a/y');
  queue.addAfterFailure('a/z');
  const text = await metrics.registry.metrics();
  expect(text).toContain('workqueue_depth{name="turn"} 2');
  expect(text).toContain('workqueue_adds_total{name="turn"} 2');
  expect(text).toContain('workqueue_retries_total{name="turn"} 1');
});
