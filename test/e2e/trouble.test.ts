import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SwarmConfig } from '../../src/api/swarm-config.ts';
import { startFakeOpenAiServer, type FakeOpenAiServer } from '../../src/testing/fake-openai-server.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

const answer = 'All is well.';

describe('settings that a person must put right', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let model: FakeOpenAiServer;
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'trouble', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    model = await startFakeOpenAiServer({ script: () => ({ text: answer }), apiKey: 'right-key' });
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
    await model.stop();
  });

  const configure = (baseURL: string) =>
    story.kubectl.apply(
      story.object('SwarmConfig', 'default', {
        model: { provider: 'openai', name: 'fake', baseURL, apiKeySecretRef: { name: 'swarm-model', key: 'api-key' } },
      }),
    );

  const giveSecret = (key: string) =>
    story.kubectl.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'swarm-model', annotations: { 'swarm.mlops.dev/allowed-hosts': '127.0.0.1' } },
      stringData: { 'api-key': key },
    });

  const modelCondition = async () => {
    const { status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
    return status?.conditions?.find(({ type }) => type === 'ModelReady');
  };

  /** The conversation says so too: whoever asked need not know that there is a SwarmConfig. */
  const complaintOf = async (name: string) => {
    const { status } = await story.conversation(name);
    return status?.conditions?.map(({ reason, message }) => `${reason}: ${message}`).join('\n') ?? '';
  };

  it('names the Secret that is missing, and goes on by itself once it is there', async () => {
    await configure(model.baseURL);
    await story.say('secretless', 'Are you there?');
    const condition = await story.until('the missing Secret is reported', async () => {
      const found = await modelCondition();
      return found?.status === 'False' && found;
    });
    expect(condition).toMatchObject({
      reason: 'SecretNotFound',
      message: expect.stringContaining('swarm-model') as string,
    });
    await story.until('the conversation says so', async () =>
      (await complaintOf('secretless')).includes('swarm-model'),
    );

    await giveSecret('right-key');

    expect((await story.answer('secretless', 0)).status?.reply?.text).toBe(answer);
    await story.until('the settings are fine', async () => (await modelCondition())?.status === 'True');
  });

  it('says that nobody answers at the model’s address, and goes on once it is corrected', async () => {
    await giveSecret('right-key');
    await configure('http://127.0.0.1:9/v1');
    await story.say('nobody', 'Are you there?');
    await story.until('the wrong address is reported', async () => {
      const found = await modelCondition();
      return found?.status === 'False' && found.message.includes('127.0.0.1:9');
    });
    await story.until('the conversation says so', async () => (await complaintOf('nobody')).includes('127.0.0.1:9'));

    await configure(model.baseURL);

    expect((await story.answer('nobody', 0)).status?.reply?.text).toBe(answer);
  });
});
