import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeReply } from '../../../src/testing/fake-openai-reply.ts';
import type { ChatRequest } from '../../../src/testing/fake-openai-server.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { type Chat, ChatTeam } from './chat-team.ts';
import { answersOf, EventStream, type StreamRequest } from './event-stream.ts';

/** More pieces than a log holds. */
const pieces = 18_000;
const long = Array.from({ length: pieces }, (_, index) => String(index).padStart(7, '.')).join(' ');
const steady = 'One two three four five. '.repeat(40);

function replyTo({ messages }: ChatRequest): FakeReply {
  if (messages.some(({ content }) => content === 'Tell me steadily.')) return { text: steady, intervalMs: 250 };
  // The client is there before the first word.
  return { text: long, latencyMs: 5_000 };
}

describe('the event stream under load', () => {
  let team: ChatTeam;
  let operator: OperatorUnderTest;
  beforeAll(async () => {
    team = await ChatTeam.create(replyTo);
    operator = await OperatorUnderTest.start(team.cluster, { namespace: team.name });
  });
  afterAll(async () => {
    await team.end();
    await operator.stop();
  });

  const place = async ({ turn, key }: Chat): Promise<StreamRequest> => ({
    url: await team.addressOf(turn),
    namespace: team.name,
    turn,
    headers: { authorization: `Bearer ${key}` },
  });

  it('gives a client that hung the rest without a gap, however much that is', async () => {
    const chat = await team.ask('Tell me everything.');
    const there = await place(chat);
    const hung = await EventStream.read(there);
    hung.stall();
    await team.until('the turn has ended', chat.turn, ({ finishedAt }) => finishedAt !== undefined);
    hung.close();

    const headers = { ...there.headers, 'last-event-id': hung.lastId };
    const resumed = await EventStream.read({ ...there, headers });
    await resumed.until('the stream ends', () => resumed.hasEnded);
    expect([...answersOf([...hung.tokens(), ...resumed.tokens()]).values()]).toEqual([long]);
    // More pieces than the log holds: they come put together.
    expect(resumed.tokens().length).toBeLessThan(pieces);
    const others = [...hung.events, ...resumed.events].filter(({ type }) => type !== 'token').map(({ key }) => key);
    expect(others).toEqual([...new Set(others)]);
    expect(others.at(-1)).toBe('done');
  }, 120_000);

  it('keeps 50 live chats going side by side, each with every ping and every word', async () => {
    const streams: Promise<EventStream>[] = [];
    for (let batch = 0; batch < 10; batch++) {
      const asked = await Promise.all(Array.from({ length: 5 }, () => team.ask('Tell me steadily.')));
      streams.push(...asked.map(async (chat) => EventStream.read(await place(chat))));
    }
    const all = await Promise.all(streams);
    await Promise.all(all.map((stream) => stream.until('the stream ends', () => stream.hasEnded, 180_000)));

    expect(all).toHaveLength(50);
    for (const stream of all) {
      expect([...answersOf(stream.tokens()).values()]).toEqual([steady]);
      // The answer takes 31 s.
      expect(stream.pings).toBeGreaterThanOrEqual(2);
      expect(stream.longestSilenceMs).toBeLessThan(15_000);
    }
  }, 240_000);
});
