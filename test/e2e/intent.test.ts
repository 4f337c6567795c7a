import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

describe('an intent', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'intent', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  const request = 'Run the pipeline sleepy with seconds 1.';
  const wait = (name: string) =>
    story.kubectl.run('wait', '--for=condition=Finished', `intent/${name}`, '--timeout=120s');

  it('succeeds when its run meets what is expected, and runs nothing again when it is applied again', async () => {
    const spec = { request, approval: 'Never', expect: [{ metric: 'slept', operator: '>=', value: '1' }] };
    await story.intend('passes', spec);

    await wait('passes');

    const { status } = await story.intent('passes');
    expect(status).toMatchObject({ phase: 'Succeeded', metrics: { slept: '1' }, expectations: [{ met: true }] });
    await story.intend('passes', spec);
    await story.kubectl.run('wait', '--for=condition=Complete', 'intent/passes', '--timeout=30s');
    expect(await story.pipelineRuns('passes')).toHaveLength(1);
  });

  it('fails when its run misses what is expected, and says by how much', async () => {
    await story.intend('misses', {
      request,
      approval: 'Never',
      expect: [{ metric: 'slept', operator: '>', value: '5' }],
    });

    await wait('misses');

    const { status } = await story.intent('misses');
    expect(status).toMatchObject({
      phase: 'Failed',
      expectations: [{ metric: 'slept', want: '> 5', got: '1', met: false }],
    });
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Failed', status: 'True', reason: 'ExpectationsNotMet' }),
    );
  });

  it('fails when its run fails', async () => {
    await story.intend('breaks', { request: 'Run the pipeline failing.', approval: 'Never' });

    await wait('breaks');

    const { status } = await story.intent('breaks');
    expect(status?.phase).toBe('Failed');
    expect(status?.pipelineRuns).toMatchObject([{ state: 'Failed' }]);
  });

  it('asks first when approval is required', async () => {
    await story.intend('asks', { request, approval: 'Required' });
    await story.kubectl.run('wait', '--for=condition=AwaitingApproval', 'intent/asks', '--timeout=60s');
    expect(await story.pipelineRuns('asks')).toEqual([]);

    await story.approve();
    await wait('asks');

    expect((await story.intent('asks')).status?.phase).toBe('Succeeded');
    expect(await story.pipelineRuns('asks')).toHaveLength(1);
  });
});
