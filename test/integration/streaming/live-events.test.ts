import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TurnEvent } from '../../../src/streaming/turn-event.ts';
import type { FakeReply } from '../../../src/testing/fake-openai-reply.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { ChatTeam } from './chat-team.ts';
import { answersOf, EventStream } from './event-stream.ts';

const answer = 'There are five pipelines, and the newest run of churn-train succeeded with an accuracy of 0.93.';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const slowly: FakeReply = { text: answer, intervalMs: 200 };

describe('the events of a running turn', () => {
  let team: ChatTeam;
  let operator: OperatorUnderTest;
  beforeAll(async () => {
    team = await ChatTeam.create(({ messages }) =>
      messages.at(-1)?.content?.includes('slowly') === true ? slowly : { text: answer },
    );
    operator = await OperatorUnderTest.start(team.cluster, { namespace: team.name });
  });
  afterAll(async () => {
    await team.end();
    await operator.stop();
  });

  const read = async ({ turn, key }: { turn: string; key: string }, headers: Record<string, string> = {}) =>
    EventStream.read({
      url: await team.addressOf(turn),
      namespace: team.name,
      turn,
      headers: { ...bearer(key), ...headers },
    });

  it('come piece by piece to whoever has the key, and say what the status says in the end', async () => {
    const chat = await team.ask('Tell me slowly.');
    const { stream } = await team.until('it is shown', chat.turn, (status) => status.stream !== undefined);
    expect(stream).toMatchObject({
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as string,
      port: expect.any(Number) as number,
    });
    const events = await read(chat);
    expect(events.certificateSHA256).toBe(stream?.certificateSHA256);
    await events.until('the first pieces are there', () => events.tokens().length >= 3);
    expect(events.of('message')).toEqual([]);

    await events.until('the stream ends', () => events.hasEnded);
    const status = await team.statusOf(chat.turn);
    expect(events.events.at(0)).toMatchObject({ type: 'turn', turn: chat.turn, text: 'Tell me slowly.' });
    expect([...answersOf(events.tokens()).values()]).toEqual([answer]);
    expect(events.of('message')).toMatchObject([{ text: status.reply }]);
    expect(events.events.at(-1)).toMatchObject({ type: 'done', key: 'done', phase: 'Succeeded' });
    expect(status).not.toHaveProperty('stream');
    expect(status).not.toHaveProperty('live');
  });

  it('go on where the client was, by the id of the last one', async () => {
    const chat = await team.ask('Tell me slowly.');
    const first = await read(chat);
    await first.until('some pieces are there', () => first.tokens().length >= 4);
    first.close();
    const second = await read(chat, { 'last-event-id': first.lastId });
    await second.until('the stream ends', () => second.hasEnded);

    const keys = [...first.events, ...second.events].map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect([...answersOf([...first.tokens(), ...second.tokens()]).values()]).toEqual([answer]);
  });

  it('are told from the start to whoever names an id of another log', async () => {
    const chat = await team.ask('Tell me slowly.');
    const events = await read(chat, { 'last-event-id': 'ffffffff.7' });
    await events.until('the stream ends', () => events.hasEnded);
    expect(events.events.at(0)?.type).toBe('turn');
  });

  it('are kept from whoever has another key, no key or a token that the cluster does not know', async () => {
    const chat = await team.ask('Tell me slowly.');
    const place = { url: await team.addressOf(chat.turn), namespace: team.name, turn: chat.turn };
    const refused = (headers: Record<string, string>, turn = chat.turn) =>
      EventStream.open({ ...place, turn, headers });

    expect(await refused(bearer('0'.repeat(64)))).toMatchObject({ status: 401, reason: 'Unauthorized' });
    expect(await refused({})).toMatchObject({
      status: 401,
      message: expect.stringContaining('Swarm-Stream-Key') as string,
    });
    expect(await refused({ 'swarm-stream-key': 'wrong' })).toMatchObject({ status: 401 });
    // Whether there is such a turn is nobody's business either.
    expect(await refused({ 'swarm-stream-key': 'wrong' }, 'no-such-turn')).toEqual(
      await refused({ 'swarm-stream-key': 'wrong' }),
    );
    const events = await EventStream.open({ ...place, headers: { 'swarm-stream-key': chat.key } });
    expect(events).toBeInstanceOf(EventStream);
    if (events instanceof EventStream) events.close();
  });

  it('are shown to a token that may get turns/stream, and to no other', async () => {
    const chat = await team.ask('Tell me slowly.');
    const place = { url: await team.addressOf(chat.turn), namespace: team.name, turn: chat.turn };
    await team.kubectl.run('create', 'serviceaccount', 'viewer');
    const headers = bearer((await team.kubectl.run('create', 'token', 'viewer')).trim());

    expect(await EventStream.open({ ...place, headers })).toMatchObject({
      status: 403,
      message: expect.stringContaining(`turns/stream ${chat.turn}`) as string,
    });

    await team.kubectl.run('create', 'role', 'viewer', '--verb=get', '--resource=turns.swarm.mlops.dev/stream');
    await team.kubectl.run('create', 'rolebinding', 'viewer', '--role=viewer', `--serviceaccount=${team.name}:viewer`);
    await expect
      .poll(async () => (await EventStream.open({ ...place, turn: 'no-such-turn', headers })) as object, {
        timeout: 10_000,
      })
      .toMatchObject({ status: 404, reason: 'NotFound' });
    const other = await team.ask('Tell me slowly.', { withKey: false });
    const events = await EventStream.read({ ...place, turn: other.turn, headers });
    await events.until('the stream ends', () => events.hasEnded);
    expect(events.of('message')).toMatchObject([{ text: answer }]);
    expect(await team.statusOf(other.turn)).toMatchObject({ phase: 'Succeeded' });
  });

  it('stand in the status, answer in the making included, while nobody reads the stream', async () => {
    const chat = await team.ask('Tell me slowly.');
    const { live } = await team.until('it is shown', chat.turn, (status) => (status.live?.text.length ?? 0) >= 16);
    expect(live).toMatchObject({ agent: 'supervisor', frame: '', offset: 0 });
    expect(answer.startsWith(live?.text ?? '-')).toBe(true);

    const events = await read(chat);
    await events.until('the stream ends', () => events.hasEnded);
    // One numbering for both ways, so that a client may change from one to the other in the middle of a word.
    expect(events.tokens()[0]?.answer).toBe(live?.answer);
    expect(await team.statusOf(chat.turn)).not.toHaveProperty('live');
  });

  it('leave no trace in the status of a turn without a key', async () => {
    const chat = await team.ask('Tell me slowly.', { withKey: false });
    const seen = await team.until('it thinks', chat.turn, ({ phase }) => phase === 'Thinking');
    expect(seen).not.toHaveProperty('stream');
    expect(seen).not.toHaveProperty('live');
    await team.until('it ends', chat.turn, ({ finishedAt }) => finishedAt !== undefined);
  });

  it('are told once each by two operators, one after the other, when the first is killed in the middle of an answer', async () => {
    const chat = await team.ask('Tell me slowly.');
    const first = await read(chat);
    await first.until('some pieces are there', () => first.tokens().length >= 4);
    await operator.kill();
    await first.until('the connection breaks', () => first.hasEnded);
    const before = (await team.statusOf(chat.turn)).stream;
    operator = await OperatorUnderTest.start(team.cluster, { namespace: team.name });
    await team.until('the new one is shown', chat.turn, ({ stream }) => stream?.port !== before?.port);
    const second = await read(chat, { 'last-event-id': first.lastId });
    await second.until('the stream ends', () => second.hasEnded);

    const isToken = ({ type }: TurnEvent) => type === 'token';
    const known = new Set(first.events.map(({ key }) => key));
    const told = [...first.events, ...second.events.filter(({ key }) => !known.has(key))];
    expect(told.filter((event) => !isToken(event)).map(({ key }) => key)).toEqual([
      ...new Set(told.filter((event) => !isToken(event)).map(({ key }) => key)),
    ]);
    expect(told.at(-1)).toMatchObject({ type: 'done', phase: 'Succeeded' });
    // The answer that broke off is one of its own; the one that stands is whole.
    const [broken = '', whole] = [...answersOf(told.filter((event) => event.type === 'token')).values()];
    expect(whole).toBe(answer);
    expect(answer.startsWith(broken) && broken.length < answer.length).toBe(true);
    expect(second.of('message')).toMatchObject([{ text: answer }]);
  }, 180_000);

  it('end with a word when the operator is told to stop, once the answer is there', async () => {
    const chat = await team.ask('Tell me slowly.');
    const events = await read(chat);
    await events.until('some pieces are there', () => events.tokens().length >= 2);
    expect(await operator.stop()).toEqual({ code: 0, signal: null });
    await events.until('the stream ends', () => events.hasEnded);
    expect(events.events.at(-1)).toMatchObject({ type: 'done' });
    operator = await OperatorUnderTest.start(team.cluster, { namespace: team.name });
  }, 180_000);
});
