import { describe, expect, test } from 'vitest';
import { isTrue, conditionOf, type ConditionType } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import type { Approval } from '../../api/approval.ts';
import type { Call, Turn } from '../../api/turn.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { ModelOutputError } from '../../models/language-model.ts';
import { anApproval, aConversation, aTurn } from '../../testing/builders.ts';
import { ScriptedModel, type Script, type ScriptedReply } from '../../testing/scripted-model.ts';
import { anAgent, aTool, Receiver, TurnWorld, type TurnWorldOptions } from '../../testing/turn-world.ts';
import { keyOf } from '../../operator/object-key.ts';

const createdAt = '2026-11-25T08:00:01Z';
const turn = aTurn({ metadata: { creationTimestamp: createdAt } });

class Backend extends Receiver {
  runState: 'Running' | 'Succeeded' = 'Running';
  runBackend: 'tekton' | 'kfp' = 'tekton';
}

const r1 = { namespace: 'team-a', name: 'r1', id: 'u', pipeline: 'a', state: 'Running' } as const;

/** The supervisor works directly, so that scripts stay short. */
function agents(backend: Backend) {
  const runs = (key: string) => [
    { backend: 'tekton', namespace: 'team-a', name: `swarm-${key}`, id: 'u1', pipeline: 'a', state: backend.runState },
  ];
  const tools = [
    aTool('list_pipelines', 'pure', { execute: () => ({ kind: 'ok', summary: '2 pipelines.', data: ['a', 'b'] }) }),
    aTool('say', 'pure', { execute: () => ({ kind: 'ok', summary: 'Said directly.', data: {} }), replies: true }),
    aTool('read_log', 'pure', {
      execute: () => ({ kind: 'ok', summary: 'A log.', data: 'x'.repeat(50_000), untrusted: true }),
    }),
    aTool('run_pipeline', 'named', {
      execute: (_input, context) => {
        backend.named('run_pipeline', context);
        return { kind: 'ok', summary: 'Started.', data: {}, runs: runs(context.effectKey) as never };
      },
    }),
    aTool('delete_run', 'named', {
      execute: (_input, context) => {
        backend.named('delete_run', context);
        return { kind: 'ok', summary: 'Gone.', data: {} };
      },
      destructive: true,
      preview: ({ value }: { value?: string }) => Promise.resolve(`Run ${value ?? 'r1'} of 3 days ago is lost.`),
      precheck: ({ value }: { value?: string }) =>
        Promise.resolve(value === 'unknown' ? { kind: 'error', code: 'NotFound', message: 'no such run' } : undefined),
    }),
    aTool('notify', 'external', {
      execute: (_input, context) => {
        backend.keyless('notify', context);
        return { kind: 'ok', summary: 'Sent.', data: {} };
      },
    }),
    aTool('wait_for_run', 'wait', {
      execute: (_input, { decidedAt }) =>
        backend.runState === 'Running'
          ? {
              kind: 'waiting',
              summary: 'Waiting for r1.',
              until: new Date(decidedAt.getTime() + 600_000),
              run: { ...r1, backend: backend.runBackend },
            }
          : { kind: 'ok', summary: 'r1 succeeded.', data: { accuracy: '0.93' } },
    }),
  ];
  return [anAgent('supervisor', tools, ['tekton']), anAgent('tekton', tools)];
}

interface Given extends Partial<Omit<TurnWorldOptions, 'model'>> {
  readonly replies?: readonly ScriptedReply[] | Script;
  readonly model?: TurnWorldOptions['model'];
  readonly approval?: 'Never' | 'OnRisk' | 'Writes' | 'Always';
  readonly turns?: readonly Turn[];
}

function given({ replies = [], approval = 'Never', turns = [turn], ...options }: Given) {
  const backend = new Backend();
  const model = new ScriptedModel(replies);
  const here = new TurnWorld({ agents: agents(backend), model, ...options });
  here.kube.seed(kinds.conversation, aConversation({ spec: { approvalPolicy: { default: approval } } }));
  for (const one of turns) here.kube.seed(kinds.turn, one);
  return { here, backend, model };
}

const call = (tool: string, args: object = {}) => ({ calls: [{ tool, arguments: args }] });
const has = (world: TurnWorld, type: ConditionType) => isTrue(world.read(turn).status?.conditions, type);
const reasonOf = (world: TurnWorld, type: ConditionType) =>
  conditionOf(world.read(turn).status?.conditions, type)?.reason;
const callsOf = (world: TurnWorld): readonly Call[] =>
  (world.read(turn).status?.steps ?? []).flatMap((step) => step.calls ?? []);

function decide(world: TurnWorld, overrides: Partial<Approval['spec']> = {}, name = 'decision'): void {
  const [pending] = world.read(turn).status?.pendingApprovals ?? [];
  if (!pending) throw new Error('nothing is asked');
  const { callId, argumentsDigest } = pending;
  const spec = { turn: { name: turn.metadata.name, uid: turn.metadata.uid }, callId, argumentsDigest, ...overrides };
  const creationTimestamp = world.clock.now().toISOString();
  world.kube.seed(kinds.approval, anApproval({ metadata: { name, creationTimestamp }, spec }));
}

describe('the cost of a turn', () => {
  test('is one write when no tool is needed', async () => {
    const { here } = given({ replies: [{ text: 'Good morning.' }] });
    expect(await here.settle(turn)).toEqual({ kind: 'settled' });
    expect(here.read(turn).status).toMatchObject({ phase: 'Succeeded', reply: 'Good morning.', epoch: 1 });
    expect(has(here, 'Finished')).toBe(true);
    expect(here.kube.requests.map(({ verb }) => verb)).toEqual(['replaceStatus']);
  });

  test('is two writes with one named call, delegation included', async () => {
    const { here, backend } = given({
      replies: [
        call('ask_tekton', { task: 'Run a.', answerDirectly: true }),
        call('run_pipeline', { pipeline: 'a' }),
        { text: 'Started.' },
      ],
    });
    await here.settle(turn);
    expect(here.read(turn).status).toMatchObject({ phase: 'Succeeded', reply: 'Started.' });
    expect(here.read(turn).status?.pipelineRuns).toMatchObject([{ turn: turn.metadata.name, state: 'Running' }]);
    expect(backend.receipts).toHaveLength(1);
    expect(here.turnWrites).toBe(2);
  });

  test('is nothing for a turn that has ended, restart included', async () => {
    const { here, model } = given({ replies: [{ text: 'Done.' }] });
    await here.settle(turn);
    const restarted = new TurnWorld({ agents: agents(new Backend()), model, kube: here.kube, clock: here.clock });
    const before = here.kube.requests.length;
    await restarted.settle(turn);
    expect(here.kube.requests).toHaveLength(before);
    expect(model.requests).toHaveLength(1);
  });
});

describe('an answer', () => {
  test('may be that of a tool that replies', async () => {
    const { here, model } = given({ replies: [call('say')] });
    await here.settle(turn);
    expect(here.read(turn).status?.reply).toBe('Said directly.');
    expect(model.requests).toHaveLength(1);
  });

  test('of agents that work side by side comes back to the one that asked', async () => {
    const { here, model } = given({
      replies: ({ messages, tools }) => {
        if (!tools.some(({ name }) => name === 'ask_tekton')) return { text: `Did: ${JSON.stringify(messages[0])}` };
        if (messages.length > 1) return { text: 'Both are done.' };
        const ask = (task: string) => ({ tool: 'ask_tekton', arguments: { task } });
        return { calls: [ask('one'), ask('two')] };
      },
    });
    await here.settle(turn);
    expect(here.read(turn).status?.reply).toBe('Both are done.');
    expect(model.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'tool']);
    expect(here.read(turn).status?.steps?.map(({ frame }) => frame)).toEqual(['', '0.0', '0.1', '']);
  });

  test('that is too long is cut and says so', async () => {
    const { here } = given({ replies: [{ text: 'x'.repeat(40_000) }] });
    await here.settle(turn);
    expect(here.read(turn).status).toMatchObject({ replyTruncated: true });
    expect(here.read(turn).status?.reply).toHaveLength(16_384);
  });

  test('knows what was said before', async () => {
    const earlier = aTurn({
      metadata: { name: 'churn-0-aaaa0', creationTimestamp: '2026-11-25T08:00:00Z' },
      spec: { text: 'Hello?' },
    });
    const { here, model } = given({ replies: [{ text: 'Hi.' }, { text: 'Again.' }], turns: [earlier, turn] });
    await here.settle(earlier);
    await here.settle(turn);
    expect(model.requests[1]?.messages.map((message) => 'text' in message && message.text)).toEqual([
      'Hello?',
      'Hi.',
      turn.spec.text,
    ]);
  });

  test('marks what strangers wrote, and bounds it', async () => {
    const { here } = given({ replies: [call('read_log'), { text: 'Read.' }] });
    await here.settle(turn);
    expect(here.read(turn).status?.tainted).toBe(true);
    const result = callsOf(here)[0]?.outcome?.result ?? '';
    expect(result.length).toBeLessThanOrEqual(8_192);
    expect(JSON.parse(result)).toMatchObject({ cut: expect.stringContaining('of 50000 characters') as string });
  });
});

describe('unusable model output', () => {
  const unusable: Record<string, ScriptedReply> = {
    'an unknown tool': call('rm_rf'),
    'arguments that do not fit': call('list_pipelines', { pipelineSpec: {} }),
    'arguments that are no JSON': { calls: [{ tool: 'list_pipelines', arguments: '{"value": "a' }] },
    'arguments nested without end': { calls: [{ tool: 'list_pipelines', arguments: `{"value":${'['.repeat(5_000)}` }] },
    'two calls with one id': {
      calls: [
        { id: 'x', tool: 'run_pipeline', arguments: {} },
        { id: 'x', tool: 'run_pipeline', arguments: {} },
      ],
    },
    'an empty reply': { text: ' ' },
    'a reply cut at the token limit': { ...call('run_pipeline'), finish: 'length' },
    'too many calls': { calls: Array.from({ length: 9 }, () => ({ tool: 'run_pipeline', arguments: {} })) },
    'no response at all': new ModelOutputError('the endpoint answered with HTML'),
  };

  test.each(Object.entries(unusable))('%s is told to the model and nothing is carried out', async (_name, reply) => {
    const { here, backend, model } = given({ replies: [reply, { text: 'Better.' }] });
    await here.settle(turn);
    expect(here.read(turn).status).toMatchObject({ phase: 'Succeeded', reply: 'Better.' });
    expect(here.read(turn).status?.steps?.[0]?.rejected).toBeTruthy();
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'user' });
    expect(backend.receipts).toEqual([]);
  });

  test('three times in a row ends the turn', async () => {
    const { here, model } = given({ replies: () => call('rm_rf') });
    await here.settle(turn);
    expect(reasonOf(here, 'Succeeded')).toBe('ModelOutputInvalid');
    expect(model.requests).toHaveLength(3);
  });
});

describe('limits', () => {
  const endless = (_request: unknown, position: number) => call('list_pipelines', { value: String(position) });
  const limited = (limits: object) => aConversation({ spec: { limits } });
  const cases: Record<string, { limits: object; replies: Script; want: string; calls: number }> = {
    'of steps': { limits: { maxSteps: 3 }, replies: endless, want: 'StepLimitReached', calls: 3 },
    'of tokens': {
      limits: { maxTokens: 1_000 },
      replies: (request, position) => ({
        ...endless(request, position),
        usage: { inputTokens: 400, outputTokens: 200 },
      }),
      want: 'TokenLimitReached',
      calls: 2,
    },
    'of repetition': { limits: {}, replies: () => call('list_pipelines'), want: 'LoopDetected', calls: 3 },
  };
  test.each(Object.entries(cases))('%s end the turn with a reason', async (_name, { limits, replies, want, calls }) => {
    const { here, model } = given({ replies });
    here.kube.setStatus(kinds.conversation, { namespace: 'team-a', name: 'churn' }, {});
    here.kube.seed(kinds.conversation, limited(limits));
    await here.settle(turn);
    expect(here.read(turn).status?.phase).toBe('Failed');
    expect(reasonOf(here, 'Succeeded')).toBe(want);
    expect(model.requests).toHaveLength(calls);
  });

  test('of time end a turn that waits, and say that its run goes on', async () => {
    const { here } = given({ replies: [call('wait_for_run')] });
    await here.settle(turn);
    await here.clock.advance(31 * 60_000);
    await here.settle(turn);
    expect(here.read(turn).status?.phase).toBe('Failed');
    expect(reasonOf(here, 'Succeeded')).toBe('DeadlineExceeded');
    expect(callsOf(here)[0]?.outcome?.state).toBe('Cancelled');
  });

  test('of size keep the journal within its object', async () => {
    const replies: Script = (_request, position) => ({
      calls: Array.from({ length: 8 }, (_, n) => ({ tool: 'read_log', arguments: { value: `${position}.${n}` } })),
    });
    const { here } = given({ replies });
    await here.settle(turn);
    expect(reasonOf(here, 'Succeeded')).toBe('HistoryTooLarge');
    expect(JSON.stringify(here.read(turn)).length).toBeLessThan(262_144);
  });
});

describe('approval', () => {
  const asking = () =>
    given({ replies: [call('run_pipeline', { pipeline: 'a' }), { text: 'Fine.' }], approval: 'Writes' });

  test('is asked for before anything is done, with a manifest that is ready', async () => {
    const { here, backend } = asking();
    await here.settle(turn);
    const { status } = here.read(turn);
    expect(status?.phase).toBe('AwaitingApproval');
    expect(status?.pendingApprovals).toMatchObject([{ callId: '0.0', tool: 'run_pipeline', reason: 'Writes' }]);
    expect(status?.pendingApprovals?.[0]?.manifest).toContain(callsOf(here)[0]?.argumentsDigest);
    expect(has(here, 'AwaitingApproval')).toBe(true);
    expect(here.events).toMatchObject([{ reason: 'AwaitingApproval' }]);
    expect(backend.receipts).toEqual([]);
  });

  test('given lets the call go on once, and is marked as used', async () => {
    const { here, backend } = asking();
    await here.settle(turn);
    decide(here);
    await here.settle(turn);
    await here.settle(turn);
    expect(here.read(turn).status).toMatchObject({ phase: 'Succeeded', reply: 'Fine.' });
    expect(callsOf(here)[0]?.outcome).toMatchObject({ state: 'Succeeded', approval: 'decision' });
    expect(backend.receipts).toHaveLength(1);
    const [approval] = here.kube.all<Approval>(kinds.approval);
    expect(approval?.status).toMatchObject({ usedAt: expect.any(String) as string });
  });

  test('refused is told to the model with the reason', async () => {
    const { here, backend, model } = asking();
    await here.settle(turn);
    decide(here, { decision: 'Deny', reason: 'not on a Friday' });
    await here.settle(turn);
    expect(callsOf(here)[0]?.outcome?.state).toBe('Denied');
    expect(JSON.stringify(model.requests[1]?.messages)).toContain('not on a Friday');
    expect(backend.receipts).toEqual([]);
  });

  const unfit: Record<string, Partial<Approval['spec']>> = {
    'for other arguments': { argumentsDigest: 'sha256:other' },
    'for another call': { callId: '0.1' },
    'for another turn of that name': { turn: { name: turn.metadata.name, uid: 'another' } },
  };
  test.each(Object.entries(unfit))('%s changes nothing', async (_name, spec) => {
    const { here, backend } = asking();
    await here.settle(turn);
    decide(here, spec);
    await here.settle(turn);
    expect(here.read(turn).status?.phase).toBe('AwaitingApproval');
    expect(backend.receipts).toEqual([]);
  });

  test('is always asked for before something is deleted, but not for what is not there', async () => {
    const { here } = given({ replies: [call('delete_run', { value: 'unknown' }), call('delete_run'), { text: 'ok' }] });
    await here.settle(turn);
    expect(callsOf(here).map(({ outcome }) => outcome?.state)).toEqual(['Failed', 'AwaitingApproval']);
  });

  test('comes with what the call would come to', async () => {
    const { here } = given({ replies: [call('delete_run', { value: 'r7' })] });
    await here.settle(turn);
    expect(here.read(turn).status?.pendingApprovals).toMatchObject([{ summary: 'Run r7 of 3 days ago is lost.' }]);
  });
});

describe('the time of a question', () => {
  test('is when the turn was taken up, not when it was declared: runs of earlier messages are in the past', async () => {
    const asks = aTurn({ metadata: { creationTimestamp: '2026-11-25T06:00:00Z' } });
    const { here, model } = given({ replies: [call('list_pipelines'), { text: 'ok' }], turns: [asks] });
    await here.reconcile(asks);
    await here.clock.advance(60_000);
    await here.settle(asks);
    expect(model.requests.map(({ now }) => now.toISOString())).toEqual(Array(2).fill('2026-11-25T08:00:00.000Z'));
  });
});

describe('an external call', () => {
  test('is recorded as Started, then made once', async () => {
    const { here, backend } = given({ replies: [call('notify'), { text: 'Sent.' }] });
    await here.settle(turn);
    expect(backend.applied.size).toBe(1);
    expect(callsOf(here)[0]?.outcome?.state).toBe('Succeeded');
    expect(here.turnWrites).toBe(3);
  });

  test('that is found Started is never made again, and a person is asked to look', async () => {
    const { here, backend, model } = given({ replies: [call('notify'), { text: 'Unclear.' }] });
    const killed = new TurnWorld({
      agents: agents(backend),
      model,
      kube: here.kube,
      clock: here.clock,
      hooks: { boundary: (name) => (name === 'before-call' ? Promise.reject(new Error('killed')) : undefined) },
    });
    await expect(killed.settle(turn)).rejects.toThrow('killed');
    await here.settle(turn);
    expect(callsOf(here)[0]?.outcome?.state).toBe('Ambiguous');
    expect(has(here, 'AttentionRequired')).toBe(true);
    expect(backend.receipts).toEqual([]);
  });
});

describe('waiting', () => {
  test('for a run that cannot be watched looks at it again, the less often the longer it lasts', async () => {
    const { here, backend } = given({ replies: [call('wait_for_run')] });
    backend.runBackend = 'kfp';
    const pausesMs: number[] = [];
    for (let looks = 0; looks < 12; looks++) {
      const outcome = await here.settle(turn);
      if (outcome.kind !== 'later') throw new Error('it does not wait');
      pausesMs.push(outcome.afterMs);
      await here.clock.advance(outcome.afterMs);
    }
    expect(pausesMs.slice(0, 3)).toEqual([2_000, 2_000, 2_000]);
    expect(pausesMs).toEqual([...pausesMs].sort((left, right) => left - right));
    for (let looks = 0; looks < 12; looks++) await here.clock.advance(30_000);
    expect(await here.settle(turn)).toEqual({ kind: 'later', afterMs: 30_000 });
    expect(here.turnWrites).toBe(2);
  });

  test('is a state of the journal, not a promise: it survives a restart', async () => {
    const { here, backend, model } = given({ replies: [call('wait_for_run'), { text: 'Accuracy 0.93.' }] });
    const outcome = await here.settle(turn);
    expect(outcome).toEqual({ kind: 'later', afterMs: 60_000 });
    expect(here.read(turn).status?.phase).toBe('Waiting');
    const writes = here.turnWrites;
    await here.settle(turn);
    expect(here.turnWrites).toBe(writes);

    backend.runState = 'Succeeded';
    const restarted = new TurnWorld({ agents: agents(backend), model, kube: here.kube, clock: here.clock });
    await restarted.settle(turn);
    expect(restarted.read(turn).status?.reply).toBe('Accuracy 0.93.');
  });

  test('for a run ends when the run changes', async () => {
    const { here } = given({ replies: [call('wait_for_run')] });
    await here.settle(turn);
    here.sync();
    const source = here.reconciler.sources.find(({ type }) => type.plural === 'pipelineruns');
    expect(source?.keysOf({ metadata: { name: 'r1', namespace: 'team-a' } })).toEqual([keyOf(turn)]);
  });
});

describe('a model', () => {
  test('that does not answer is asked again after a pause, however often the turn is woken', async () => {
    const down = new RetryableError('RateLimited', 'too many requests', { retryAfterMs: 7_000 });
    const { here, model } = given({ replies: [down, { text: 'Back.' }] });
    expect(await here.settle(turn)).toEqual({ kind: 'later', afterMs: 7_000 });
    expect(reasonOf(here, 'Reconciling')).toBe('ModelUnavailable');
    await here.settle(turn);
    expect(model.requests).toHaveLength(1);
    await here.clock.advance(7_000);
    await here.settle(turn);
    expect(here.read(turn).status?.reply).toBe('Back.');
    expect(has(here, 'Reconciling')).toBe(false);
  });

  test('that refuses stalls the turn, which goes on by itself once that is put right', async () => {
    const { here } = given({ replies: [new TerminalError('Unauthorized', 'the key is wrong'), { text: 'Yes.' }] });
    expect(await here.settle(turn)).toMatchObject({ kind: 'later' });
    expect(reasonOf(here, 'Stalled')).toBe('Unauthorized');
    expect(has(here, 'Finished')).toBe(false);
    here.sync();
    expect(here.keysFor(kinds.swarmConfig, { metadata: { name: 'default', namespace: 'team-a' } })).toEqual([
      keyOf(turn),
    ]);
    await here.settle(turn);
    expect(here.read(turn).status?.reply).toBe('Yes.');
  });

  test('that is missing stalls the turn with the reason', async () => {
    const { here } = given({ model: () => ({ notReady: 'SecretNotFound', message: 'Secret llm does not exist.' }) });
    await here.settle(turn);
    expect(reasonOf(here, 'Stalled')).toBe('SecretNotFound');
  });

  test('that thinks for long is seen to think', async () => {
    let answer: (reply: ScriptedReply) => void = () => undefined;
    const { here } = given({ replies: () => new Promise((resolve) => (answer = resolve)) });
    const settled = here.settle(turn);
    await here.clock.advance(3_000);
    expect(here.read(turn).status?.phase).toBe('Thinking');
    answer({ text: 'At last.' });
    await settled;
    expect(here.read(turn).status?.reply).toBe('At last.');
    expect(here.turnWrites).toBe(2);
  });
});

describe('a turn that is stopped', () => {
  test('while its model thinks does not wait for it', async () => {
    const { here } = given({ replies: () => new Promise(() => undefined) });
    const settled = here.settle(turn);
    await here.clock.advance(0);
    const cancelled = await here.kube.mergePatch<Turn>(kinds.turn, turn.metadata, { spec: { cancel: true } });
    here.keysFor(kinds.turn, cancelled);
    await settled;
    expect(here.read(turn).status?.phase).toBe('Cancelled');
  });

  test('with its owner begins nothing any more', async () => {
    const { here, backend } = given({ replies: [call('run_pipeline')] });
    await here.reconcile(turn);
    await here.kube.delete(kinds.conversation, { namespace: 'team-a', name: 'churn' });
    await here.settle(turn);
    expect(reasonOf(here, 'Succeeded')).toBe('OwnerNotFound');
    expect(backend.receipts).toEqual([]);
  });
});

describe('the queue', () => {
  const second = aTurn({ metadata: { name: 'churn-1-bbbbb', creationTimestamp: createdAt }, spec: { index: 1 } });

  test('answers the turns of one conversation one after the other', async () => {
    const { here, model } = given({ replies: [{ text: 'One.' }, { text: 'Two.' }], turns: [turn, second] });
    await here.settle(second);
    expect(model.requests).toHaveLength(0);
    await here.settle(turn);
    expect(here.queue).toContain(keyOf(second));
    await here.settle(second);
    expect(here.read(second).status?.reply).toBe('Two.');
  });

  test('shows who waits for a place, and wakes them when one is free', async () => {
    const other = aTurn({
      metadata: { name: 'other', creationTimestamp: createdAt },
      spec: { owner: { kind: 'Conversation', name: 'other', uid: 'uid-conversation-other' } },
    });
    let answer: (reply: ScriptedReply) => void = () => undefined;
    const { here } = given({
      replies: () => new Promise((resolve) => (answer = resolve)),
      turns: [turn, other],
      maxConcurrentTurns: 1,
    });
    here.kube.seed(kinds.conversation, aConversation({ metadata: { name: 'other' } }));
    const settled = here.settle(turn);
    await here.clock.advance(5_000);
    await here.settle(other);
    expect(here.read(other).status?.phase).toBe('Queued');
    answer({ text: 'Done.' });
    await settled;
    expect(here.queue).toContain(keyOf(other));
  });
});
