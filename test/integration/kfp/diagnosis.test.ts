import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKfpAgent } from '../../../src/agents/kfp/kfp-agent.ts';
import { type KfpClient } from '../../../src/backends/kfp/kfp-client.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { callTool, toolOf } from '../../../src/testing/call-tool.ts';
import { FakeObjectStore } from '../../../src/testing/fake-object-store.ts';
import { toolContext } from '../../../src/testing/tool-context.ts';
import { type TaskScript } from '../../kfp/simulator/workflows/task-script.ts';
import { waitFor } from '../../support/wait-for.ts';
import { pipelineFile } from './pipeline-file.ts';
import { createKfpWorld, type KfpWorld } from './kfp-world.ts';
import { decision } from './decision.ts';

interface Trouble {
  readonly name: string;
  readonly script: TaskScript;
  readonly expected: { readonly cause: string; readonly task?: string };
  readonly says: string;
}

const traceback =
  'Traceback (most recent call last):\n  File "train.py", line 3, in train\nValueError: label is missing\n';

/** What happens to task `train`, and what must be found out about it. */
const troubles: readonly Trouble[] = [
  {
    name: 'raises',
    script: { outcome: 'fail', log: traceback },
    expected: { cause: 'UserException', task: 'train' },
    says: 'label is missing',
  },
  {
    name: 'runs-out-of-memory',
    script: { outcome: 'oom' },
    expected: { cause: 'OutOfMemory', task: 'train' },
    says: '137',
  },
  {
    name: 'missing-image',
    script: { outcome: 'image-pull' },
    expected: { cause: 'ImagePull', task: 'train' },
    says: 'registry.invalid',
  },
  {
    name: 'over-quota',
    script: { outcome: 'quota' },
    expected: { cause: 'Quota', task: 'train' },
    says: 'exceeded quota',
  },
  {
    name: 'no-place',
    script: { outcome: 'unschedulable' },
    expected: { cause: 'Unschedulable', task: 'train' },
    says: 'Insufficient nvidia.com/gpu',
  },
  { name: 'too-slow', script: { outcome: 'timeout' }, expected: { cause: 'Timeout', task: 'train' }, says: 'deadline' },
  { name: 'insecure', script: { outcome: 'forbidden' }, expected: { cause: 'Admission' }, says: 'PodSecurity' },
];

describe('troubles of Kubeflow runs on the test cluster', () => {
  let world: KfpWorld;
  let client: KfpClient;
  const { signal } = new AbortController();

  const start = async ({ name }: Trouble) => {
    const uploaded = await client.uploadPipeline(
      { ...decision(), name, file: pipelineFile(name, ['train', 'publish']) },
      { signal },
    );
    const { pipeline, version } = uploaded.value;
    const request = {
      ...decision(),
      name: `${name}-1`,
      pipelineId: pipeline.id,
      versionId: version.id,
      parameters: {},
    };
    await client.submitRun(request, { signal });
  };
  const diagnosisOf = async (run: string) => {
    const agent = createKfpAgent({
      kfp: { client: () => Promise.resolve(client) },
      files: new FakeObjectStore({ clock: systemClock }),
    });
    const context = toolContext({ namespace: world.namespace, clock: systemClock });
    const result = await callTool(toolOf(agent, 'diagnose_run'), { run }, context);
    if (result.kind !== 'ok') throw new Error(JSON.stringify(result));
    return result.data as { cause: string; task?: string; message: string; logTail: string[]; whatToTry: string[] };
  };

  beforeAll(async () => {
    const scripts = Object.fromEntries(troubles.map(({ name, script }) => [name, { train: script }]));
    world = await createKfpWorld({ scripts });
    client = world.client();
    for (const trouble of troubles) await start(trouble);
  });
  afterAll(() => world.close());

  test.each(troubles)('$name: $expected.cause', async ({ name, expected, says }) => {
    const diagnosis = await waitFor(
      `the cause of ${name} is ${expected.cause}`,
      async () => {
        const found = await diagnosisOf(`${name}-1`);
        return found.cause === expected.cause ? found : undefined;
      },
      { withinMs: 45_000, everyMs: 500, explain: async () => JSON.stringify(await diagnosisOf(`${name}-1`)) },
    );
    expect(diagnosis).toMatchObject(expected);
    expect(JSON.stringify(diagnosis)).toContain(says);
    expect(diagnosis.whatToTry.length).toBeGreaterThan(0);
  });
});
