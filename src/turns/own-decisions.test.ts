import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Agent } from '../agents/agent.ts';
import { defineTool } from '../agents/tool.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { ScriptedModel } from '../testing/scripted-model.ts';
import { silentLog } from '../testing/tool-context.ts';
import { createAgentRegistry } from './agent-registry.ts';
import { type Call, emptyJournal, type Step } from './journal.ts';
import { createOwnDecisions } from './own-decisions.ts';
import { createTurnEngine } from './turn-engine.ts';
import type { TurnFacts } from './turn-facts.ts';

const decidedAt = '2026-11-25T08:05:00.123Z';
const call: Call = {
  id: '0.0',
  tool: 'run_pipeline',
  arguments: '{}',
  argumentsDigest: '',
  effect: 'keyed',
  effectKey: 'k',
};
const usage = { inputTokens: 0, outputTokens: 0 };
const step: Step = {
  index: 0,
  frame: '',
  agent: 'kfp',
  model: 'm',
  decidedAt,
  finish: 'tool-calls',
  text: '',
  usage,
  calls: [call],
};

test('knows what was decided here, and nothing else', () => {
  const own = createOwnDecisions(new FakeClock('2026-11-25T08:05:00Z'));
  expect(own.has('k', step)).toBe(false);
  own.add([step]);
  expect(own.has('k', step)).toBe(true);
  expect(own.has('other', step)).toBe(false);
});

test('is not misled by a process whose clock is ahead, or that decided the same step', () => {
  const own = createOwnDecisions(new FakeClock('2026-11-25T08:05:00Z'));
  own.add([step]);
  for (const theirs of ['2026-11-25T08:05:00.124Z', '2026-11-25T09:00:00.000Z'])
    expect(own.has('k', { decidedAt: theirs })).toBe(false);
});

test('forgets after some hours', async () => {
  const clock = new FakeClock('2026-11-25T08:05:00Z');
  const own = createOwnDecisions(clock);
  own.add([step]);
  await clock.advance(7 * 3_600_000);
  own.add([{ ...step, calls: [{ ...call, effectKey: 'later' }] }]);
  expect([own.has('k', step), own.has('later', step)]).toEqual([false, true]);
});

test('a successor does not take the decision of its predecessor for its own, although that was decided in its future', async () => {
  const told: boolean[] = [];
  const start = defineTool({
    name: 'start',
    description: 'Start it.',
    examples: ['start it'],
    effect: 'keyed',
    access: [],
    display: 'text',
    input: z.strictObject({}),
    output: z.object({}),
    execute: (_input, { isOwnDecision }) => {
      told.push(isOwnDecision);
      return Promise.resolve({ kind: 'ok', summary: 'Started.', data: {} } as const);
    },
  });
  const agent: Agent = { name: 'kfp', purpose: 'Starts.', instructions: '', tools: [start], delegates: [] };
  const engineAt = (time: string) => {
    const meter = { modelAsked: () => undefined, callEnded: () => undefined };
    return createTurnEngine({ registry: createAgentRegistry([agent]), clock: new FakeClock(time), meter });
  };
  const { signal } = new AbortController();
  const model = new ScriptedModel([
    { calls: [{ tool: 'start', arguments: {} }] },
    ...[1, 2].map(() => ({ text: 'It runs.' })),
  ]);
  const request = {
    ...{ facts, signal, interrupt: signal, log: silentLog, claimed: new Set<string>() },
    model: () => Promise.resolve({ model }),
  };

  const first = engineAt('2026-11-25T09:00:00Z');
  const { journal } = await first.advance({ ...request, journal: emptyJournal });
  await engineAt('2026-11-25T08:00:00Z').advance({ ...request, journal });
  await first.advance({ ...request, journal });
  expect(told).toEqual([false, true]);
});

const facts: TurnFacts = {
  ...{ namespace: 'team', name: 'turn', effectSeed: 'seed', serviceAccountName: 'runner', agent: 'kfp' },
  ...{ text: 'Start it.', parameters: {}, history: [], agents: {}, approvals: [], journalBytes: 100_000 },
  owner: { apiVersion: 'v1', kind: 'Conversation', name: 'talk', uid: 'uid' },
  askedAt: new Date('2026-11-25T08:00:00Z'),
  deadline: new Date('2026-11-25T10:00:00Z'),
  limits: { maxSteps: 8, maxTokens: 100_000, maxParallelCalls: 8 },
  policy: { ask: 'Never', rules: [], teamAsk: 'Never', teamRules: [], pipelines: ['*'], buckets: ['*'] },
};
