import { describe, expect, it } from 'vitest';
import { parseDuration } from './parse-duration.ts';

describe('a time span on the command line', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['0', 0],
    ['30', 30_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['soon', '', '5 m', '5x', 'm5', '-5s'])('"%s" is refused', (text) => {
    expect(() => parseDuration(text)).toThrow('time span');
  });
});
