import { describe, expect, test } from 'vitest';
import { errorLineOf, lastLines, logLines } from './log-lines.ts';

describe('lines of a log', () => {
  test('terminal commands, control and direction characters are taken out, endless lines are cut', () => {
    expect(logLines('\u001b[31mred\u001b[0m\tx\u0007\n\u202eabc\r\n\n')).toEqual(['red\tx', 'abc']);
    expect(logLines('y'.repeat(1_000_000))[0]).toHaveLength(501);
  });

  test('of too many lines the last ones stay', () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const kept = lastLines(lines, 200);
    expect(kept.at(-1)).toBe('line 99');
    expect(JSON.stringify(kept).length).toBeLessThanOrEqual(202);
    expect(lastLines(lines, 1_000_000)).toEqual(lines);
  });

  test.each([
    [
      'Python names the exception last',
      ['Traceback (most recent call last):', '  File "train.py", line 3, in <module>', 'ValueError: no rows', ''],
      'ValueError: no rows',
    ],
    [
      'Node names the error before its frames',
      ['loading', 'DataError: column x is not in y.csv', '    at read (file:///app/a.mjs:1:2)'],
      'DataError: column x is not in y.csv',
    ],
    [
      'a shell complains in passing',
      ['+ cp a b', 'cp: cannot stat a: No such file', 'done'],
      'cp: cannot stat a: No such file',
    ],
    ['otherwise the last line speaks', ['one', 'two', ''], 'two'],
  ])('%s', (_name, lines, expected) => {
    expect(errorLineOf(lines)).toBe(expected);
  });

  test('an empty log says nothing', () => {
    expect(errorLineOf([])).toBeUndefined();
  });
});
