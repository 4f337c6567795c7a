import { expect, test } from 'vitest';
import { createTurnstile } from './turnstile.ts';

const never = new AbortController().signal;

/** Work that ends when told. */
function piece(name: string, log: string[]) {
  const gate = Promise.withResolvers<string>();
  const work = () => {
    log.push(`${name} begins`);
    return gate.promise;
  };
  return {
    work,
    finish: () => {
      gate.resolve(name);
    },
    fail: () => {
      gate.reject(new Error(`${name} failed`));
    },
  };
}

test('no more than its places are at work, and the others follow in the order in which they came', async () => {
  const turnstile = createTurnstile(2);
  const log: string[] = [];
  const [first, second, third, fourth] = ['1', '2', '3', '4'].map((name) => piece(name, log)) as [
    ReturnType<typeof piece>,
    ReturnType<typeof piece>,
    ReturnType<typeof piece>,
    ReturnType<typeof piece>,
  ];
  const results = [first, second, third, fourth].map(({ work }) => turnstile.pass(never, work));
  await Promise.resolve();
  expect(log).toEqual(['1 begins', '2 begins']);
  second.finish();
  await results[1];
  first.finish();
  await results[0];
  third.finish();
  fourth.finish();
  expect(await Promise.all(results)).toEqual(['1', '2', '3', '4']);
  expect(log).toEqual(['1 begins', '2 begins', '3 begins', '4 begins']);
});

test('work that fails makes room as well', async () => {
  const turnstile = createTurnstile(1);
  const log: string[] = [];
  const failing = piece('failing', log);
  const next = piece('next', log);
  const results = [turnstile.pass(never, failing.work), turnstile.pass(never, next.work)] as const;
  failing.fail();
  await expect(results[0]).rejects.toThrow('failing failed');
  next.finish();
  expect(await results[1]).toBe('next');
});

test('who gives up while waiting is gone from the queue', async () => {
  const turnstile = createTurnstile(1);
  const log: string[] = [];
  const first = piece('first', log);
  const impatient = piece('impatient', log);
  const last = piece('last', log);
  const patience = new AbortController();
  const results = [
    turnstile.pass(never, first.work),
    turnstile.pass(patience.signal, impatient.work),
    turnstile.pass(never, last.work),
  ] as const;
  patience.abort(new Error('no more time'));
  await expect(results[1]).rejects.toThrow('no more time');
  first.finish();
  last.finish();
  expect(await results[2]).toBe('last');
  expect(log).toEqual(['first begins', 'last begins']);
});
