import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Team } from './team.ts';

describe('a conversation', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.create('conversation');
    await team.start('--max-concurrent-turns=2');
  });
  afterAll(() => team.end());

  it('answers every message once and in order', async () => {
    await team.say('ordered', ['one', 'two', 'three']);
    await team.finished('conversation/ordered');
    const { status } = await team.conversation('ordered');
    expect(team.model.asked).toEqual(['one', 'two', 'three']);
    expect(status?.turns?.map(({ text, reply }) => `${text}: ${reply ?? ''}`)).toEqual([
      'one: echo one',
      'two: echo two',
      'three: echo three',
    ]);
    expect(status).toMatchObject({ phase: 'Idle', turnCount: 3, preview: 'echo three', usage: { inputTokens: 9 } });
  });

  it('asks an edited message anew, and nothing again when one is removed', async () => {
    await team.say('edited', ['first', 'second', 'third']);
    await team.finished('conversation/edited');
    await team.say('edited', ['first', 'second, please', 'third']);
    await team.finished('conversation/edited');
    await team.say('edited', ['second, please', 'third']);
    await team.finished('conversation/edited');
    expect((await team.turnsOf('edited')).map(({ spec }) => spec.text).sort()).toEqual([
      'first',
      'second',
      'second, please',
      'third',
    ]);
  });

  it('takes up a turn that a person created, without touching its own spec', async () => {
    await team.say('chatted', []);
    await team.finished('conversation/chatted');
    const { metadata } = await team.conversation('chatted');
    const owner = { kind: 'Conversation', name: 'chatted', uid: metadata.uid };
    await team.apply('Turn', 'chat-1', { owner, text: 'by hand' });
    const status = await team.until('the chat is answered', async () => {
      const { status: current } = await team.conversation('chatted');
      return current?.reply?.turn === 'chat-1' && current;
    });
    expect(status).toMatchObject({ turnCount: 1, turns: [{ name: 'chat-1', index: -1 }] });
    expect((await team.conversation('chatted')).metadata.generation).toBe(metadata.generation);
  });

  it('begins nothing while it is suspended, and goes on afterwards', async () => {
    await team.say('paused', ['later'], { suspend: true });
    await team.until('it says so', async () => (await team.conversation('paused')).status?.phase === 'Suspended');
    expect(await team.turnsOf('paused')).toEqual([]);
    await team.say('paused', ['later'], { suspend: false });
    await team.finished('conversation/paused');
    expect(team.model.asked.filter((text) => text === 'later')).toHaveLength(1);
  });

  it('keeps only as many finished turns as it shall, and asks none of them again', async () => {
    await team.say('short', ['a', 'b', 'c', 'd'], { historyLimit: 1 });
    await team.finished('conversation/short');
    await team.until('old turns are gone', async () => (await team.turnsOf('short')).length === 1);
    await team.kubectl.run('annotate', 'conversation', 'short', 'touched=yes');
    await team.say('short', ['a', 'b', 'c', 'd', 'e'], { historyLimit: 1 });
    await team.finished('conversation/short');
    expect(team.model.asked.filter((text) => ['a', 'b', 'c', 'd', 'e'].includes(text))).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
    expect((await team.conversation('short')).status?.turnCount).toBe(5);
  });

  it('shows that its turn waits for a place, and leaves at once when it is deleted meanwhile', async () => {
    await team.say('busy-1', ['hang 1']);
    await team.say('busy-2', ['hang 2']);
    await team.until('both places are taken', () => Promise.resolve(team.model.asked.includes('hang 2')));
    await team.say('waits', ['hang 3']);
    await team.until('it is queued', async () => (await team.turnsOf('waits'))[0]?.status?.phase === 'Queued');
    await team.until('busy-1 thinks', async () => (await team.conversation('busy-1')).status?.phase === 'Thinking');

    await team.kubectl.run('delete', 'conversation', 'busy-1', '--timeout=30s');
    await team.until('the place is free', () => Promise.resolve(team.model.asked.includes('hang 3')));
    team.model.release();
    await team.finished('conversation/busy-2');
    await team.finished('conversation/waits');
  });

  it('asks no model again for finished conversations when the operator starts anew', async () => {
    const before = await team.kubectl.run(
      'get',
      'conversations',
      '-o',
      'jsonpath={.items[*].metadata.resourceVersion}',
    );
    await team.stop();
    team.model.asked.length = 0;
    await team.start();
    await team.say('fresh', ['are you back']);
    await team.finished('conversation/fresh');
    expect(team.model.asked).toEqual(['are you back']);
    await team.kubectl.run('delete', 'conversation', 'fresh', '--timeout=30s');
    const after = await team.kubectl.run('get', 'conversations', '-o', 'jsonpath={.items[*].metadata.resourceVersion}');
    expect(after).toBe(before);
  });
});
