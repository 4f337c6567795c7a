import { describe, expect, it } from 'vitest';
import { type Turn } from '../../src/api/turn.ts';
import { type Asked } from './ledger.ts';
import { type Script } from './script.ts';
import { judge, type HeldRun } from './verdict.ts';

const script: Script = {
  item: 't',
  steps: [[{ tool: 'create_named' }], [{ ask: 'tekton', steps: [[{ tool: 'run_pipeline' }]] }]],
};
const text = JSON.stringify(script);

function turn(
  overrides: { phase?: string; finishedAt?: string | undefined; value?: string; state?: string } = {},
): Turn {
  const { phase = 'Succeeded', value = 'one', state = 'Succeeded' } = overrides;
  const finishedAt = 'finishedAt' in overrides ? overrides.finishedAt : '2026-01-01T00:00:00Z';
  const calls = [
    { arguments: JSON.stringify({ item: 't.0.0', value }), outcome: { state } },
    { arguments: JSON.stringify({ task: '…' }), outcome: { state: 'Succeeded' } },
    {
      arguments: JSON.stringify({ pipeline: 'held', params: { item: 't.1.0.0.0', value: 'two' } }),
      outcome: { state },
    },
  ];
  return { spec: { text }, status: { phase, finishedAt, steps: [{ calls }] } } as unknown as Turn;
}

const applied: Asked = { receiver: 'named', key: 'k', item: 't.0.0', value: 'one', digest: '' };
const keyed: Asked = { ...applied, receiver: 'keyed' };
const run: HeldRun = {
  metadata: { name: 'swarm-k' },
  spec: {
    params: [
      { name: 'item', value: 't.1.0.0.0' },
      { name: 'value', value: 'two' },
    ],
  },
};
const good = { texts: [text], turns: [turn()], applied: [applied], runs: [run] };

describe('the verdict of the fault suite', () => {
  it('finds nothing wrong when each decision took effect once', () => {
    expect(judge(good)).toEqual({ lost: [], duplicated: [], stuck: [], keyedTwice: [], ambiguous: 0, effects: 2 });
  });

  it.each([
    ['an effect is missing', { applied: [] }, 'lost', /never took effect/],
    ['a run is missing', { runs: [] }, 'lost', /never took effect/],
    ['what took effect is not what was decided', { turns: [turn({ value: 'other' })] }, 'lost', /not as decided/],
    ['the turn failed', { turns: [turn({ phase: 'Failed' })] }, 'lost', /ended as Failed/],
    ['an effect was applied twice', { applied: [applied, { ...applied, key: 'l' }] }, 'duplicated', /2 times/],
    ['an effect was applied twice under one key', { applied: [keyed, keyed] }, 'keyedTwice', /2 times/],
    ['it was applied under two keys', { applied: [keyed, { ...keyed, key: 'l' }] }, 'duplicated', /2 times/],
    ['two runs were made', { runs: [run, run] }, 'duplicated', /2 times/],
    ['a message became two turns', { turns: [turn(), turn()] }, 'duplicated', /2 turns/],
    ['a turn never ended', { turns: [turn({ phase: 'Thinking', finishedAt: undefined })] }, 'stuck', /Thinking/],
    ['a message never became a turn', { turns: [] }, 'stuck', /no turn/],
  ] as const)('notices when %s', (...[, change, list, sentence]) => {
    expect(judge({ ...good, ...change })[list].join('\n')).toMatch(sentence);
  });

  it('counts a call that nobody can judge as ambiguous, not as lost', () => {
    expect(judge({ ...good, turns: [turn({ state: 'Ambiguous' })], applied: [], runs: [] })).toMatchObject({
      lost: [],
      ambiguous: 2,
    });
  });
});
