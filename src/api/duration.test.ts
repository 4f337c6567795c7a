import { expect, test } from 'vitest';
import { TerminalError } from '../base/errors.ts';
import { duration, durationMs } from './duration.ts';

test.each([
  ['0s', 0],
  ['45s', 45_000],
  ['30m', 1_800_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1h0m5s', 3_605_000],
  ['90m', 5_400_000],
])('%s is %d ms', (text, expected) => {
  expect(durationMs(text)).toBe(expected);
  expect(duration().safeParse(text).success).toBe(true);
});

test.each(['', 'h', '30', '1d', '30m2h', '1.5h', '-1h', '1h 30m', 'soon'])('"%s" is refused in words', (text) => {
  expect(() => durationMs(text)).toThrow(TerminalError);
  expect(() => durationMs(text)).toThrow(`"${text}" is no duration`);
  expect(duration().safeParse(text).success).toBe(false);
});
