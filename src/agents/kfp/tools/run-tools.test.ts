import { describe, expect, test } from 'vitest';
import { runIdOf } from '../../../backends/kfp/effect-mark.ts';
import { KfpRefusedError } from '../../../backends/kfp/kfp-refused-error.ts';
import { kfpWorld } from '../../../testing/kfp-world.ts';
import { createKfpAgent } from '../kfp-agent.ts';

const kfpAgentWorld = () => kfpWorld(createKfpAgent);

const pipeline = 'churn-train';

describe('run_pipeline', () => {
  test('starts the newest version with typed parameters, and says so', async () => {
    const { kfp, call } = kfpAgentWorld();
    const params = { data: 'c.csv', epochs: '20', learning_rate: '0.01' };
    const result = await call('run_pipeline', { pipeline, params, experiment: 'ablation' });
    expect(kfp.submitted).toMatchObject([
      {
        pipelineId: pipeline,
        versionId: 'churn-train-v1',
        experimentId: 'ablation',
        parameters: { data: 'c.csv', epochs: 20, learning_rate: 0.01 },
        name: 'churn-train-aaaaaa',
        effectKey: 'a'.repeat(26),
        argumentsDigest: `sha256:${'0'.repeat(64)}`,
      },
    ]);
    expect(result).toMatchObject({
      kind: 'ok',
      summary:
        'Started run churn-train-aaaaaa of churn-train in experiment ablation with data=c.csv, epochs=20, learning_rate=0.01.',
      runs: [{ backend: 'kfp', name: 'churn-train-aaaaaa', pipeline, state: 'Pending' }],
    });
  });

  test('shows what it would do before anyone approves it', async () => {
    const { kfp, preview } = kfpAgentWorld();
    expect(await preview('run_pipeline', { pipeline, params: { data: 'c.csv' }, runName: 'friday' })).toBe(
      'Would run churn-train, version v1, as friday with data=c.csv; by default epochs=3, learning_rate=0.1.',
    );
    expect(kfp.submitted).toEqual([]);
  });

  test.each([
    ['an unknown pipeline', { pipeline: 'churn-trian' }, { code: 'NotFound', hint: 'Did you mean churn-train?' }],
    ['an unknown version', { pipeline, version: 'v9' }, { code: 'NotFound', hint: 'v1' }],
    [
      'an unknown experiment',
      { pipeline, experiment: 'ablatoin' },
      { code: 'NotFound', hint: 'Did you mean ablation?' },
    ],
    ['a missing parameter', { pipeline }, { code: 'InvalidParameters', hint: 'data (STRING, required)' }],
    ['a near miss', { pipeline, params: { data: 'a', epoch: 3 } }, { code: 'InvalidParameters', hint: 'epochs' }],
    [
      'a wrong type',
      { pipeline, params: { data: 'a', epochs: 'many' } },
      { code: 'InvalidParameters', hint: 'NUMBER_INTEGER' },
    ],
    [
      'a name that cannot be stored',
      { pipeline, params: { data: 'a' }, runName: '🎉' },
      { code: 'InvalidArgument', hint: 'another name' },
    ],
  ])('%s is answered before anyone is asked to approve', async (_name, input, { code, hint }) => {
    const { kfp, precheck, call } = kfpAgentWorld();
    const failure = { code, hint: expect.stringContaining(hint) as string };
    expect(await precheck('run_pipeline', input)).toMatchObject(failure);
    expect(await call('run_pipeline', input)).toMatchObject(failure);
    expect(kfp.submitted).toEqual([]);
  });

  test('names at most three near pipelines', async () => {
    const { kfp, precheck } = kfpAgentWorld();
    for (const name of ['churn-score', 'churn-report', 'churn-tune', 'billing']) kfp.addPipeline({ name }, {});
    const failure = await precheck('run_pipeline', { pipeline: 'churn' });
    expect(failure?.hint?.split(' or ')).toHaveLength(3);
    expect(failure?.hint).not.toContain('billing');
  });

  test('a repeat finds the run it started, also when the pipeline is gone meanwhile', async () => {
    const { kfp, call } = kfpAgentWorld();
    const input = { pipeline, params: { data: 'c.csv' } };
    const first = await call('run_pipeline', input);
    expect(await call('run_pipeline', input)).toEqual(first);
    expect(kfp.submitted).toHaveLength(1);

    const effectKey = 'b'.repeat(26);
    kfp.addRun({ name: 'begun', id: runIdOf(effectKey), state: 'Running' });
    const again = await call('run_pipeline', { pipeline: 'deleted' }, { effectKey });
    expect(again).toMatchObject({ kind: 'ok', data: { run: { name: 'begun' } } });
  });

  test('a run of the same key with other arguments is left alone', async () => {
    const { call } = kfpAgentWorld();
    await call('run_pipeline', { pipeline, params: { data: 'c.csv' } });
    const other = await call('run_pipeline', { pipeline, params: { data: 'd.csv' } }, { argumentsDigest: 'sha256:1' });
    expect(other).toMatchObject({ kind: 'error', code: 'EffectConflict' });
  });

  test('a pipeline of the old kind is not run blindly', async () => {
    const { kfp, precheck } = kfpAgentWorld();
    kfp.addPipeline({ name: 'old' });
    kfp.addVersion('old', { name: 'old', spec: undefined });
    expect(await precheck('run_pipeline', { pipeline: 'old' })).toMatchObject({ code: 'UnsupportedPipeline' });
  });
});

describe('terminate_run', () => {
  test('stops a run that is going, and a repeat finds it stopped', async () => {
    const { kfp, call, preview } = kfpAgentWorld();
    expect(await preview('terminate_run', { run: 'exp-13' })).toBe(
      'Would stop run exp-13 of churn-train, which is running since 3 min.',
    );
    expect(await call('terminate_run', { run: 'exp-13' })).toMatchObject({
      kind: 'ok',
      summary: 'Run exp-13 of churn-train is being stopped.',
    });
    kfp.updateRun('exp-13', { state: 'Cancelled', rawState: 'FAILED' });
    expect(await call('terminate_run', { run: 'exp-13' })).toMatchObject({
      kind: 'ok',
      summary: 'Run exp-13 of churn-train was stopped.',
      runs: [{ state: 'Cancelled' }],
    });
    expect(kfp.terminated).toEqual(['exp-13']);
  });

  test('a run that has ended is answered, before and after approval', async () => {
    const { precheck, call } = kfpAgentWorld();
    const failure = { code: 'AlreadyFinished', message: expect.stringContaining('failed after 10 min') as string };
    expect(await precheck('terminate_run', { run: 'exp-12' })).toMatchObject(failure);
    expect(await call('terminate_run', { run: 'exp-12' })).toMatchObject(failure);
  });

  test('a run that ends by itself meanwhile is reported as ended', async () => {
    const { kfp, call } = kfpAgentWorld();
    const terminateRun = kfp.terminateRun.bind(kfp);
    kfp.terminateRun = (id) => {
      kfp.updateRun(id, { state: 'Succeeded', finishedAt: '2026-03-10T12:00:00Z' });
      return terminateRun(id);
    };
    expect(await call('terminate_run', { run: 'exp-13' })).toMatchObject({ code: 'AlreadyFinished' });
  });

  test('a run that Kubeflow Pipelines calls failed because we stopped it was cancelled', async () => {
    const { kfp, call } = kfpAgentWorld();
    const terminateRun = kfp.terminateRun.bind(kfp);
    kfp.terminateRun = async (id) => {
      const terminated = await terminateRun(id);
      kfp.updateRun(id, { state: 'Failed', rawState: 'FAILED' });
      return terminated;
    };
    expect(await call('terminate_run', { run: 'exp-13' })).toMatchObject({
      summary: 'Run exp-13 of churn-train was stopped.',
      data: { state: 'Cancelled' },
      runs: [{ state: 'Cancelled' }],
    });
  });

  test('a run whose experiment is gone cannot be stopped, and the way out is told', async () => {
    const { kfp, precheck, call } = kfpAgentWorld();
    kfp.updateRun('exp-13', { experimentId: 'deleted' });
    const failure = { code: 'ExperimentGone', hint: expect.stringContaining('pipeline/runid=exp-13') as string };
    expect(await precheck('terminate_run', { run: 'exp-13' })).toMatchObject(failure);
    expect(await call('terminate_run', { run: 'exp-13' })).toMatchObject(failure);
    expect(kfp.terminated).toEqual([]);
  });

  test('of several runs of one name the one that is going is meant', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addRun({ name: 'exp-13', id: 'older', state: 'Succeeded', createdAt: '2026-01-01T00:00:00Z' });
    expect(await call('terminate_run', { run: 'exp-13' })).toMatchObject({ kind: 'ok', data: { id: 'exp-13' } });
  });
});

describe('retry_run', () => {
  test('sets a failed run going again, and does not do so twice', async () => {
    const { kfp, call, preview } = kfpAgentWorld();
    expect(await preview('retry_run', { run: 'exp-12' })).toBe(
      'Would run the failed tasks of exp-12 (churn-train) again, keeping what had succeeded.',
    );
    const summary = 'Run exp-12 of churn-train goes on from the tasks that failed.';
    expect(await call('retry_run', { run: 'exp-12' })).toMatchObject({
      kind: 'ok',
      summary,
      runs: [{ state: 'Running' }],
    });
    expect(await call('retry_run', { run: 'exp-12' })).toMatchObject({ kind: 'ok', summary });
    expect(kfp.retried).toEqual(['exp-12']);
  });

  test.each([
    ['exp-13', 'StillRunning', 'is running since 3 min'],
    ['exp-11', 'NothingToRetry', 'succeeded after 10 min'],
  ])('%s is not retried: %s', async (run, code, message) => {
    const { precheck, call } = kfpAgentWorld();
    const failure = { code, message: expect.stringContaining(message) as string };
    expect(await precheck('retry_run', { run })).toMatchObject(failure);
    expect(await call('retry_run', { run })).toMatchObject(failure);
  });

  test('a run that was stopped can be retried', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.updateRun('exp-13', { state: 'Cancelled', rawState: 'FAILED' });
    expect(await call('retry_run', { run: 'exp-13' })).toMatchObject({ kind: 'ok' });
  });

  test('another refusal is not taken for one about its state', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.retryRun = () => Promise.reject(new KfpRefusedError('Forbidden', 'no'));
    expect(await call('retry_run', { run: 'exp-12' })).toMatchObject({ code: 'Forbidden' });
  });
});

describe('which run is meant', () => {
  test('several of one name are asked back about, with their ids', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addRun({ name: 'exp-11', id: 'twin', state: 'Failed', createdAt: '2026-01-01T00:00:00Z' });
    expect(await call('get_run', { run: 'exp-11' })).toMatchObject({
      code: 'AmbiguousName',
      message:
        '2 runs are called exp-11: exp-11 (created 2026-03-07T08:00:00Z, succeeded after 10 min); twin (created 2026-01-01T00:00:00Z, failed).',
    });
    expect(await call('get_run', { run: 'twin' })).toMatchObject({ kind: 'ok', data: { run: { id: 'twin' } } });
    expect(await call('diagnose_run', { run: 'exp-11' })).toMatchObject({ kind: 'ok', data: { run: { id: 'twin' } } });
  });

  test('the newest of a pipeline, and for a diagnosis the newest that failed', async () => {
    const { call } = kfpAgentWorld();
    expect(await call('get_run', { pipeline })).toMatchObject({ data: { run: { name: 'exp-13' } } });
    expect(await call('diagnose_run', { pipeline })).toMatchObject({ data: { run: { name: 'exp-12' } } });
  });

  test.each([
    ['get_run', { run: 'exp-1' }, { code: 'NotFound', hint: 'Did you mean exp-1' }],
    ['get_run', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['get_run', { pipeline: 'churn' }, { code: 'NotFound', hint: 'churn-train' }],
    ['get_run', {}, { code: 'MissingArgument', hint: 'list_runs' }],
    ['diagnose_run', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['get_run_logs', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['get_run_metrics', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['list_run_artifacts', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['visualize_run', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['compare_runs', { runs: ['exp-11', 'zzz'] }, { code: 'NotFound', hint: 'list_runs' }],
    ['terminate_run', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
    ['retry_run', { run: 'zzz' }, { code: 'NotFound', hint: 'list_runs' }],
  ])('%s of %j', async (tool, input, { code, hint }) => {
    const { call } = kfpAgentWorld();
    expect(await call(tool, input)).toMatchObject({ code, hint: expect.stringContaining(hint) as string });
  });

  test('a pipeline that never ran has no newest run', async () => {
    const { kfp, call } = kfpAgentWorld();
    kfp.addPipeline({ name: 'idle' }, {});
    expect(await call('get_run', { pipeline: 'idle' })).toMatchObject({ message: 'Pipeline idle has no run.' });
  });
});

describe('list_runs', () => {
  test('tells how many there are, how they went, and the newest first', async () => {
    expect(await kfpAgentWorld().call('list_runs', {})).toMatchObject({
      summary:
        '3 Kubeflow runs fit (1 running, 1 failed, 1 succeeded): exp-13 is running since 3 min; exp-12 failed after 10 min; exp-11 succeeded after 10 min.',
      data: { total: 3, runs: [{ name: 'exp-13' }, { name: 'exp-12' }, { name: 'exp-11', experiment: 'ablation' }] },
    });
  });

  test.each([
    [{ state: 'Failed' }, ['exp-12']],
    [{ since: '24h' }, ['exp-13']],
    [{ until: '2026-03-07' }, ['exp-11']],
    [{ experiment: 'ablation' }, ['exp-11']],
    [{ pipeline: 'churn-train', nameContains: 'EXP-1', limit: 2 }, ['exp-13', 'exp-12']],
    [{ since: '2026-03-08', until: '2026-03-09' }, ['exp-12']],
  ])('%j', async (filter, names) => {
    const result = await kfpAgentWorld().call('list_runs', filter);
    expect(result).toMatchObject({ data: { runs: names.map((name) => ({ name })) } });
  });

  test('leads from page to page', async () => {
    const { call } = kfpAgentWorld();
    const first = await call('list_runs', { limit: 2 });
    expect(first).toMatchObject({ data: { total: 3, nextPageToken: expect.any(String) as string } });
    const { nextPageToken: pageToken } = (first as { data: { nextPageToken: string } }).data;
    expect(await call('list_runs', { limit: 2, pageToken })).toMatchObject({ data: { runs: [{ name: 'exp-11' }] } });
  });

  test('goes on when Kubeflow Pipelines gives empty pages before the runs of a pipeline', async () => {
    const { kfp, call } = kfpAgentWorld();
    const listRuns = kfp.listRuns.bind(kfp);
    kfp.listRuns = (query) =>
      query.pageToken === undefined ? Promise.resolve({ runs: [], nextPageToken: '0' }) : listRuns(query);
    expect(await call('list_runs', { pipeline })).toMatchObject({
      summary: expect.stringContaining('exp-13') as string,
    });
  });

  test.each([
    [{ since: 'recently' }, 'InvalidArgument'],
    [{ pipeline: 'zzz' }, 'NotFound'],
    [{ experiment: 'zzz' }, 'NotFound'],
  ])('%j is answered', async (filter, code) => {
    expect(await kfpAgentWorld().call('list_runs', filter)).toMatchObject({ code });
  });

  test('nothing that fits is no error', async () => {
    expect(await kfpAgentWorld().call('list_runs', { nameContains: 'zzz' })).toMatchObject({
      kind: 'ok',
      summary: 'No Kubeflow run fits.',
    });
  });
});
