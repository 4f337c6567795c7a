import { expect, test } from 'vitest';
import { counted, figure } from './figures.ts';

test.each([
  [0, '0'],
  [1234567, '1,234,567'],
  [-12, '-12'],
  [3.14159265, '3.14159'],
  [1234.5678, '1,234.57'],
  [0.00001234567, '0.0000123457'],
  [1e-9, '1e-9'],
  [6.02214076e23, '6.02214e+23'],
])('%d is written %s', (value, text) => {
  expect(figure(value)).toBe(text);
});

test.each([
  [0, '0 rows'],
  [1, '1 row'],
  [2000, '2,000 rows'],
])('%d is counted as %s', (count, text) => {
  expect(counted(count, 'row')).toBe(text);
});
