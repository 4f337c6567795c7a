import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

describe('a conversation with a real cluster', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'conversation', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  it('answers a question from what is in the cluster right now', async () => {
    await story.say('inventory', 'Which pipelines can I run?');

    const { status } = await story.answer('inventory', 0);

    for (const pipeline of ['churn-train', 'failing', 'hello', 'memory-hog', 'sleepy']) {
      expect(status?.reply?.text).toContain(pipeline);
    }
    expect(await story.pipelineRuns()).toEqual([]);
  });

  it('runs a pipeline once it is approved, waits for it, and quotes its result', async () => {
    await story.say('training', 'Run the pipeline churn-train with epochs 5, wait for it and tell me the accuracy.');
    await story.pendingApproval();
    expect(await story.pipelineRuns()).toEqual([]);

    await story.approve();
    const { status } = await story.answer('training', 0);

    const runs = await story.pipelineRuns();
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      spec: { params: expect.arrayContaining([{ name: 'epochs', value: '5' }]) as unknown },
      status: { completionTime: expect.any(String) as unknown },
    });
    const recorded = status?.pipelineRuns?.[0];
    expect(recorded).toMatchObject({ backend: 'tekton', pipeline: 'churn-train', state: 'Succeeded' });
    expect(recorded?.name).toBe(runs[0]?.metadata.name);
    const { accuracy } = recorded?.results ?? {};
    expect(accuracy).toMatch(/^0\.\d+$/);
    expect(status?.reply?.text).toContain(accuracy);
  });

  it('does nothing when the approval is denied, and says so', async () => {
    await story.say('denied', 'Run the pipeline hello.');
    const before = (await story.pipelineRuns()).length;

    await story.kubectl.apply((await story.pendingApproval()).replace('decision: Approve', 'decision: Deny'));
    const { status } = await story.answer('denied', 0);

    expect(await story.pipelineRuns()).toHaveLength(before);
    expect(status?.reply?.text).toMatch(/denied|not approved/i);
  });

  it('finds out why a run failed, with step, exit code and log line', async () => {
    await story.say('diagnosis', 'Run the pipeline failing.');
    await story.approve();
    await story.until('the run has failed', async () => {
      const [run] = await story.pipelineRuns('diagnosis');
      return run?.status?.completionTime !== undefined;
    });

    await story.say('diagnosis', 'Run the pipeline failing.', 'Why did the last run of failing fail?');
    const { status } = await story.answer('diagnosis', 1);

    expect(status?.reply?.text).toContain('read-data');
    expect(status?.reply?.text).toMatch(/exit code 3/i);
    expect(status?.reply?.text).toContain('churn_label');
  });
});
