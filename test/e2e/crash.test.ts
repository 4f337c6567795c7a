import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

/** Each is a moment a person can see with kubectl; the operator is killed there and started again. */
const moments = [
  'the turn exists',
  'it asks for approval',
  'it was approved',
  'the run exists',
  'the run has ended',
] as const;
type Moment = (typeof moments)[number];

describe('an operator that is killed', () => {
  const cluster = testCluster();
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'crash', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
  });

  it.each([
    ...moments.map((moment, index) => ({ when: moment, name: `crash-${index}`, kills: [moment] })),
    { when: 'at each of these moments', name: 'crash-always', kills: moments },
  ])('comes to the same end with one run when it is killed: $when', async ({ name, kills }) => {
    await story.say(name, 'Run the pipeline sleepy with seconds 3, wait for it and tell me the result slept.');

    for (const moment of moments) {
      await reached(name, moment);
      if (!kills.some((kill) => kill === moment)) continue;
      await operator.kill();
      operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    }

    const { status } = await story.answer(name, 0);
    const runs = await story.pipelineRuns(name);
    expect(runs).toHaveLength(1);
    expect(status?.pipelineRuns).toMatchObject([{ state: 'Succeeded', results: { slept: '3' } }]);
    expect(status?.reply?.text).toContain('3');
  });

  async function reached(name: string, moment: Moment): Promise<void> {
    const observed: Record<Moment, () => Promise<boolean>> = {
      'the turn exists': async () => (await turnsOf(name)).length > 0,
      'it asks for approval': async () => (await story.conversation(name)).status?.phase === 'AwaitingApproval',
      'it was approved': async () => {
        await story.approve();
        return true;
      },
      'the run exists': async () => (await story.pipelineRuns(name)).length > 0,
      'the run has ended': async () =>
        (await story.pipelineRuns(name)).some((run) => run.status?.completionTime !== undefined),
    };
    await story.until(moment, observed[moment]);
  }

  async function turnsOf(name: string) {
    return (await story.turns()).filter((turn) => turn.spec.owner.name === name);
  }
});
