import { beforeEach, describe, expect, test } from 'vitest';
import type { PipelineRun } from '../../api/common.ts';
import { conditionOf } from '../../api/conditions.ts';
import type { Conversation, ConversationStatus } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { finalizers } from '../../api/names.ts';
import type { Turn, TurnStatus } from '../../api/turn.ts';
import { ObjectCache } from '../../operator/cache.ts';
import type { Outcome, Reconciler } from '../../operator/reconciler.ts';
import { aConversation, aPendingApproval, aTurn } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import type { RunName, RunSource } from '../runs.ts';
import { createConversationReconciler } from './conversation-reconciler.ts';
import { silentLog } from '../../testing/tool-context.ts';

const start = '2026-11-25T08:00:00.000Z';
/** A Conversation, its reconciler, and the hands of everybody else. */
class World {
  readonly clock = new FakeClock(start);
  readonly kube = new FakeKube({ clock: this.clock });
  readonly runs = new Map<string, PipelineRun>();
  readonly owned: PipelineRun[] = [];
  readonly done: string[] = [];
  readonly events: { reason: string; message: string }[] = [];
  readonly conversations = new ObjectCache<Conversation>();
  readonly turns = new ObjectCache<Turn>();
  reconciler: Reconciler;

  constructor() {
    this.turns.addIndex('owner', (turn) => [turn.spec.owner.uid]);
    const runs: RunSource = {
      find: ({ name }) => this.runs.get(name),
      read: ({ name }) => Promise.resolve(this.runs.get(name)),
      ownedBy: () => Promise.resolve(this.owned),
      cancel: ({ name }: RunName) => {
        this.done.push(`cancel ${name}`);
        return Promise.resolve();
      },
      orphan: ({ name }: RunName) => {
        this.done.push(`orphan ${name}`);
        return Promise.resolve();
      },
    };
    this.reconciler = createConversationReconciler({
      kube: this.kube,
      clock: this.clock,
      conversations: this.conversations,
      turns: this.turns,
      runs,
      events: { record: (event) => this.events.push(event) },
    });
  }

  apply(spec: Parameters<typeof aConversation>[0]): void {
    this.kube.seed(kinds.conversation, aConversation(spec));
  }

  async reconcile(): Promise<Outcome> {
    const conversations = await this.kube.list<Conversation>(kinds.conversation);
    const turns = await this.kube.list<Turn>(kinds.turn);
    this.conversations.replaceAll(conversations.items, conversations.resourceVersion);
    this.turns.replaceAll(turns.items, turns.resourceVersion);
    return this.reconciler.reconcile('team-a/churn', { signal: new AbortController().signal, log: silentLog });
  }

  /** What comes about when nobody interferes. */
  async settle(): Promise<void> {
    for (let round = 0; round < 20; round++) {
      const before = this.kube.requests.length;
      const outcome = await this.reconcile();
      if (outcome.kind === 'later') await this.clock.advance(outcome.afterMs);
      else if (!this.kube.requests.slice(before).some(({ verb }) => writes.includes(verb))) return;
    }
    throw new Error('it does not come to rest');
  }

  get conversation(): Conversation {
    const [conversation] = this.kube.all<Conversation>(kinds.conversation);
    if (!conversation) throw new Error('the conversation is gone');
    return conversation;
  }

  get status(): ConversationStatus {
    return this.conversation.status ?? {};
  }

  get texts(): string[] {
    return this.allTurns.map((turn) => turn.spec.text).sort();
  }

  /** In the order in which they are answered. */
  get allTurns(): Turn[] {
    return this.kube.all<Turn>(kinds.turn).sort((left, right) => left.spec.index - right.spec.index);
  }

  turnOf(text: string): Turn {
    const turn = this.allTurns.find(({ spec }) => spec.text === text);
    if (!turn) throw new Error(`no turn asks ${text}`);
    return turn;
  }

  finish(text: string, more: TurnStatus = {}): void {
    this.finishTurn(this.turnOf(text), more);
  }

  finishTurn({ metadata, spec: { text } }: Turn, more: TurnStatus = {}): void {
    const finishedAt = this.clock.now().toISOString();
    const at = { lastTransitionTime: finishedAt, message: 'It ended.' };
    this.kube.setStatus(kinds.turn, metadata, {
      phase: 'Succeeded',
      reply: `answer to ${text}`,
      finishedAt,
      usage: { inputTokens: 10, outputTokens: 5, modelCalls: 1, toolCalls: 0 },
      conditions: [
        { type: 'Finished', status: 'True', reason: 'Finished', ...at },
        { type: 'Succeeded', status: 'True', reason: 'Succeeded', ...at },
      ],
      ...more,
    });
  }

  /** Changes the spec as kubectl apply would. */
  async edit(spec: object): Promise<void> {
    await this.kube.mergePatch(kinds.conversation, this.conversation.metadata, { spec });
  }

  async say(...texts: string[]): Promise<void> {
    await this.edit({ messages: texts.map((text) => ({ text })) });
    await this.settle();
  }

  async answerAll(): Promise<void> {
    for (const turn of this.allTurns.filter(({ status }) => status?.finishedAt === undefined)) {
      await this.clock.advance(1_000);
      this.finishTurn(turn);
      await this.settle();
    }
  }
}

const writes = ['create', 'replace', 'replaceStatus', 'mergePatch', 'delete'];
const aRun = (more: Partial<PipelineRun> = {}): PipelineRun => ({
  backend: 'tekton',
  name: 'swarm-one',
  namespace: 'team-a',
  id: 'uid-run',
  pipeline: 'train',
  turn: 'churn-x',
  state: 'Running',
  startedAt: start,
  ...more,
});

let world: World;
beforeEach(() => {
  world = new World();
});

describe('messages', () => {
  test('each gets one Turn that carries its text, place and author, whoever reconciles how often', async () => {
    const author = { username: 'alice' };
    world.apply({ spec: { messages: [{ text: 'a' }, { text: 'b' }], author } });
    await world.settle();
    await world.reconcile();

    expect(world.allTurns.map(({ spec }) => [spec.text, spec.index, spec.author]).sort()).toEqual([
      ['a', 0, author],
      ['b', 1, author],
    ]);
  });

  test('the same text twice is asked twice', async () => {
    world.apply({ spec: { messages: [{ text: 'a' }, { text: 'a' }] } });
    await world.settle();
    expect(world.texts).toEqual(['a', 'a']);
  });

  const edits: Record<string, { before: string[]; after: string[]; asked: string[] }> = {
    'an appended message is asked': { before: ['a'], after: ['a', 'b'], asked: ['b'] },
    'an edited message is asked anew': { before: ['a', 'b'], after: ['a', 'c'], asked: ['c'] },
    'a removed message is forgotten, and those behind it are not asked again': {
      before: ['a', 'b', 'c'],
      after: ['b', 'c'],
      asked: [],
    },
    'a message put before the others is the only one asked': { before: ['a'], after: ['b', 'a'], asked: ['b'] },
    'exchanged messages are not asked again': { before: ['a', 'b'], after: ['b', 'a'], asked: [] },
    'all messages may go': { before: ['a'], after: [], asked: [] },
    'one text moved and one added with the same text': { before: ['a', 'b'], after: ['b', 'b'], asked: ['b'] },
  };
  test.each(Object.entries(edits))('%s', async (_name, { before, after, asked }) => {
    world.apply({ spec: { messages: before.map((text) => ({ text })) } });
    await world.settle();
    await world.answerAll();
    await world.say(...after);

    expect(world.texts).toEqual([...before, ...asked].sort());
    await world.answerAll();
    expect(conditionOf(world.status.conditions, 'Finished')?.status).toBe('True');
  });

  test('what was answered is not asked again after its Turn has been pruned', async () => {
    world.apply({ spec: { messages: [{ text: 'a' }, { text: 'b' }, { text: 'c' }], historyLimit: 1 } });
    await world.settle();
    await world.answerAll();

    expect(world.texts).toHaveLength(1);
    await world.say('a', 'b', 'c', 'd');
    expect(world.texts.filter((text) => text === 'd')).toHaveLength(1);
    expect(world.texts).toHaveLength(2);
    expect(world.status.summary).toContain('answer to a');
  });

  test('an unfinished Turn whose message is gone is cancelled, a moved one goes on', async () => {
    world.apply({ spec: { messages: [{ text: 'a' }, { text: 'b' }] } });
    await world.settle();
    await world.say('b');

    expect(world.turnOf('a').spec.cancel).toBe(true);
    expect(world.turnOf('b').spec.cancel).toBe(false);
    expect(world.texts).toEqual(['a', 'b']);
  });

  test('a moved Turn that ends is its answer', async () => {
    world.apply({ spec: { messages: [{ text: 'a' }, { text: 'b' }] } });
    await world.settle();
    await world.edit({ messages: [{ text: 'b' }] });
    world.finish('b');
    await world.settle();

    expect(world.texts).toEqual(['a', 'b']);
    expect(world.status.answered).toHaveLength(1);
    expect(world.status.answered?.[0]).not.toBe('');
  });

  test('while it is suspended nothing is asked', async () => {
    world.apply({ spec: { suspend: true } });
    await world.settle();
    expect(world.texts).toEqual([]);
    expect(world.status.phase).toBe('Suspended');

    await world.edit({ suspend: false });
    await world.settle();
    expect(world.texts).toHaveLength(1);
  });
});

describe('status', () => {
  test('a turn that is answered at once costs one status write', async () => {
    world.apply({ spec: { messages: [] }, status: {} });
    await world.settle();
    world.kube.seed(kinds.turn, aTurn({ metadata: { name: 'chat-1', uid: 'u1' } }));
    await world.reconcile();
    const before = world.kube.requests.length;
    world.finish('Which pipelines can I run?');
    await world.settle();

    const written = world.kube.requests.slice(before).filter(({ verb }) => writes.includes(verb));
    expect(written.map(({ verb }) => verb)).toEqual(['replaceStatus']);
    expect(world.status).toMatchObject({ phase: 'Idle', preview: 'answer to Which pipelines can I run?' });
    expect(world.status.turns).toMatchObject([{ name: 'chat-1', index: -1, phase: 'Succeeded' }]);
  });

  test('a turn that takes its time is seen to be thinking', async () => {
    world.apply({ spec: { messages: [] }, status: {} });
    await world.settle();
    world.kube.seed(kinds.turn, aTurn({ status: { phase: 'Thinking' } }));
    await world.settle();
    expect(world.status.phase).toBe('Thinking');
    expect(conditionOf(world.status.conditions, 'Reconciling')?.status).toBe('True');
  });

  test('usage and number of turns grow by every turn once, also in the same second and after pruning', async () => {
    world.apply({ spec: { messages: Array.from({ length: 30 }, (_, n) => ({ text: `m${n}` })), historyLimit: 3 } });
    await world.settle();
    for (const turn of world.allTurns) {
      world.finish(turn.spec.text);
      await world.settle();
    }
    expect(world.status.turnCount).toBe(30);
    expect(world.status.usage).toEqual({ inputTokens: 300, outputTokens: 150, modelCalls: 30, toolCalls: 0 });
    expect(world.texts).toHaveLength(3);
  });

  test('what keeps the active turn from going on is said on the conversation', async () => {
    world.apply({});
    await world.settle();
    const about = {
      status: 'True',
      reason: 'SecretNotFound',
      message: 'There is no Secret x',
      lastTransitionTime: start,
    } as const;
    world.kube.setStatus(kinds.turn, world.turnOf('Which pipelines can I run?').metadata, {
      conditions: [{ type: 'Stalled', ...about }],
    });
    await world.settle();
    expect(conditionOf(world.status.conditions, 'Stalled')).toMatchObject({ status: 'True', reason: 'SecretNotFound' });
    expect(conditionOf(world.status.conditions, 'Ready')).toMatchObject({ status: 'False', reason: 'SecretNotFound' });

    world.finish('Which pipelines can I run?');
    await world.settle();
    expect(conditionOf(world.status.conditions, 'Stalled')).toBeUndefined();
    expect(conditionOf(world.status.conditions, 'Ready')?.status).toBe('True');
  });

  test('what the active turn asks a person is shown at once, with all that an answer needs', async () => {
    world.apply({});
    await world.settle();
    const turn = world.turnOf('Which pipelines can I run?');
    const ask = (...callIds: string[]) => {
      const pendingApprovals = callIds.map((callId) => aPendingApproval({ callId, arguments: 'x'.repeat(4_096) }));
      world.kube.setStatus(kinds.turn, turn.metadata, { phase: 'AwaitingApproval', pendingApprovals });
    };
    ask('0.0');
    await world.settle();
    ask('1.0');
    await world.settle();
    expect(world.status.pendingApprovals).toEqual([
      {
        ...aPendingApproval({ callId: '1.0', arguments: 'x'.repeat(512) }),
        turn: { name: turn.metadata.name, uid: turn.metadata.uid },
        manifest: undefined,
      },
    ]);

    world.finish('Which pipelines can I run?');
    await world.settle();
    expect(world.status.pendingApprovals).toBeUndefined();
  });

  test('a failed turn makes it Finished and Stalled, a later good one makes it Ready again', async () => {
    world.apply({});
    await world.settle();
    const at = { lastTransitionTime: start };
    world.finish('Which pipelines can I run?', {
      phase: 'Failed',
      conditions: [
        { type: 'Finished', status: 'True', reason: 'Finished', message: '', ...at },
        { type: 'Succeeded', status: 'False', reason: 'LoopDetected', message: 'The same call again.', ...at },
      ],
    });
    await world.settle();
    expect(world.status.phase).toBe('Failed');
    expect(conditionOf(world.status.conditions, 'Finished')?.status).toBe('True');
    expect(conditionOf(world.status.conditions, 'Stalled')?.reason).toBe('LoopDetected');

    await world.say('Which pipelines can I run?', 'b');
    await world.answerAll();
    expect(world.status.phase).toBe('Idle');
    expect(conditionOf(world.status.conditions, 'Stalled')).toBeUndefined();
  });

  test('whatever turns and runs hold, the whole object stays within 64 KiB', async () => {
    const wide = '漢'.repeat(16_000);
    world.apply({
      spec: { messages: Array.from({ length: 12 }, (_, n) => ({ text: `${n} ${'漢'.repeat(500)}` })), historyLimit: 2 },
    });
    await world.settle();
    for (const turn of world.allTurns) {
      const results = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`r${n}`, wide]));
      const pipelineRuns = Array.from({ length: 5 }, (_, n) =>
        aRun({ name: `${turn.metadata.name}-${n}`, state: 'Succeeded', message: wide, results }),
      );
      world.finish(turn.spec.text, { reply: wide, pipelineRuns });
      await world.settle();
    }
    const asks = { arguments: wide.slice(0, 4_096), summary: wide.slice(0, 1_024) };
    const pendingApprovals = Array.from({ length: 16 }, (_, n) => aPendingApproval({ callId: `0.${n}`, ...asks }));
    world.kube.seed(kinds.turn, aTurn({ metadata: { name: 'chat-1', uid: 'u1' }, status: { pendingApprovals } }));
    await world.settle();
    expect(world.status.pendingApprovals).toHaveLength(4);
    expect(Buffer.byteLength(JSON.stringify(world.conversation))).toBeLessThanOrEqual(65_536);
    expect(world.status.turnCount).toBe(12);
    expect(world.status.reply?.text.length).toBeGreaterThan(900);
  });
});

describe('runs', () => {
  test('are followed until they end, which is told once', async () => {
    world.apply({});
    await world.settle();
    world.runs.set('swarm-one', aRun());
    world.finish('Which pipelines can I run?', { pipelineRuns: [aRun({ state: 'Pending' })] });
    await world.settle();
    expect(world.status.pipelineRuns).toMatchObject([{ name: 'swarm-one', state: 'Running' }]);
    expect(world.conversation.metadata).toMatchObject({ finalizers: [finalizers.runs] });

    world.runs.set('swarm-one', aRun({ state: 'Succeeded', finishedAt: start, results: { accuracy: '0.93' } }));
    await world.settle();
    world.runs.clear();
    await world.settle();
    expect(world.status.pipelineRuns).toMatchObject([{ state: 'Succeeded', results: { accuracy: '0.93' } }]);
    expect(world.events.map(({ reason }) => reason)).toEqual(['RunSucceeded']);
  });

  test('one that is deleted before its end is seen counts as cancelled', async () => {
    world.apply({ status: { pipelineRuns: [aRun()] } });
    await world.settle();
    expect(world.status.pipelineRuns).toMatchObject([{ state: 'Cancelled' }]);
  });

  test('those of Kubeflow Pipelines are looked at again and again, as nothing tells of their change', async () => {
    world.apply({});
    await world.settle();
    const run = aRun({ backend: 'kfp', name: 'nightly' });
    world.runs.set('nightly', run);
    world.finish('Which pipelines can I run?', { pipelineRuns: [run] });
    expect(await world.reconcile()).toEqual({ kind: 'later', afterMs: 15_000 });
    world.runs.set('nightly', { ...run, state: 'Succeeded', finishedAt: start });
    expect(await world.reconcile()).toEqual({ kind: 'settled' });
    expect(world.status.pipelineRuns).toMatchObject([{ name: 'nightly', state: 'Succeeded' }]);
  });

  test('those of Kubeflow Pipelines are cancelled with the conversation that lists them', async () => {
    const run = aRun({ backend: 'kfp', name: 'nightly' });
    world.runs.set('nightly', run);
    const status = { pipelineRuns: [run] };
    world.apply({ metadata: { finalizers: [finalizers.runs] }, status, spec: { messages: [] } });
    await world.kube.delete(kinds.conversation, world.conversation.metadata);
    await world.reconcile();
    world.runs.set('nightly', { ...run, state: 'Cancelled' });
    await world.reconcile();
    expect(world.done).toEqual(['cancel nightly']);
    expect(world.kube.all(kinds.conversation)).toEqual([]);
  });

  const deletions: Record<string, { policy: 'Cancel' | 'Orphan'; wanted: string[] }> = {
    'those still going are cancelled with the conversation': { policy: 'Cancel', wanted: ['cancel swarm-one'] },
    'those still going are left alone if the policy says so': { policy: 'Orphan', wanted: ['orphan swarm-one'] },
  };
  test.each(Object.entries(deletions))('%s', async (_name, { policy, wanted }) => {
    world.apply({ metadata: { finalizers: [finalizers.runs] }, spec: { deletionPolicy: policy } });
    await world.settle();
    world.owned.push(aRun(), aRun({ name: 'swarm-over', state: 'Succeeded' }));
    await world.kube.delete(kinds.conversation, world.conversation.metadata);
    await world.reconcile();
    expect(world.turnOf('Which pipelines can I run?').spec.cancel).toBe(true);

    world.finish('Which pipelines can I run?', { phase: 'Cancelled' });
    await world.reconcile();
    world.owned.splice(0, 1);
    await world.reconcile();
    expect([...new Set(world.done)]).toEqual(wanted);
    expect(world.kube.all(kinds.conversation)).toEqual([]);
  });

  test('it goes within 30 s although neither its turns nor its runs end', async () => {
    world.apply({ metadata: { finalizers: [finalizers.runs] } });
    await world.settle();
    world.owned.push(aRun());
    await world.kube.delete(kinds.conversation, world.conversation.metadata);
    for (let elapsedMs = 0; elapsedMs < 30_000; elapsedMs += 1_000) {
      await world.reconcile();
      await world.clock.advance(1_000);
    }
    expect(world.kube.all(kinds.conversation)).toEqual([]);
    expect(world.texts).toHaveLength(1);
  });
});
