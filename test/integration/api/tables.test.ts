import { afterAll, beforeAll, expect, test } from 'vitest';
import { customResources } from '../../../src/api/custom-resources.ts';
import {
  aConversation,
  anApproval,
  anIntent,
  aKnowledgeBase,
  aSwarmConfig,
  aTurn,
} from '../../../src/testing/builders.ts';
import { ApiUnderTest } from './api-under-test.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
  for (const { apiVersion, kind, metadata, spec, status } of objects) {
    const made = await api.create({ apiVersion, kind, metadata: { name: metadata.name }, spec });
    const answer = await api.replace({ ...made, status }, '/status');
    if (answer.status !== 200) throw new Error(`${kind}: ${answer.body.message}`);
  }
});
afterAll(() => api.stop());

const poem = 'first line\nsecond line\r\n\n\tand a third';
const at = '2026-11-25T08:00:00Z';
const conditions = (type: string) => [
  { type, status: 'False' as const, reason: 'RunFailed', message: poem, lastTransitionTime: at },
  {
    type: 'AwaitingApproval',
    status: 'True' as const,
    reason: 'AwaitingApproval',
    message: poem,
    lastTransitionTime: at,
  },
];
const pipelineRuns = [
  {
    backend: 'tekton' as const,
    name: 'swarm-abcdefghijklmnopqrstuvwxyz',
    namespace: 'team-a',
    id: 'u9',
    pipeline: 'churn-train',
    turn: 'churn-0',
    state: 'Running' as const,
    message: poem,
  },
];
const usage = { inputTokens: 123_456, outputTokens: 7_890, modelCalls: 12, toolCalls: 9 };

/** One of each kind, with line breaks wherever the schema lets them in. */
const objects = [
  aConversation({
    spec: { messages: [{ text: poem }] },
    status: {
      phase: 'AwaitingApproval',
      conditions: conditions('Ready'),
      reply: { turn: 'churn-0', text: poem },
      preview: 'x'.repeat(60),
      turnCount: 12,
      turns: [{ name: 'churn-0', index: 0, phase: 'AwaitingApproval', text: poem, reply: poem }],
      pipelineRuns,
      usage,
      summary: poem,
    },
  }),
  aTurn({
    spec: { text: poem },
    status: {
      phase: 'Waiting',
      conditions: conditions('Succeeded'),
      reply: poem,
      pipelineRuns,
      usage,
      steps: [
        {
          index: 0,
          frame: '',
          agent: 'tekton',
          model: 'builtin',
          decidedAt: at,
          finish: 'tool-calls',
          text: poem,
          usage: { inputTokens: 1, outputTokens: 1 },
        },
      ],
    },
  }),
  anIntent({
    spec: { request: poem },
    status: { phase: 'Running', conditions: conditions('Ready'), reply: poem, pipelineRuns, turn: 'train-churn-1' },
  }),
  anApproval({ spec: { reason: poem }, status: { conditions: conditions('Used') } }),
  aSwarmConfig({
    spec: { model: { name: 'qwen3-32b' }, agents: [{ name: 'kfp', instructions: poem }] },
    status: { phase: 'Degraded', conditions: conditions('Ready') },
  }),
  aKnowledgeBase({
    status: { phase: 'Ready', documents: 12, chunks: 345, lastSyncTime: at, conditions: conditions('Ready') },
  }),
];

test.each(customResources.map(({ type }) => type))(
  'the table of $kind has one line for each object',
  async ({ plural }) => {
    const narrow = (await api.kubectl.run('get', plural)).trimEnd().split('\n');
    const wide = (await api.kubectl.run('get', plural, '-o', 'wide')).trimEnd().split('\n');
    expect(narrow).toHaveLength(2);
    expect(wide).toHaveLength(2);
    expect(Math.max(...narrow.map((line) => line.trimEnd().length))).toBeLessThanOrEqual(120);
  },
);

test('the table of conversations shows phase, readiness, answer and age', async () => {
  const [head, row] = (await api.kubectl.run('get', 'conv')).split('\n');
  expect(head?.split(/\s+/).filter(Boolean)).toEqual(['NAME', 'PHASE', 'READY', 'TURNS', 'LAST', 'AGE']);
  expect(row).toMatch(/^churn +AwaitingApproval +False +12 +x{60} +\d+/);
});

test('kubectl get swarm lists all kinds', async () => {
  const names = (await api.kubectl.run('get', 'swarm', '-o', 'name')).trim().split('\n');
  expect(names).toHaveLength(objects.length);
});

test.each([
  ['conversations', 'status.phase=AwaitingApproval'],
  ['turns', 'status.phase=Waiting'],
  ['turns', 'spec.owner.name=churn'],
  ['intents', 'status.phase=Running'],
  ['approvals', 'spec.turn.name=churn-0-aaaaa'],
  ['approvals', 'spec.decision=Approve'],
  ['swarmconfigs', 'status.phase=Degraded'],
  ['knowledgebases', 'status.phase=Ready'],
])('%s can be selected by %s', async (plural, selector) => {
  const select = async (how: string) =>
    (await api.kubectl.run('get', plural, '--field-selector', how, '-o', 'name')).trim();
  expect((await select(selector)).split('\n')).toHaveLength(1);
  expect(await select(selector)).not.toBe('');
  expect(await select(`${selector}-not`)).toBe('');
});

test.each([
  ['a preview of two lines', { preview: 'one\ntwo' }, 'status.preview'],
  [
    'a reason that is no word',
    { conditions: [{ ...conditions('Ready')[0], reason: 'not\na word' }] },
    'conditions[0].reason',
  ],
  ['an unknown phase', { phase: 'Dreaming' }, 'status.phase'],
  ['a condition twice', { conditions: [conditions('Ready')[0], conditions('Ready')[0]] }, 'conditions[1]'],
])('a status with %s is refused, so that no mistake of ours can break the table', async (_title, change, path) => {
  const made = await api.connection.must<Record<string, unknown>>('GET', api.path('Conversation', 'churn'));
  const status = { ...(made['status'] as object), ...change };
  const answer = await api.replace({ ...made, status } as never, '/status');
  expect(answer.status).toBe(422);
  expect(answer.body.message).toContain(path);
});
