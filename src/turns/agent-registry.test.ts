import { describe, expect, test } from 'vitest';
import type { Agent } from '../agents/agent.ts';
import { anAgent, aTool } from '../testing/turn-world.ts';
import { createAgentRegistry } from './agent-registry.ts';

const tool = (name: string) => aTool(name, 'pure', { execute: () => ({ kind: 'ok', summary: '', data: {} }) });

describe('the agent registry', () => {
  const mistakes: Record<string, { agents: readonly Agent[]; want: string }> = {
    'an agent that is declared twice': {
      agents: [anAgent('a', []), anAgent('a', [])],
      want: 'agent a is declared twice',
    },
    'a tool that is declared twice': {
      agents: [anAgent('a', [tool('t'), tool('t')])],
      want: 'declares the tool t twice',
    },
    'a tool that is called like a delegation': {
      agents: [anAgent('a', [tool('ask_b')], ['b']), anAgent('b', [tool('t')])],
      want: 'declares the tool ask_b twice',
    },
    'a delegate that does not exist': { agents: [anAgent('a', [], ['ghost'])], want: 'delegates to ghost' },
  };
  test.each(Object.entries(mistakes))('refuses %s', (_name, { agents, want }) => {
    expect(() => createAgentRegistry(agents)).toThrow(want);
  });

  const offered = (agents: readonly Agent[], depth = 0, settings = {}) =>
    createAgentRegistry(agents)
      .offer('a', { depth, settings })
      .schemas.map(({ name }) => name);

  test('offers what can be executed, and agents that have something to offer', () => {
    const agents = [anAgent('a', [tool('t')], ['b', 'empty']), anAgent('b', [tool('u')]), anAgent('empty', [])];
    expect(offered(agents)).toEqual(['t', 'ask_b']);
  });

  test('offers no delegation at the greatest depth', () => {
    expect(offered([anAgent('a', [tool('t')], ['b']), anAgent('b', [tool('u')])], 2)).toEqual(['t']);
  });

  test('offers what the settings of the namespace leave', () => {
    const agents = [anAgent('a', [tool('t'), tool('s')], ['b']), anAgent('b', [tool('u')])];
    expect(offered(agents, 0, { a: { enabled: true, tools: ['s'] }, b: { enabled: false } })).toEqual(['s']);
  });

  test('tells planners what an agent behind a delegation serves', () => {
    const registry = createAgentRegistry([anAgent('a', [], ['b']), anAgent('b', [tool('u')])]);
    const [ask] = registry.offer('a', { depth: 0, settings: {} }).schemas;
    expect(ask).toMatchObject({ delegate: { agent: 'b', tools: [{ name: 'u' }] }, writes: false });
    expect(ask?.parameters).toMatchObject({ required: ['task'], additionalProperties: false });
  });
});
