import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionReasons } from '../../src/api/conditions.ts';
import { type SwarmConfig } from '../../src/api/swarm-config.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

const outageMs = 30_000;

describe('an operator whose surroundings fail', () => {
  const cluster = testCluster();
  let proxy: FaultProxy;
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    proxy = await FaultProxy.start(cluster.kubeconfig);
    story = await Story.begin(cluster, 'outage', () => operator.tail());
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
    await proxy.close();
  });

  it('says that Tekton is not there, answers nevertheless, and uses it once it is installed', async () => {
    const install = proxy.inject({
      when: ({ path }) => path.startsWith('/apis/tekton.dev'),
      fault: { kind: 'refuse', status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' },
      times: Infinity,
    });
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace, through: proxy });
    await story.kubectl.apply(story.object('SwarmConfig', 'default', { model: { provider: 'builtin' } }));
    await story.say('toolless', 'Which pipelines can I run?');

    const { reason, message } = await conditionOf('TektonReady', 'False');
    expect(Object.keys(conditionReasons)).toContain(reason);
    expect(message).toContain('install Tekton');
    await story.answer('toolless', 0);

    install();
    await conditionOf('TektonReady', 'True');
    await story.say('equipped', 'Which pipelines can I run?');
    expect((await story.answer('equipped', 0)).status?.reply?.text).toContain('churn-train');
  });

  it('lives through an API server that is gone for 30 s in the middle of a run', async () => {
    await story.kubectl.apply(
      story.object('Conversation', 'outlives', {
        messages: [{ text: 'Run the pipeline sleepy with seconds 5 and wait for it.' }],
        approvalPolicy: { default: 'Never' },
      }),
    );
    await story.until('its run exists', async () => (await story.pipelineRuns()).length > 0);

    const restore = proxy.inject({ when: () => true, fault: { kind: 'reset' }, times: Infinity });
    for (const watch of proxy.watches()) watch.reset();
    await sleep(outageMs);
    expect(operator.hasEnded).toBe(false);
    restore();

    const { status } = await story.answer('outlives', 0);
    expect(operator.hasEnded).toBe(false);
    expect(status?.pipelineRuns).toMatchObject([{ pipeline: 'sleepy', state: 'Succeeded' }]);
    expect(await story.pipelineRuns()).toHaveLength(1);
  });

  function conditionOf(type: string, status: string) {
    return story.until(`${type} is ${status}`, async () => {
      const config = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
      return config.status?.conditions?.find((condition) => condition.type === type && condition.status === status);
    });
  }
});
