import { readFileSync } from 'node:fs';
import { createKfpClient } from '../../../src/backends/kfp/create-kfp-client.ts';
import { describeKfpClient } from '../../../src/backends/kfp/kfp-client-contract.ts';
import { type KfpClient } from '../../../src/backends/kfp/kfp-client.ts';
import { createSubmissionMemory } from '../../../src/backends/kfp/submission-memory.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { recordedFolder } from '../../kfp/replay/recorded-lines.ts';
import { waitFor } from '../../support/wait-for.ts';
import { startKfpUnderTest } from './kfp-under-test.ts';
import { createKfpWorld } from './kfp-world.ts';

const pipelineFile = readFileSync(`${recordedFolder}/pipelines/train_and_evaluate.yaml`, 'utf8');
const { signal } = new AbortController();
/** Pods of a real server have images to pull. */
const endWithinMs = process.env['SWARM_TEST_KFP_URL'] === undefined ? 30_000 : 600_000;

/** A run that is to be stopped must not be over before. */
const unhurried = { '*': { '*': { durationMs: 1000 } } };

const settleWith = (client: KfpClient) => async (runId: string) => {
  const hasEnded = async () => (await client.getRun(runId, { signal }))?.finishedAt !== undefined;
  await waitFor(`run ${runId} has ended`, hasEnded, { withinMs: endWithinMs });
};

describeKfpClient('Kubeflow Pipelines asked by REST alone', {
  pipelineFile,
  setUp: async () => {
    const kfp = await startKfpUnderTest({ scripts: unhurried });
    const client = createKfpClient({
      url: kfp.url,
      namespace: process.env['SWARM_TEST_KFP_NAMESPACE'] ?? 'kubeflow',
      fetch,
      clock: systemClock,
      random: () => 0.5,
      memory: createSubmissionMemory(systemClock),
      ...(kfp.metadataUrl !== undefined && { metadataUrl: kfp.metadataUrl }),
    });
    return { client, settle: settleWith(client), close: () => kfp.close() };
  },
});

// A real server has a cluster of its own.
if (process.env['SWARM_TEST_KFP_URL'] === undefined) {
  describeKfpClient('Kubeflow Pipelines with its Workflows on the test cluster', {
    pipelineFile,
    setUp: async () => {
      const world = await createKfpWorld({ scripts: unhurried });
      const client = world.client();
      return { client, settle: settleWith(client), close: () => world.close() };
    },
  });
}
