import { expect, test } from 'vitest';
import { oddDelimiterOf } from './odd-delimiter.ts';

test.each([
  ['a^b^c\n1^2^3\n4^5^6\n', '^'],
  ['a~b\n1~2\n', '~'],
  ['a\u0001b\n1\u00012\n', '\u0001'],
  ['x y z\n1 2 3\n', ' '],
  ['a^b\n"one\ntwo^"^2\n', '^'],
  ['a^b^c\n1^2\n', undefined],
  ['one word\nthree words here\n', undefined],
  ['word\nword\n', undefined],
  ['a^b\n', undefined],
])('%j is parted by %j', (head, delimiter) => {
  expect(oddDelimiterOf(head)).toBe(delimiter);
});
