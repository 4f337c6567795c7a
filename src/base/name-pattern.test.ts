import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitsPattern } from './name-pattern.ts';

describe('fitsPattern', () => {
  const cases: Record<string, { pattern: string; fits: string[]; not: string[] }> = {
    'without a star only the name itself': { pattern: 'raw', fits: ['raw'], not: ['raw-2', 'a-raw', 'RAW', ''] },
    'a star alone every name': { pattern: '*', fits: ['', 'anything'], not: [] },
    'a star at the end a beginning': { pattern: 'team-*', fits: ['team-', 'team-a'], not: ['team', 'a-team-b'] },
    'a star at the start an end': { pattern: '*-report', fits: ['-report', 'a-report'], not: ['report', 'a-report-2'] },
    'a star inside both ends': { pattern: 'a*b', fits: ['ab', 'axb', 'abab'], not: ['a', 'b', 'abc'] },
    'no character twice': { pattern: 'ab*ba', fits: ['abba', 'ab-ba'], not: ['aba'] },
    'several stars their parts in order': { pattern: 'a*b*c', fits: ['abc', 'a-b-b-c'], not: ['acb', 'a-c'] },
    'two stars as one': { pattern: 'a**b', fits: ['ab', 'a-b'], not: ['b'] },
    'signs of regular expressions as themselves': {
      pattern: 'a.b+[c]*',
      fits: ['a.b+[c]d'],
      not: ['axb+[c]', 'a.bbc'],
    },
    'an empty pattern nothing but nothing': { pattern: '', fits: [''], not: ['a'] },
  };
  test.each(Object.entries(cases))('%s', (_name, { pattern, fits, not }) => {
    for (const name of fits) expect([name, fitsPattern(name, pattern)]).toEqual([name, true]);
    for (const name of not) expect([name, fitsPattern(name, pattern)]).toEqual([name, false]);
  });

  test('agrees with the regular expression that is meant', () => {
    const short = (letters: readonly string[]) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
    fc.assert(
      fc.property(short(['a', 'b', '.']), short(['a', 'b', '.', '*']), (name, pattern) => {
        const meant = new RegExp(`^${pattern.replaceAll('.', '[.]').replaceAll('*', '.*')}$`);
        expect(fitsPattern(name, pattern)).toBe(meant.test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  test('does not take longer and longer for many stars', () => {
    expect(fitsPattern('a'.repeat(50_000), `${'*a'.repeat(1_000)}*b`)).toBe(false);
  });
});
