import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../../base/errors.ts';
import { pipelineFileOf } from '../../../testing/kfp-builders.ts';
import { kfpWorld } from '../../../testing/kfp-world.ts';
import { createKfpAgent } from '../kfp-agent.ts';

const kfpAgentWorld = () => kfpWorld(createKfpAgent);

describe('pipelines', () => {
  test('are listed with their newest versions', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addVersion('churn-train', { name: 'v2' });
    kfp.addPipeline({ name: 'fraud-train' }, { name: 'v1' });
    expect(await call('list_pipelines', {})).toMatchObject({
      summary: '2 Kubeflow pipelines: fraud-train, churn-train.',
      data: { total: 2, pipelines: [{ name: 'fraud-train' }, { name: 'churn-train', newestVersion: 'v2' }] },
    });
    expect(await call('list_pipelines', { nameContains: 'CHURN', limit: 1 })).toMatchObject({ data: { total: 1 } });
    expect(await call('list_pipelines', { nameContains: 'zzz' })).toMatchObject({
      summary: 'No Kubeflow pipeline has zzz in its name.',
    });
    expect(await call('list_pipelines', { pageToken: 'zzz' })).toMatchObject({ code: 'InvalidArgument' });
  });

  test('are described with what they take and do', async () => {
    expect(await kfpAgentWorld().call('get_pipeline', { pipeline: 'churn-train' })).toMatchObject({
      summary:
        'Pipeline churn-train, version v1, has 2 tasks (prepare, train) and takes data (STRING, required), ' +
        'epochs (NUMBER_INTEGER, default 3), learning_rate (NUMBER_DOUBLE, default 0.1). Trains the churn model.',
      data: {
        version: 'v1',
        parameters: [{ name: 'data', required: true }, { name: 'epochs', required: false, default: '3' }, {}],
        tasks: [
          { name: 'prepare', image: 'python:3.11-slim' },
          { after: ['prepare'], resources: { memoryLimit: '2Gi' } },
        ],
      },
    });
  });

  test('have versions', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addVersion('churn-train', { name: 'v2', createdAt: '2026-03-09T00:00:00Z' });
    expect(await call('list_pipeline_versions', { pipeline: 'churn-train' })).toMatchObject({
      summary:
        'Pipeline churn-train has 2 versions, newest first: v2, v1; the newest is v2, uploaded 2026-03-09T00:00:00Z.',
      data: { total: 2, versions: [{ name: 'v2' }, { name: 'v1' }] },
    });
  });

  test.each([
    ['get_pipeline', { pipeline: 'chrun-train' }, 'Did you mean churn-train?'],
    ['get_pipeline', { pipeline: 'churn-train', version: 'v3' }, 'Did you mean v1?'],
    ['list_pipeline_versions', { pipeline: 'zzz' }, 'There are: churn-train.'],
    ['get_experiment', { experiment: 'ablatoin' }, 'Did you mean ablation?'],
  ])('%s of %j is answered with names that exist', async (tool, input, hint) => {
    const result = await kfpAgentWorld().call(tool, input);
    expect(result).toMatchObject({ code: 'NotFound', hint: expect.stringContaining(hint) as string });
  });

  test('without any version cannot be described', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addPipeline({ name: 'empty' });
    expect(await call('get_pipeline', { pipeline: 'empty' })).toMatchObject({
      hint: expect.stringContaining('upload') as string,
    });
    expect(await call('list_pipeline_versions', { pipeline: 'empty' })).toMatchObject({
      summary: 'Pipeline empty has no version.',
    });
  });
});

describe('experiments', () => {
  test('are listed and described with their newest runs', async () => {
    const { call } = kfpAgentWorld();
    expect(await call('list_experiments', {})).toMatchObject({ summary: '1 experiment: ablation.' });
    expect(await call('list_experiments', { nameContains: 'zzz' })).toMatchObject({ summary: 'No experiment fits.' });
    expect(await call('get_experiment', { experiment: 'ablation' })).toMatchObject({
      summary:
        'Experiment ablation (Leave one feature out) was made 2026-03-02T00:00:00Z and has 1 run, the newest of which, exp-11, succeeded after 10 min. Kubeflow Pipelines does not record who made it.',
      data: { newestRuns: [{ name: 'exp-11' }] },
    });
  });

  test('are created once, and one that is there is used', async () => {
    const { kfp, call, precheck } = kfpAgentWorld();
    const input = { experiment: 'sandbox', description: 'To play' };
    expect(await precheck('create_experiment', input)).toBeUndefined();
    expect(await call('create_experiment', input)).toMatchObject({ summary: 'Experiment sandbox was created.' });
    expect(await call('create_experiment', input)).toMatchObject({
      summary: 'Experiment sandbox was there already and is used as it is.',
    });
    expect(await precheck('create_experiment', input)).toMatchObject({ code: 'AlreadyExists' });
    expect((await kfp.listExperiments({})).items).toHaveLength(2);
  });

  test('with names that cannot be stored are refused', async () => {
    const { precheck, call } = kfpAgentWorld();
    expect(await precheck('create_experiment', { experiment: '🎉' })).toMatchObject({ code: 'InvalidArgument' });
    expect(await call('create_experiment', { experiment: '🎉' })).toMatchObject({ code: 'InvalidArgument' });
  });
});

describe('upload_pipeline', () => {
  function storedWorld() {
    const world = kfpAgentWorld();
    world.files.addBucket('builds');
    const put = (key: string, text: string) => world.files.addObject({ bucket: 'builds', key }, text);
    put('fresh.yaml', pipelineFileOf('fresh'));
    put('broken.yaml', 'a: [1, 2');
    put('other.yaml', 'just: yaml');
    put('huge.yaml', `# ${'x'.repeat(5 * 1024 * 1024)}`);
    return world;
  }

  test('registers a new pipeline, once', async () => {
    const { kfp, call, precheck, preview } = storedWorld();
    const input = { pipeline: 'fresh', source: 'builds/fresh.yaml' };
    expect(await precheck('upload_pipeline', input)).toBeUndefined();
    expect(await preview('upload_pipeline', input)).toBe(
      'Would register builds/fresh.yaml as new pipeline fresh: 1 task; it takes no parameters.',
    );
    const result = await call('upload_pipeline', input);
    expect(result).toMatchObject({
      summary: 'Registered builds/fresh.yaml as version fresh of pipeline fresh: 1 task; it takes no parameters.',
      data: { pipeline: { name: 'fresh', newestVersion: 'fresh' }, version: 'fresh' },
    });
    expect(await call('upload_pipeline', input)).toEqual(result);
    expect((await kfp.listPipelines({})).items).toHaveLength(2);
  });

  test('adds a version to a pipeline, once', async () => {
    const { kfp, call, precheck } = storedWorld();
    const input = { pipeline: 'churn-train', version: 'v2', source: 's3://builds/fresh.yaml' };
    expect(await precheck('upload_pipeline', input)).toBeUndefined();
    const result = await call('upload_pipeline', input);
    expect(result).toMatchObject({ kind: 'ok', data: { version: 'v2' } });
    expect(await call('upload_pipeline', input)).toEqual(result);
    expect((await kfp.listVersions('churn-train')).items).toHaveLength(2);
  });

  const source = 'builds/fresh.yaml';
  test.each([
    [
      'a pipeline that exists',
      { pipeline: 'churn-train', source },
      { code: 'AlreadyExists', hint: 'Is a new version of it meant?' },
    ],
    [
      'a version that exists',
      { pipeline: 'churn-train', version: 'v1', source },
      { code: 'AlreadyExists', hint: 'another version' },
    ],
    [
      'a version of nothing',
      { pipeline: 'zzz', version: 'v1', source },
      { code: 'NotFound', hint: 'leave the version out' },
    ],
    ['a name that cannot be stored', { pipeline: '🎉', source }, { code: 'InvalidArgument', hint: 'another name' }],
    ['no object at all', { pipeline: 'p', source: 'fresh.yaml' }, { code: 'InvalidArgument', hint: 'bucket/key' }],
    [
      'an object that is not there',
      { pipeline: 'p', source: 'builds/frehs.yaml' },
      { code: 'NotFound', hint: 'fresh.yaml' },
    ],
    ['a file too large', { pipeline: 'p', source: 'builds/huge.yaml' }, { code: 'TooLarge', hint: undefined }],
    [
      'a file that is no YAML',
      { pipeline: 'p', source: 'builds/broken.yaml' },
      { code: 'InvalidPipeline', hint: 'Compile' },
    ],
    [
      'YAML that is no pipeline',
      { pipeline: 'p', source: 'builds/other.yaml' },
      { code: 'InvalidPipeline', hint: 'Compile' },
    ],
    [
      'a bucket that is not there',
      { pipeline: 'p', source: 'zzzzz/fresh.yaml' },
      { code: 'NoSuchBucket', hint: undefined },
    ],
  ])('%s is answered, and nothing is sent', async (_name, input, { code, hint }) => {
    const { kfp, call, precheck } = storedWorld();
    for (const answer of [await precheck('upload_pipeline', input), await call('upload_pipeline', input)]) {
      expect(answer).toMatchObject({ code });
      if (hint !== undefined) expect(answer).toMatchObject({ hint: expect.stringContaining(hint) as string });
    }
    expect((await kfp.listPipelines({})).items).toHaveLength(1);
    expect((await kfp.listVersions('churn-train')).items).toHaveLength(1);
  });

  test('an outage of the object store is left to time', async () => {
    const { files, call } = storedWorld();
    files.failNext(new RetryableError('ObjectStoreUnavailable', 'no answer from the store'));
    await expect(call('upload_pipeline', { pipeline: 'fresh', source })).rejects.toThrow('no answer from the store');
  });
});
