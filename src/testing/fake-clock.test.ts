import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

test('timers fire in the order of their time, at their time', async () => {
  const clock = new FakeClock();
  const fired: string[] = [];
  clock.schedule(20, () => fired.push(`second at ${clock.monotonicMs()}`));
  clock.schedule(10, () => fired.push(`first at ${clock.monotonicMs()}`));
  clock.schedule(31, () => fired.push('never'));
  await clock.advance(30);
  expect(fired).toEqual(['first at 10', 'second at 20']);
  expect(clock.nextDueInMs).toBe(1);
});

test('a chain of sleeps runs through in one advance', async () => {
  const clock = new FakeClock();
  const run = (async () => {
    for (let count = 0; count < 3; count++) await clock.sleep(10);
    return clock.monotonicMs();
  })();
  await clock.advance(30);
  expect(await run).toBe(30);
});

test('a sleep ends with its signal', async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const sleep = clock.sleep(1000, controller.signal);
  controller.abort(new Error('woken'));
  await expect(sleep).rejects.toThrow('woken');
  expect(clock.pending).toBe(0);
});

test('a jump of the wall clock moves no timer', async () => {
  const clock = new FakeClock('2026-01-01T00:00:00Z');
  clock.jumpWallClock(3_600_000);
  expect(clock.now().toISOString()).toBe('2026-01-01T01:00:00.000Z');
  expect(clock.monotonicMs()).toBe(0);
  await clock.advance(1);
  expect(clock.monotonicMs()).toBe(1);
});
