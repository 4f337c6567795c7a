import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Team } from './team.ts';

describe('an intent', () => {
  let team: Team;
  beforeAll(async () => {
    team = await Team.create('intent');
    await team.start();
  });
  afterAll(() => team.end());

  const timesAsked = (text: string) => team.model.asked.filter((asked) => asked.includes(text)).length;

  it('is carried out once, however often it is applied', async () => {
    await team.apply('Intent', 'once', { request: 'do it once' });
    await team.finished('intent/once');
    await team.apply('Intent', 'once', { request: 'do it once' });
    await team.kubectl.run('patch', 'intent', 'once', '--type=merge', '-p', '{"spec":{"suspend":true}}');
    await team.finished('intent/once');
    await team.kubectl.run('patch', 'intent', 'once', '--type=merge', '-p', '{"spec":{"suspend":false}}');
    await team.finished('intent/once');
    expect((await team.intent('once')).status).toMatchObject({ phase: 'Succeeded', reply: 'echo do it once' });
    expect(timesAsked('do it once')).toBe(1);

    await team.apply('Intent', 'once', { request: 'do something else' });
    await team.finished('intent/once');
    expect((await team.intent('once')).status?.reply).toBe('echo do something else');
  });

  it('fails when what it expects was not reported', async () => {
    const expected = [{ metric: 'accuracy', operator: '>=', value: '0.9' }];
    await team.apply('Intent', 'misses', { request: 'only talk', expect: expected });
    await team.finished('intent/misses');
    const { status } = await team.intent('misses');
    expect(status).toMatchObject({
      phase: 'Failed',
      expectations: [{ metric: 'accuracy', want: '>= 0.9', met: false }],
    });
    expect(status?.conditions?.find(({ type }) => type === 'Stalled')?.message).toContain('accuracy was not reported');
  });

  it('expires, and its turn is stopped', async () => {
    await team.apply('Intent', 'slow', { request: 'hang for ever', timeout: '3s' });
    await team.finished('intent/slow');
    await team.until(
      'its turn has ended',
      async () => (await team.turnsOf('slow'))[0]?.status?.finishedAt !== undefined,
    );
    expect((await team.intent('slow')).status?.phase).toMatch(/Expired|Failed/);
  });

  it('is deleted when its time to live is over', async () => {
    await team.apply('Intent', 'brief', { request: 'short life', ttlSecondsAfterFinished: 2 });
    await team.until(
      'it is gone',
      async () => timesAsked('short life') === 1 && !(await team.kubectl.exists('intent', 'brief')),
    );
  });

  it('that is deleted and made again within reuseWithin has the same outcome, and nothing runs', async () => {
    const spec = { request: 'count me once', reuseWithin: '1h' };
    await team.apply('Intent', 'hook', spec);
    await team.finished('intent/hook');
    const { status: first } = await team.intent('hook');
    await team.kubectl.run('delete', 'intent', 'hook', '--timeout=30s');
    await team.apply('Intent', 'hook', spec);
    await team.finished('intent/hook');
    const { status: second } = await team.intent('hook');
    expect(second).toMatchObject({ phase: 'Succeeded', turn: first?.turn, reply: first?.reply });
    expect(timesAsked('count me once')).toBe(1);
  });

  it('leaves within 30 s when it is deleted while its turn goes on', async () => {
    await team.apply('Intent', 'leaves', { request: 'hang on' });
    await team.until('it is being thought about', () => Promise.resolve(timesAsked('hang on') === 1));
    await team.kubectl.run('delete', 'intent', 'leaves', '--timeout=30s');
    expect(await team.kubectl.exists('intent', 'leaves')).toBe(false);
  });
});
