import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const limits = { baseMs: 5, maxMs: 300_000 };

test.each([
  ['the first failure waits the base', 0, 5],
  ['each further one doubles it', 3, 40],
  ['up to the limit', 17, 300_000],
  ['and no number of failures leads beyond', 10_000, 300_000],
])('%s', (_name, failures, wantMs) => {
  expect(backoffMs(failures, limits, () => 0)).toBe(wantMs);
});

test('chance takes off up to half', () => {
  expect(backoffMs(3, limits, () => 0.5)).toBe(30);
  expect(backoffMs(3, limits, () => 0.999_999)).toBeCloseTo(20, 3);
});
