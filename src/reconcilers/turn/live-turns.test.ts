import { describe, expect, test } from 'vitest';
import { kinds } from '../../api/group.ts';
import type { Turn, TurnStatus } from '../../api/turn.ts';
import type { TurnStream } from '../../api/turn-stream.ts';
import { RetryableError } from '../../base/errors.ts';
import { KubeApiError } from '../../kube/errors.ts';
import type { LanguageModel, ModelRequest, ModelResponse } from '../../models/language-model.ts';
import { TurnLogs } from '../../streaming/turn-logs.ts';
import { aConversation, aTurn } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { anAgent, TurnWorld } from '../../testing/turn-world.ts';
import type { LiveTurns } from './dependencies.ts';

const followed = aTurn({ spec: { streamKeySHA256: 'a'.repeat(64) } });
const unfollowed = aTurn();
const stream: TurnStream = { pod: 'swarm-0', namespace: 'swarm-system', port: 8443, certificateSHA256: 'b'.repeat(64) };

/** A model that says what the test says, when the test says it. */
class TalkingModel implements LanguageModel {
  readonly name = 'talking';
  readonly requests: ModelRequest[] = [];
  finish: (reply: string | Error) => void = () => undefined;

  respond(request: ModelRequest): Promise<ModelResponse> {
    this.requests.push(request);
    return new Promise((resolve, reject) => {
      this.finish = (reply) => {
        const usage = { inputTokens: 1, outputTokens: 1 };
        if (typeof reply === 'string') resolve({ text: reply, calls: [], usage, finish: 'stop' });
        else reject(reply);
      };
    });
  }

  say(text: string): void {
    this.requests.at(-1)?.onDelta?.(text);
  }
}

function given(turn: Turn, change: (live: LiveTurns) => LiveTurns = (live) => live) {
  const clock = new FakeClock('2026-11-25T08:00:00Z');
  const logs = new TurnLogs({ clock, newId: () => 'log' });
  const model = new TalkingModel();
  const live: LiveTurns = {
    address: () => stream,
    recorded: (seen) => {
      logs.recorded(seen);
    },
    gone: (name) => {
      logs.gone(name);
    },
    answering: (of, source) => logs.answering(of, source),
    unread: (of) => logs.unread(of),
  };
  const here = new TurnWorld({ agents: [anAgent('supervisor', [])], model, clock, live: change(live) });
  here.kube.seed(kinds.conversation, aConversation());
  here.kube.seed(kinds.turn, turn);
  return { here, logs, model, clock, statusOf: (): TurnStatus => here.read(turn).status ?? {} };
}

describe('a turn that somebody follows', () => {
  test('says at once where its events are, and takes that back at its end', async () => {
    const { here, model, clock, statusOf } = given(followed);
    const settled = here.settle(followed);
    await clock.advance(1);
    expect(statusOf()).toMatchObject({ phase: 'Thinking', stream });
    model.finish('Hello.');
    await settled;
    expect(statusOf()).toMatchObject({ phase: 'Succeeded', reply: 'Hello.' });
    expect(statusOf()).not.toHaveProperty('stream');
    expect(here.turnWrites).toBe(2);
  });

  test('shows its answer in the making every half second, and only what is new', async () => {
    const { here, model, clock, statusOf } = given(followed);
    const settled = here.settle(followed);
    await clock.advance(1);
    model.say('Hel');
    await clock.advance(500);
    expect(statusOf().live).toEqual({ agent: 'supervisor', frame: '', answer: 'log.1', offset: 0, text: 'Hel' });
    const writes = here.turnWrites;
    await clock.advance(5_000);
    expect(here.turnWrites).toBe(writes);
    for (let tenths = 0; tenths < 20; tenths++) {
      model.say('l');
      await clock.advance(100);
    }
    expect(here.turnWrites - writes).toBeLessThanOrEqual(4);
    model.finish('Hello.');
    await settled;
    expect(statusOf()).not.toHaveProperty('live');
  });

  test('writes nothing of the kind while its events are read', async () => {
    const { here, logs, model, clock, statusOf } = given(followed);
    const settled = here.settle(followed);
    await clock.advance(1);
    const events: string[] = [];
    const log = logs.logOf(followed);
    log?.subscribe(() => events.push(log.after(log.last - 1)?.event.key ?? ''));
    model.say('Hel');
    await clock.advance(5_000);
    expect(events).toEqual(['token:log.1:0']);
    expect(statusOf()).not.toHaveProperty('live');
    expect(here.turnWrites).toBe(1);
    model.finish('Hello.');
    await settled;
    expect(events).toEqual(expect.arrayContaining(['message', 'done']));
    expect(here.turnWrites).toBe(2);
  });

  test('begins a new answer when the model is asked again', async () => {
    const { here, model, clock, statusOf } = given(followed);
    const settled = here.settle(followed);
    await clock.advance(1);
    model.say('Broken o');
    await clock.advance(500);
    model.finish(new RetryableError('ModelTimeout', 'no answer'));
    expect(await settled).toMatchObject({ kind: 'later' });
    expect(statusOf()).toMatchObject({ phase: 'Waiting', stream });
    await clock.advance(1_000);
    const again = here.settle(followed);
    await clock.advance(1);
    // What the request before still says is nobody's.
    model.requests[0]?.onDelta?.('ff');
    model.say('Whole.');
    await clock.advance(500);
    expect(statusOf().live).toMatchObject({ answer: 'log.2', offset: 0, text: 'Whole.' });
    model.finish('Whole.');
    await again;
    expect(statusOf().reply).toBe('Whole.');
  });
});

describe('the journal of a turn that is shown', () => {
  test('is written although the reply to a write of the answer in the making was lost', async () => {
    const { here, model, clock, statusOf } = given(followed);
    const settled = here.settle(followed);
    await clock.advance(1);
    const error = new KubeApiError({ status: 0, reason: 'ConnectionFailed', message: 'the connection broke' });
    here.kube.fail({ matches: ({ verb }) => verb === 'replaceStatus', error, afterExecution: true });
    model.say('Hel');
    await clock.advance(500);
    expect(statusOf().live?.text).toBe('Hel');
    model.finish('Hello.');
    await settled;
    expect(statusOf().reply).toBe('Hello.');
    expect(model.requests).toHaveLength(1);
  });

  test.each([
    ['another epoch', (status: TurnStatus) => ({ ...status, epoch: 7 })],
    ['another phase', (status: TurnStatus) => ({ ...status, phase: 'Waiting' as const })],
    ['another address', (status: TurnStatus) => ({ ...status, stream: { ...stream, pod: 'swarm-1' } })],
  ])('is not written over what somebody else has recorded: %s', async (_, change) => {
    const { here, model, clock } = given(followed);
    const settled = here.reconcile(followed);
    await clock.advance(1);
    model.say('Hel');
    await clock.advance(500);
    const shown = here.read(followed);
    const foreign = change(shown.status ?? {});
    await here.kube.replaceStatus<Turn>(kinds.turn, { ...shown, status: foreign });
    model.say('lo');
    await clock.advance(2_000);
    model.finish('Hello.');
    expect(await settled).toEqual({ kind: 'again' });
    expect(here.read(followed).status).toEqual(foreign);
  });

  test('does not suffer from whoever shows it', async () => {
    const broken = (): never => {
      throw new Error('the log is full');
    };
    const { here, model, clock, statusOf } = given(followed, (live) => ({ ...live, answering: broken }));
    const settled = here.settle(followed);
    await clock.advance(1);
    model.say('Hello.');
    model.finish('Hello.');
    await settled;
    expect(statusOf().reply).toBe('Hello.');
  });
});

describe('a turn without a key', () => {
  test('costs one write, and shows neither address nor answer in the making', async () => {
    const { here, model, clock, statusOf } = given(unfollowed);
    const settled = here.settle(unfollowed);
    await clock.advance(1);
    model.say('Hel');
    await clock.advance(1_500);
    model.finish('Hello.');
    await settled;
    expect(here.turnWrites).toBe(1);
    expect(statusOf()).not.toHaveProperty('stream');
  });

  test('is told to whoever may see it all the same', async () => {
    const { here, logs, model, clock } = given(unfollowed);
    const settled = here.settle(unfollowed);
    await clock.advance(1);
    model.say('Hello.');
    const log = logs.logOf(unfollowed);
    expect(log?.after(log.last - 1)?.event).toMatchObject({ type: 'token', text: 'Hello.' });
    model.finish('Hello.');
    await settled;
    expect(log?.isOver).toBe(true);
  });
});
