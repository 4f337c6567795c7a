import { expect, test } from 'vitest';
import { lookFor, type Look, type LookFacts } from './look.ts';
import { styled } from './style.ts';

const window: LookFacts = { environment: { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }, flags: {}, isTTY: true };
const all: Look = { color: true, unicode: true, live: true, words: false };
const inWindow = (environment: LookFacts['environment']): LookFacts => ({
  ...window,
  environment: { ...window.environment, ...environment },
});

const cases: Record<string, { given: LookFacts; want: Look }> = {
  'a window gets everything': { given: window, want: all },
  'a pipe gets neither colour nor a live line': {
    given: { ...window, isTTY: false },
    want: { ...all, color: false, live: false },
  },
  'NO_COLOR takes the colour only': { given: inWindow({ NO_COLOR: '1' }), want: { ...all, color: false } },
  'an empty NO_COLOR says nothing': { given: inWindow({ NO_COLOR: '' }), want: all },
  'FORCE_COLOR colours a pipe': {
    given: { ...inWindow({ FORCE_COLOR: '1' }), isTTY: false },
    want: { ...all, live: false },
  },
  'FORCE_COLOR=0 takes the colour': { given: inWindow({ FORCE_COLOR: '0' }), want: { ...all, color: false } },
  'FORCE_COLOR wins over NO_COLOR': { given: inWindow({ FORCE_COLOR: '1', NO_COLOR: '1' }), want: all },
  '--no-color wins over FORCE_COLOR': {
    given: { ...inWindow({ FORCE_COLOR: '1' }), flags: { color: false } },
    want: { ...all, color: false },
  },
  'a dumb terminal gets no escape sequence': {
    given: inWindow({ TERM: 'dumb' }),
    want: { ...all, color: false, live: false },
  },
  '--plain means no escape sequence': {
    given: { ...inWindow({ FORCE_COLOR: '1' }), flags: { plain: true } },
    want: { ...all, color: false, live: false },
  },
  '--accessible means words, and nothing that moves': {
    given: { ...window, flags: { accessible: true } },
    want: { ...all, live: false, words: true },
  },
  'another locale gets ASCII': { given: inWindow({ LANG: 'de_DE.ISO-8859-1' }), want: { ...all, unicode: false } },
  'LC_ALL wins over LANG': { given: inWindow({ LC_ALL: 'C' }), want: { ...all, unicode: false } },
  'no locale gets ASCII': { given: { ...window, environment: {} }, want: { ...all, unicode: false } },
  'the newer terminal of Windows has no locale': { given: { ...window, environment: { WT_SESSION: '1' } }, want: all },
};
test.each(Object.entries(cases))('%s', (_name, { given, want }) => {
  expect(lookFor(given)).toEqual(want);
});

test('a look with colour writes it whatever the test runner runs in, one without writes none', () => {
  expect(styled(all, 'good', 'yes')).toBe('\u001b[32myes\u001b[39m');
  expect(styled({ ...all, color: false }, 'good', 'yes')).toBe('yes');
});
