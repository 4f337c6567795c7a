import { expect, it } from 'vitest';
import { ageText } from './age.ts';

it.each([
  ['2026-01-01T00:00:00Z', '0s'],
  ['2025-12-31T23:59:15Z', '45s'],
  ['2025-12-31T23:56:48Z', '3m12s'],
  ['2025-12-31T23:30:59Z', '29m'],
  ['2025-12-31T19:00:00Z', '5h'],
  ['2025-12-20T00:00:00Z', '12d'],
  [undefined, ''],
])('since %s it is %s', (since, text) => {
  expect(ageText(since, new Date('2026-01-01T00:00:00Z'))).toBe(text);
});
