import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeOpenAiServer, startFakeOpenAiServer } from '../../../src/testing/fake-openai-server.ts';
import { OperatorUnderTest } from '../../support/operator-under-test.ts';
import { Program } from '../../support/program.ts';
import { projectRoot, testCluster } from '../../support/test-cluster.ts';
import { Team } from './team.ts';

describe('the operator as a process', () => {
  const cluster = testCluster();
  let team: Team;
  let model: FakeOpenAiServer;
  beforeAll(async () => {
    team = await Team.create('shutdown');
    model = await startFakeOpenAiServer({ script: () => ({ text: 'late but complete' }), latencyMs: 3_000 });
    await team.kubectl.apply({
      apiVersion: 'swarm.mlops.dev/v1alpha1',
      kind: 'SwarmConfig',
      metadata: { name: 'default' },
      spec: { model: { provider: 'openai', name: 'fake', baseURL: model.baseURL } },
    });
  });
  afterAll(async () => {
    await team.end();
    await model.stop();
  });

  it('finishes the model call in flight after SIGTERM, records it, and ends with 0', async () => {
    const operator = await OperatorUnderTest.start(cluster, { namespace: team.name });
    await team.say('late', ['answer me']);
    await team.until('the model is asked', () => Promise.resolve(model.requests.length === 1));

    expect(await operator.stop()).toEqual({ code: 0, signal: null });

    expect((await team.turnsOf('late'))[0]?.status).toMatchObject({ phase: 'Succeeded', reply: 'late but complete' });
    expect(model.requests).toHaveLength(1);
  });

  it('ends at once at the second signal, and the next one takes the turn up', async () => {
    const asked = model.requests.length;
    const operator = await OperatorUnderTest.start(cluster, { namespace: team.name });
    await team.say('twice', ['answer me']);
    await team.until('the model is asked', () => Promise.resolve(model.requests.length === asked + 1));

    operator.signal('SIGTERM');
    operator.signal('SIGINT');
    expect(await operator.exit).toEqual({ code: 1, signal: null });
    expect((await team.turnsOf('twice'))[0]?.status?.steps).toBeUndefined();

    const successor = await OperatorUnderTest.start(cluster, { namespace: team.name });
    await team.until('it is answered', async () => (await team.turnsOf('twice'))[0]?.status?.reply !== undefined);
    expect(await successor.stop()).toMatchObject({ code: 0 });
  });

  it('ends when another one has taken its lease, and decides nothing more', async () => {
    const leaseName = `${team.name}-lease`;
    const operator = await OperatorUnderTest.start(cluster, { namespace: team.name, leaseName });
    const leases = cluster.kubectl.in('swarm-system');
    await team.say('lost', ['answer me']);
    await team.until('the turn is taken up', async () => (await team.turnsOf('lost')).length === 1);

    const now = new Date().toISOString().replace('Z', '000Z');
    const spec = { holderIdentity: 'another', leaseDurationSeconds: 60, renewTime: now, acquireTime: now };
    await leases.run('patch', 'lease', leaseName, '--type=merge', '-p', JSON.stringify({ spec }));

    expect(await operator.exit).toEqual({ code: 1, signal: null });
    expect(operator.tail()).toMatch(/lease/i);
    expect((await team.turnsOf('lost'))[0]?.status?.reply).toBeUndefined();
    await leases.run('delete', 'lease', leaseName);
  });

  it('says in one sentence what is wrong with its settings', async () => {
    const program = new Program({ script: `${projectRoot}/src/main.ts`, args: ['--max-concurrent-turns=many'] });
    expect(await program.exit).toEqual({ code: 2, signal: null });
    expect(program.tail()).toContain('--max-concurrent-turns (SWARM_MAX_CONCURRENT_TURNS) is "many"');
  });
});
