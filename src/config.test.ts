import { expect, test } from 'vitest';
import { helpText, readConfig } from './config.ts';

test('a flag wins over the environment, which wins over the default', () => {
  const environment = { SWARM_MAX_CONCURRENT_TURNS: '7', SWARM_LOG_LEVEL: 'warn' };
  const config = readConfig(['--max-concurrent-turns=9', '--leader-elect'], environment);
  expect(config).toMatchObject({ maxConcurrentTurns: 9, logLevel: 'warn', leaderElect: true, gracePeriod: 25_000 });
});

test('a list may have white space', () => {
  expect(readConfig([], { SWARM_ALLOWED_HOSTS: 'a, b,' }).allowedHosts).toEqual(['a', 'b']);
});

const mistakes: Record<string, { args: string[]; environment?: Record<string, string>; says: string }> = {
  'a word where a number belongs': {
    args: ['--max-concurrent-turns', 'many'],
    says: '--max-concurrent-turns (SWARM_MAX_CONCURRENT_TURNS) is "many": give a whole number from 1 to 10000, for example 64.',
  },
  'a number out of bounds, from the environment': {
    args: [],
    environment: { SWARM_MAX_CONCURRENT_TURNS: '0' },
    says: '--max-concurrent-turns (SWARM_MAX_CONCURRENT_TURNS) is "0": give a whole number from 1 to 10000, for example 64.',
  },
  'an unknown flag': { args: ['--leader'], says: "Unknown option '--leader'; --help lists all flags." },
  'a span without a unit': {
    args: ['--grace-period=5'],
    says: '--grace-period (SWARM_GRACE_PERIOD) is "5": give hours, minutes and seconds, for example 25s.',
  },
  'a model without its endpoint': {
    args: ['--model-name=x'],
    says: '--model-base-url is missing: it is needed with --model-name.',
  },
};
test.each(Object.entries(mistakes))('%s is answered with one sentence', (_name, { args, environment = {}, says }) => {
  expect(() => readConfig(args, environment)).toThrow(says);
});

test('help names every flag with its variable and its default', () => {
  expect(helpText()).toContain('--max-concurrent-turns (default 64)');
  expect(helpText()).toContain('Environment: SWARM_LEASE_DURATION');
});
