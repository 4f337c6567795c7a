import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('a sleep ends with its signal, at once', async () => {
  const controller = new AbortController();
  const sleep = systemClock.sleep(60_000, controller.signal);
  controller.abort(new Error('woken'));
  await expect(sleep).rejects.toThrow('woken');
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toThrow('woken');
});

test('what is taken back does not run', async () => {
  const ran: string[] = [];
  systemClock.schedule(1, () => ran.push('taken back'))();
  await new Promise<void>((resolve) => {
    systemClock.schedule(5, () => {
      ran.push('kept');
      resolve();
    });
  });
  expect(ran).toEqual(['kept']);
});
