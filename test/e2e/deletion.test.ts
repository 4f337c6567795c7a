import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

describe('a conversation deleted while its run goes on', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'deletion', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  async function startSleeping(name: string, deletionPolicy: string): Promise<string> {
    const messages = [{ text: 'Run the pipeline sleepy with seconds 45 and wait for it.' }];
    const approvalPolicy = { default: 'Never' };
    await story.kubectl.apply(story.object('Conversation', name, { messages, approvalPolicy, deletionPolicy }));
    return story.until('its run goes on', async () => {
      const run = (await story.conversation(name)).status?.pipelineRuns?.[0];
      return run?.state === 'Running' && run.name;
    });
  }

  it('is gone within 30 s, and its run is cancelled', async () => {
    const run = await startSleeping('cancels', 'Cancel');

    await story.kubectl.run('delete', 'conversation', 'cancels', '--timeout=30s');

    expect(await story.kubectl.exists('conversation', 'cancels')).toBe(false);
    await story.until('the run is gone or was cancelled', async () => {
      const found = (await story.pipelineRuns()).find(({ metadata }) => metadata.name === run);
      return found?.metadata.deletionTimestamp !== undefined || found?.spec.status?.startsWith('Cancelled') !== false;
    });
  });

  it('is gone within 30 s, and its run goes on to its end when the policy is Orphan', async () => {
    const run = await startSleeping('orphans', 'Orphan');

    await story.kubectl.run('delete', 'conversation', 'orphans', '--timeout=30s');

    expect(await story.kubectl.exists('conversation', 'orphans')).toBe(false);
    await story.until('the run has ended by itself', async () => {
      const found = (await story.pipelineRuns()).find(({ metadata }) => metadata.name === run);
      return found?.status?.completionTime !== undefined && found.status.conditions?.[0]?.status === 'True';
    });
  });
});
