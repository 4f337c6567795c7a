import { describe, expect, test } from 'vitest';
import { parseRobots } from './robots.ts';

const cases: Record<string, { robots: string; path: string; allowed: boolean }> = {
  'nothing is forbidden by nothing': { robots: '', path: '/a', allowed: true },
  'an empty Disallow forbids nothing': { robots: 'User-agent: *\nDisallow:\n', path: '/a', allowed: true },
  'a path is forbidden with what is below it': { robots: 'User-agent: *\nDisallow: /a', path: '/a/b', allowed: false },
  'other paths are not': { robots: 'User-agent: *\nDisallow: /a', path: '/b', allowed: true },
  'the longer rule wins': { robots: 'User-agent: *\nDisallow: /a\nAllow: /a/b', path: '/a/b/c', allowed: true },
  'of two equally long ones the one that allows': {
    robots: 'User-agent: *\nDisallow: /a\nAllow: /a',
    path: '/a',
    allowed: true,
  },
  'rules for others are not ours': { robots: 'User-agent: other\nDisallow: /\n', path: '/a', allowed: true },
  'rules for us win over those for everybody': {
    robots: 'User-agent: *\nDisallow: /\n\nUser-agent: Swarm\nDisallow: /private\n',
    path: '/a',
    allowed: true,
  },
  'rules for several at once are ours as well': {
    robots: 'User-agent: x\nUser-agent: swarm\nDisallow: /',
    path: '/a',
    allowed: false,
  },
  'a star stands for anything': { robots: 'User-agent: *\nDisallow: /*/edit', path: '/wiki/page/edit', allowed: false },
  'a dollar sign stands for the end': { robots: 'User-agent: *\nDisallow: /*.pdf$', path: '/a.pdf', allowed: false },
  'and only for the end': { robots: 'User-agent: *\nDisallow: /*.pdf$', path: '/a.pdf?x=1', allowed: true },
  'an end that occurs twice is still the end': {
    robots: 'User-agent: *\nDisallow: /*.pdf$',
    path: '/a.pdf.pdf',
    allowed: false,
  },
  'comments and odd lines are passed over': {
    robots: '# hi\nUser-agent: * # all\nnonsense\nDisallow: /a # no\n',
    path: '/a',
    allowed: false,
  },
};

describe('robots.txt', () => {
  test.each(Object.entries(cases))('%s', (_name, { robots, path, allowed }) => {
    expect(parseRobots(robots).allows(path)).toBe(allowed);
  });

  test('a pattern of many stars takes no time', () => {
    const robots = parseRobots(`User-agent: *\nDisallow: /${'*a'.repeat(5_000)}$\n`);
    expect(robots.allows(`/${'a'.repeat(4_999)}b`)).toBe(true);
  });

  test('the pause is in seconds, and nonsense is none', () => {
    expect(parseRobots('User-agent: *\nCrawl-delay: 1.5\n').delayMs).toBe(1_500);
    expect(parseRobots('User-agent: *\nCrawl-delay: soon\n').delayMs).toBe(0);
  });
});
