import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiVersion } from '../../../src/api/group.ts';
import type { Approval } from '../../../src/api/approval.ts';
import type { Call, Step, Turn, TurnSpec, TurnStatus } from '../../../src/api/turn.ts';
import { anApproval } from '../../../src/testing/builders.ts';
import { ApiUnderTest } from './api-under-test.ts';

type Mutable<T> = T extends object ? { -readonly [Key in keyof T]: Mutable<T[Key]> } : T;
type Draft = Mutable<Turn> & { status: Mutable<TurnStatus> & { steps: Step[] } };

let api: ApiUnderTest;
beforeAll(async () => {
  api = await ApiUnderTest.start();
});
afterAll(() => api.stop());

const call = (id: string, changes: Partial<Call> = {}): Call => ({
  id,
  tool: 'run_pipeline',
  arguments: '{"pipeline":"churn-train"}',
  argumentsDigest: 'sha256:1',
  effect: 'named',
  effectKey: 'abcdefghijklmnopqrstuvwxyz',
  ...changes,
});
const step = (index: number, changes: Partial<Step> = {}): Step => ({
  index,
  frame: '',
  agent: 'tekton',
  model: 'builtin',
  decidedAt: '2026-11-25T08:00:00Z',
  finish: 'tool-calls',
  text: 'I start the run.',
  usage: { inputTokens: 10, outputTokens: 5 },
  ...changes,
});
const recorded: TurnStatus = {
  phase: 'Thinking',
  epoch: 7,
  steps: [
    step(0, {
      calls: [
        call('0.0', {
          outcome: { state: 'Succeeded', summary: 'Started.', result: '{}', finishedAt: '2026-11-25T08:00:01Z' },
        }),
        call('0.1', { outcome: { state: 'Waiting', summary: 'Waits.', deadline: '2026-11-25T09:00:00Z' } }),
        call('0.2'),
      ],
    }),
    step(1, { rejected: 'the answer was cut', text: '' }),
  ],
};

let number = 0;
async function turnWith(status: TurnStatus = recorded): Promise<Draft> {
  const made = await api.create({
    apiVersion,
    kind: 'Turn',
    metadata: { name: `turn-${++number}` },
    spec: {
      owner: { kind: 'Conversation', name: 'churn', uid: 'u1' },
      text: 'Run churn-train.',
      parameters: { epochs: '20' },
      author: { username: 'alice' },
    },
  });
  const answer = await api.replace({ ...made, status }, '/status');
  expect(answer).toMatchObject({ status: 200 });
  return answer.body as unknown as Draft;
}

const firstCall = (turn: Draft, position = 0) => {
  const found = turn.status.steps[0]?.calls?.[position];
  if (found === undefined) throw new Error('the call is not there');
  return found;
};
const firstStep = (turn: Draft) => turn.status.steps[0] as Mutable<Step>;

const forbidden: Record<string, (turn: Draft) => void> = {
  'the epoch to fall': (turn) => (turn.status.epoch = 6),
  'the epoch to be taken away': (turn) => delete turn.status.epoch,
  'the last step to be removed': (turn) => turn.status.steps.pop(),
  'an earlier step to be removed': (turn) => turn.status.steps.shift(),
  'all steps to be removed': (turn) => (turn.status.steps = []),
  'the journal to be taken away': (turn) => delete (turn.status as Partial<TurnStatus>).steps,
  'the status to be taken away': (turn) => delete (turn as Partial<Draft>).status,
  'a step to be replaced by one of another number': (turn) => turn.status.steps.splice(1, 1, step(2)),
  'a gap in the numbers': (turn) => turn.status.steps.push(step(3)),
  'another text': (turn) => (firstStep(turn).text = 'I do something else.'),
  'another agent': (turn) => (firstStep(turn).agent = 'kfp'),
  'another model': (turn) => (firstStep(turn).model = 'other'),
  'another frame': (turn) => (firstStep(turn).frame = '0.0'),
  'another time of decision': (turn) => (firstStep(turn).decidedAt = '2026-11-25T08:00:09Z'),
  'another finish': (turn) => (firstStep(turn).finish = 'stop'),
  'another cost': (turn) => (firstStep(turn).usage = { inputTokens: 1, outputTokens: 1 }),
  'a decision to be rejected later': (turn) => (firstStep(turn).rejected = 'no'),
  'a rejection to be taken back': (turn) => delete (turn.status.steps[1] as Mutable<Step>).rejected,
  'other arguments': (turn) => (firstCall(turn).arguments = '{"pipeline":"other"}'),
  'another digest': (turn) => (firstCall(turn).argumentsDigest = 'sha256:2'),
  'another tool': (turn) => (firstCall(turn).tool = 'cancel_run'),
  'another effect': (turn) => (firstCall(turn).effect = 'pure'),
  'another effect key': (turn) => (firstCall(turn).effectKey = 'zzz'),
  'another id of a call': (turn) => (firstCall(turn).id = '0.9'),
  'a call to be added to a decision': (turn) => firstStep(turn).calls?.push(call('0.3')),
  'a call to be removed from a decision': (turn) => firstStep(turn).calls?.pop(),
  'all calls to be taken away': (turn) => delete firstStep(turn).calls,
  'calls to be added to a decision without any': (turn) => {
    (turn.status.steps[1] as Mutable<Step>).calls = [call('1.0')];
  },
  'another final outcome': (turn) => (firstCall(turn).outcome = { state: 'Failed', summary: 'It failed.' }),
  'other words for a final outcome': (turn) => ((firstCall(turn).outcome as { summary: string }).summary = 'Other.'),
  'another result of a final outcome': (turn) => ((firstCall(turn).outcome as { result: string }).result = '[]'),
  'a final outcome to be taken away': (turn) => delete firstCall(turn).outcome,
  'an open outcome to be taken away': (turn) => delete firstCall(turn, 1).outcome,
};

describe('through /status the API server does not allow', () => {
  test.each(Object.entries(forbidden))('%s', async (_title, change) => {
    const turn = await turnWith();
    change(turn);
    const answer = await api.replace(turn, '/status');
    expect(answer).toMatchObject({ status: 422, body: { reason: 'Invalid' } });
    expect(answer.body.message).toMatch(
      /epoch never falls|append-only|never changes|keeps its calls|never taken away|without a gap/,
    );
  });
});

const allowed: Record<string, (turn: Draft) => void> = {
  'the next decision': (turn) => turn.status.steps.push(step(2, { calls: [call('2.0')] })),
  'a first outcome': (turn) => (firstCall(turn, 2).outcome = { state: 'Succeeded', summary: 'Done.' }),
  'a Waiting call to end': (turn) => (firstCall(turn, 1).outcome = { state: 'Succeeded', summary: 'The run ended.' }),
  'a later deadline of a Waiting call': (turn) =>
    (firstCall(turn, 1).outcome = { state: 'Waiting', summary: 'Waits.', deadline: '2026-11-25T10:00:00Z' }),
  'the next leader': (turn) => (turn.status.epoch = 8),
  'the end': (turn) =>
    Object.assign(turn.status, { phase: 'Succeeded', reply: 'Done.', finishedAt: '2026-11-25T08:01:00Z' }),
};

describe('through /status the API server allows', () => {
  test.each(Object.entries(allowed))('%s', async (_title, change) => {
    const turn = await turnWith();
    change(turn);
    expect(await api.replace(turn, '/status')).toMatchObject({ status: 200 });
  });

  test.each(['AwaitingApproval', 'Started'] as const)('a call that is %s to move on', async (state) => {
    const turn = await turnWith({
      steps: [step(0, { calls: [call('0.0', { outcome: { state, summary: 'Open.' } })] })],
    });
    firstCall(turn).outcome = { state: 'Succeeded', summary: 'Done.' };
    expect(await api.replace(turn, '/status')).toMatchObject({ status: 200 });
  });
});

test('a write of the whole object leaves the journal as it was', async () => {
  const turn = await turnWith();
  turn.status.steps = [];
  turn.status.epoch = 1;
  const answer = await api.replace(turn);
  expect(answer).toMatchObject({ status: 200, body: { status: { epoch: 7 } } });
  expect((answer.body as unknown as Draft).status.steps).toHaveLength(2);
});

test('a finished Turn cannot be made unfinished', async () => {
  const turn = await turnWith({ ...recorded, finishedAt: '2026-11-25T08:01:00Z' });
  delete turn.status.finishedAt;
  expect(await api.replace(turn, '/status')).toMatchObject({ status: 422 });
});

test('of two writers of one version the second is refused', async () => {
  const turn = await turnWith();
  const other = structuredClone(turn);
  turn.status.steps.push(step(2, { text: 'mine' }));
  other.status.steps.push(step(2, { text: 'theirs' }));
  expect(await api.replace(turn, '/status')).toMatchObject({ status: 200 });
  expect(await api.replace(other, '/status')).toMatchObject({ status: 409, body: { reason: 'Conflict' } });
});

test('the largest journal there can be is accepted, so the rules cost no more than the API server grants', async () => {
  const calls = (index: number) =>
    Array.from({ length: 16 }, (_, position) =>
      call(`${index}.${position}`, { arguments: 'x'.repeat(16_384), outcome: { state: 'Waiting', summary: 'Waits.' } }),
    );
  const steps = Array.from({ length: 4 }, (_, index) => step(index, { calls: calls(index), text: 'x'.repeat(16_384) }));
  const turn = await turnWith({ steps });
  for (const each of turn.status.steps) {
    for (const open of each.calls ?? [])
      open.outcome = { state: 'Succeeded', summary: 'Done.', result: 'x'.repeat(2_000) };
  }
  expect(await api.replace(turn, '/status')).toMatchObject({ status: 200 });
});

describe('what was asked never changes', () => {
  const changes: Record<string, (spec: Mutable<TurnSpec>) => void> = {
    text: (spec) => (spec.text = 'Delete everything.'),
    owner: (spec) => (spec.owner.uid = 'u2'),
    index: (spec) => (spec.index = 5),
    parameters: (spec) => (spec.parameters = { epochs: '2000' }),
    'parameters that are taken away': (spec) => delete spec.parameters,
    author: (spec) => (spec.author = { username: 'mallory' }),
    'stream key': (spec) => (spec.streamKeySHA256 = 'abc'),
  };
  test.each(Object.entries(changes))('%s', async (_title, change) => {
    const turn = await turnWith();
    change(turn.spec);
    expect(await api.replace(turn)).toMatchObject({ status: 422 });
  });

  test('but a turn can be cancelled, once and for all', async () => {
    const turn = await turnWith();
    turn.spec.cancel = true;
    const cancelled = await api.replace(turn);
    expect(cancelled).toMatchObject({ status: 200 });
    const again = cancelled.body as unknown as Draft;
    again.spec.cancel = false;
    expect(await api.replace(again)).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('taken back') as string },
    });
  });

  test('an Approval is neither turned round nor pointed at another call', async () => {
    const { apiVersion, kind, spec } = anApproval();
    const made: Approval = await api.create({ apiVersion, kind, metadata: { name: 'decision' }, spec } as Approval);
    for (const change of [{ decision: 'Deny' }, { callId: '0.1' }, { argumentsDigest: 'sha256:0' }, { reason: 'x' }]) {
      const answer = await api.replace({ ...made, spec: { ...made.spec, ...change } });
      expect(answer).toMatchObject({
        status: 422,
        body: { message: expect.stringContaining('never changes') as string },
      });
    }
  });
});
