import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KfpClient } from '../../../src/backends/kfp/kfp-client.ts';
import { type KfpPipeline, type KfpRun, type KfpVersion } from '../../../src/backends/kfp/kfp-objects.ts';
import { recordedFolder } from '../../kfp/replay/recorded-lines.ts';
import { waitFor } from '../../support/wait-for.ts';
import { decision } from './decision.ts';
import { createKfpWorld, type KfpWorld } from './kfp-world.ts';

const options = { signal: new AbortController().signal };
const fileOf = (name: string) => readFileSync(`${recordedFolder}/pipelines/${name}.yaml`, 'utf8');
const runWithinMs = 30_000;

const metrics = { metrics: { accuracy: 0.93, loss: 0.2 } };
const confusion = {
  annotationSpecs: [{ displayName: 'no' }, { displayName: 'yes' }],
  rows: [{ row: [5, 1] }, { row: [2, 8] }],
};

describe('the client of Kubeflow Pipelines against a server on the test cluster', () => {
  let world: KfpWorld;
  let client: KfpClient;
  let pipeline: KfpPipeline;
  let version: KfpVersion;

  const start = async (name: string, parameters: Record<string, number> = { epochs: 3 }) => {
    const request = { ...decision(), name, pipelineId: pipeline.id, versionId: version.id, parameters };
    const submitted = await client.submitRun(request, options);
    if (submitted.kind === 'conflict') throw new Error(submitted.message);
    return { request, run: submitted.value, kind: submitted.kind };
  };
  const ended = (run: KfpRun) =>
    waitFor(
      `run ${run.name} has ended`,
      async () => {
        const now = await client.getRun(run.id, options);
        return now?.finishedAt === undefined ? undefined : now;
      },
      { withinMs: runWithinMs },
    );

  beforeAll(async () => {
    world = await createKfpWorld({
      scripts: {
        'train-and-evaluate': {
          train: { log: 'epoch 1\nepoch 2\n', artifacts: { model: 'weights' } },
          evaluate: { metrics, classification: { classification: { confusionMatrix: confusion } } },
        },
      },
    });
    client = world.client();
    const uploaded = await client.uploadPipeline(
      { ...decision(), name: 'churn', file: fileOf('train_and_evaluate') },
      options,
    );
    ({ pipeline, version } = uploaded.value);
  });
  afterAll(() => world.close());

  test('says which server it is', async () => {
    expect(await client.about(options)).toMatchObject({ version: '2.17.0' });
  });

  test('finds pipelines and versions with the parameters they declare', async () => {
    const found = await client.findPipeline('churn', options);
    expect(found?.id).toBe(pipeline.id);
    const newest = await client.findVersion(pipeline.id, undefined, options);
    expect(newest?.spec?.parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(['epochs', 'lr']));
  });

  test('runs a pipeline as a Workflow of the cluster and follows it to its end', async () => {
    const { run, kind } = await start('follow me');
    expect(kind).toBe('created');
    const workflows = await world.team.kubectl.list('workflows', '-l', `pipeline/runid=${run.id}`);
    expect(workflows).toHaveLength(1);
    expect(await ended(run)).toMatchObject({ state: 'Succeeded', parameters: { epochs: 3 } });
    const tasks = await client.listTasks(run.id, options);
    expect(tasks.map(({ name, state }) => [name, state])).toEqual([
      ['train', 'Succeeded'],
      ['evaluate', 'Succeeded'],
    ]);
  });

  test('reads metrics, artifacts and logs that a run has left behind', async () => {
    const { run } = await start('leave behind');
    await ended(run);
    const found = await waitFor(
      'the metrics are there',
      async () => {
        const all = await client.getMetrics(run.id, options);
        return all.scalars.length > 0 ? all : undefined;
      },
      { withinMs: runWithinMs },
    );
    expect(Object.fromEntries(found.scalars.map(({ name, value }) => [name, value]))).toEqual({
      accuracy: 0.93,
      loss: 0.2,
    });
    const artifacts = await client.listArtifacts(run.id, options);
    const model = artifacts.find(({ name }) => name === 'model');
    expect(model).toMatchObject({ type: 'Model', task: 'train' });
    const content = await client.readArtifact({ uri: model?.uri ?? '', maxBytes: 100 }, options);
    expect(Buffer.from(content ?? []).toString('utf8')).toBe('weights');
    const logs = await client.readLogs({ runId: run.id, task: 'train', tailLines: 10 }, options);
    expect(JSON.stringify(logs)).toContain('epoch 2');
  });

  test('adopts the run of a decision that was carried out before', async () => {
    const { request, run } = await start('once only');
    const again = await client.submitRun(request, options);
    expect(again).toMatchObject({ kind: 'adopted', value: { id: run.id } });
    const other = await client.submitRun({ ...request, argumentsDigest: `sha256:${'0'.repeat(64)}` }, options);
    expect(other.kind).toBe('conflict');
  });

  test('stops a run, which ends as cancelled', async () => {
    world.simulator.settings.scripts = {
      ...world.simulator.settings.scripts,
      '*': { '*': { outcome: 'run-for-ever' } },
    };
    const uploaded = await client.uploadPipeline(
      { ...decision(), name: 'endless', file: fileOf('hello_world') },
      options,
    );
    const { pipeline: endless, version: first } = uploaded.value;
    const request = { ...decision(), name: 'stop me', pipelineId: endless.id, versionId: first.id, parameters: {} };
    const submitted = await client.submitRun(request, options);
    if (submitted.kind === 'conflict') throw new Error(submitted.message);
    expect(await client.terminateRun(submitted.value.id, options)).toMatchObject({ kind: 'terminating' });
    expect(await ended(submitted.value)).toMatchObject({ state: 'Cancelled', rawState: 'FAILED' });
    expect(await client.terminateRun(submitted.value.id, options)).toMatchObject({ kind: 'alreadyEnded' });
  });

  test('makes a schedule once, switches it off and removes it', async () => {
    const request = {
      ...decision(),
      name: 'nightly',
      pipelineId: pipeline.id,
      parameters: { epochs: 1 },
      trigger: { kind: 'cron', cron: '0 0 2 * * *' },
      maxConcurrency: 1,
      catchup: false,
    } as const;
    const created = await client.createSchedule(request, options);
    if (created.kind === 'conflict') throw new Error(created.message);
    expect(await client.createSchedule(request, options)).toMatchObject({
      kind: 'adopted',
      value: { id: created.value.id },
    });
    await client.setScheduleEnabled(created.value.id, false, options);
    expect(await client.getSchedule(created.value.id, options)).toMatchObject({ isEnabled: false });
    await client.deleteSchedule(created.value.id, options);
    expect(await client.getSchedule(created.value.id, options)).toBeUndefined();
  });

  test('lists runs newest first, by state and name, page by page', async () => {
    for (const name of ['list a', 'list b', 'list c']) await ended((await start(name)).run);
    const first = await client.listRuns({ nameContains: 'LIST', state: 'Succeeded', limit: 2 }, options);
    const rest = await client.listRuns(
      { nameContains: 'LIST', state: 'Succeeded', limit: 2, pageToken: first.nextPageToken },
      options,
    );
    expect([...first.runs, ...rest.runs].map(({ name }) => name).toSorted()).toEqual(['list a', 'list b', 'list c']);
  });
});
