import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SwarmConfig } from '../../src/api/swarm-config.ts';
import { systemClock } from '../../src/base/clock.ts';
import { createMetrics } from '../../src/base/metrics.ts';
import { createKubeClient } from '../../src/kube/client-node-adapter.ts';
import { installWorkflows } from '../integration/kfp/kfp-world.ts';
import { type KfpSimulator, startKfpSimulator } from '../kfp/simulator/start-kfp-simulator.ts';
import { OperatorUnderTest } from '../support/operator-under-test.ts';
import { projectRoot, testCluster } from '../support/test-cluster.ts';
import { Story } from './story.ts';

interface Runs {
  readonly runs?: readonly { readonly state: string; readonly runtime_config?: { readonly parameters?: object } }[];
}

describe('a conversation with Kubeflow Pipelines', () => {
  const cluster = testCluster();
  const kube = createKubeClient({
    kubeconfig: cluster.kubeconfig,
    clock: systemClock,
    metrics: createMetrics(),
    userAgent: 'kfp-simulator',
  });
  let kfp: KfpSimulator;
  let operator: OperatorUnderTest;
  let story: Story;

  beforeAll(async () => {
    story = await Story.begin(cluster, 'kubeflow', () => operator.tail());
    operator = await OperatorUnderTest.start(cluster, { namespace: story.namespace });
    await installWorkflows(cluster);
    kfp = await startKfpSimulator({
      namespace: story.namespace,
      kubernetes: { client: kube },
      tickMs: 100,
      settings: {
        stepMs: 200,
        reportMs: 30,
        scripts: {
          'train-and-evaluate': { evaluate: { metrics: { metrics: { accuracy: 0.9312, loss: 0.21 } } } },
          'always-fails': { '*': { outcome: 'fail', log: 'ValueError: no rows left\n' } },
        },
      },
    });
    await upload('train_and_evaluate', 'forecast');
    await upload('always_fails', 'cleaning');
    await story.kubectl.apply(
      story.object('SwarmConfig', 'default', {
        model: { provider: 'builtin' },
        backends: { kfp: { url: kfp.url, auth: 'None', metadataURL: `http://${kfp.mlmdAddress}` } },
      }),
    );
  });

  afterAll(async () => {
    await story.end();
    await operator.stop();
    await kfp.close();
    kube.close();
  });

  const upload = async (file: string, name: string) => {
    const form = new FormData();
    const text = await readFile(`${projectRoot}/test/kfp/recorded/pipelines/${file}.yaml`);
    form.append('uploadfile', new Blob([text]), `${file}.yaml`);
    const answer = await fetch(`${kfp.url}/apis/v2beta1/pipelines/upload?name=${name}`, { method: 'POST', body: form });
    expect(await answer.text()).toContain(name);
    expect(answer.status).toBe(200);
  };
  const runs = async () => ((await (await fetch(`${kfp.url}/apis/v2beta1/runs`)).json()) as Runs).runs ?? [];

  it('says that it answers', async () => {
    await story.until('Kubeflow Pipelines is found fine', async () => {
      const { status } = await story.kubectl.get<SwarmConfig>('swarmconfig', 'default');
      return status?.conditions?.find(({ type }) => type === 'KfpReady')?.status === 'True';
    });
  });

  it('tells which pipelines there are', async () => {
    await story.say('inventory', 'Which Kubeflow pipelines can I run?');
    const { status } = await story.answer('inventory', 0);
    expect(status?.reply?.text).toContain('forecast');
    expect(status?.reply?.text).toContain('cleaning');
  });

  it('runs one with checked parameters once it is approved, waits, and tells its metrics', async () => {
    await story.say(
      'training',
      'Run the Kubeflow pipeline forecast with epochs 5, wait for it and tell me the accuracy.',
    );
    await story.pendingApproval('training');
    expect(await runs()).toEqual([]);
    await story.approve('training');
    const { status } = await story.answer('training', 0);
    expect(await runs()).toMatchObject([{ state: 'SUCCEEDED', runtime_config: { parameters: { epochs: 5 } } }]);
    expect(status?.pipelineRuns).toMatchObject([{ backend: 'kfp', pipeline: 'forecast', state: 'Succeeded' }]);
    expect(status?.reply?.text).toContain('0.9312');
  });

  it('refuses a parameter that the pipeline does not have, before anybody is asked', async () => {
    const before = await runs();
    await story.say('typo', 'Run the Kubeflow pipeline forecast with epoch=5.');
    const { status } = await story.answer('typo', 0);
    expect(status?.reply?.text).toContain('epochs');
    expect(await runs()).toEqual(before);
  });

  it('finds out why a run failed', async () => {
    await story.say('failure', 'Run the Kubeflow pipeline cleaning, wait for it, and if it fails tell me why.');
    await story.approve('failure');
    const { status } = await story.answer('failure', 0);
    expect(status?.pipelineRuns).toMatchObject([{ backend: 'kfp', state: 'Failed' }]);
    expect(status?.reply?.text).toMatch(/exit code 1|ValueError/);
  });

  it('is waited for while it is away, and nothing is run twice', async () => {
    const before = await runs();
    kfp.addFault({ path: '/apis/v2beta1', action: 'status', status: 503, times: 6 });
    await story.say('away', 'Run the Kubeflow pipeline forecast, wait for it and tell me the loss.');
    await story.approve('away');
    const { status } = await story.answer('away', 0);
    expect(status?.reply?.text).toContain('0.21');
    expect(await runs()).toHaveLength(before.length + 1);
  });
});
