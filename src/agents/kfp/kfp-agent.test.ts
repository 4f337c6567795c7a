import { describe, expect, test } from 'vitest';
import { KfpRefusedError } from '../../backends/kfp/kfp-refused-error.ts';
import type { KfpSource } from '../../backends/kfp/kfp-client.ts';
import type { ObjectStoreSource } from '../../backends/s3/object-store.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { kfpWorld } from '../../testing/kfp-world.ts';
import { pipelineFileOf } from '../../testing/kfp-builders.ts';
import { createKfpAgent } from './kfp-agent.ts';
import { createKfpRunObserver } from './kfp-run-observer.ts';

const kfpAgentWorld = () => kfpWorld(createKfpAgent);

/** A request of every tool that would succeed in a healthy world. */
const requests: Readonly<Record<string, object>> = {
  list_pipelines: {},
  get_pipeline: { pipeline: 'churn-train' },
  list_pipeline_versions: { pipeline: 'churn-train' },
  upload_pipeline: { pipeline: 'fresh', source: 'builds/fresh.yaml' },
  list_experiments: {},
  get_experiment: { experiment: 'ablation' },
  create_experiment: { experiment: 'sandbox' },
  list_runs: {},
  get_run: { run: 'exp-12' },
  diagnose_run: { run: 'exp-12' },
  get_run_logs: { run: 'exp-12' },
  run_pipeline: { pipeline: 'churn-train', params: { data: 'c.csv' } },
  terminate_run: { run: 'exp-13' },
  retry_run: { run: 'exp-12' },
  compare_runs: { runs: ['exp-11', 'exp-12'] },
  get_run_metrics: { run: 'exp-11' },
  list_run_artifacts: { run: 'exp-11' },
  visualize_run: { run: 'exp-11' },
  list_schedules: {},
  create_schedule: { pipeline: 'churn-train', cron: '0 0 2 * * *', params: { data: 'a.csv' } },
  pause_schedule: { schedule: 'nightly' },
  resume_schedule: { schedule: 'nightly' },
  delete_schedule: { schedule: 'nightly' },
};

function healthyWorld() {
  const world = kfpAgentWorld();
  world.files.addBucket('builds');
  world.files.addObject({ bucket: 'builds', key: 'fresh.yaml' }, pipelineFileOf('fresh'));
  world.kfp.addSchedule({ name: 'nightly', pipeline: { pipelineId: 'churn-train', pipelineName: 'churn-train' } });
  const log = { task: 'train', podName: 'p', source: 'pod', text: 'KeyError: x', isCut: false } as const;
  world.kfp.updateRun('exp-12', {}, { logs: [{ kind: 'text', ...log }] });
  world.kfp.updateRun('exp-11', {}, { metrics: { scalars: [{ name: 'accuracy', value: 0.9, task: 'train' }] } });
  return world;
}

describe('the agent of Kubeflow Pipelines', () => {
  test('has a request here for each of its 23 tools', () => {
    expect(healthyWorld().agent.tools.map(({ name }) => name)).toEqual(Object.keys(requests));
    expect(Object.keys(requests)).toHaveLength(23);
  });

  test.each(Object.entries(requests))('%s succeeds and says so in one sentence', async (tool, input) => {
    const result = await healthyWorld().call(tool, input);
    expect(result).toMatchObject({ kind: 'ok', summary: expect.stringMatching(/^[A-Z0-9].*\.$/) as string });
  });

  test.each(Object.entries(requests))('%s leaves an outage to time', async (tool, input) => {
    const world = healthyWorld();
    world.kfp.failNext(new RetryableError('KfpUnavailable', 'no answer'));
    await expect(world.call(tool, input)).rejects.toThrow('no answer');
  });

  test.each(Object.entries(requests))('%s tells of a right that is missing', async (tool, input) => {
    const world = healthyWorld();
    world.kfp.failNext(new KfpRefusedError('Forbidden', 'User swarm-runner is not allowed to do this'));
    expect(await world.call(tool, input)).toMatchObject({
      kind: 'error',
      code: 'Forbidden',
      hint: expect.stringContaining('administrator') as string,
      untrusted: true,
    });
  });

  test.each(Object.entries(requests))('%s says when the namespace has no Kubeflow Pipelines', async (tool, input) => {
    const world = healthyWorld();
    const error = new TerminalError('KfpNotConfigured', 'Namespace team-a has no Kubeflow Pipelines.');
    const kfp: KfpSource = { client: () => Promise.reject(error) };
    const files: ObjectStoreSource = world.files;
    const found = createKfpAgent({ kfp, files }).tools.find(({ name }) => name === tool);
    const execute = (found as unknown as { execute: (input: object, context: object) => Promise<unknown> }).execute;
    await expect(execute(found?.input.parse(input) ?? {}, world.context)).rejects.toThrow(error);
  });

  test('asks as the account of the turn, in its namespace', async () => {
    const world = healthyWorld();
    await world.call('list_runs', {}, { configName: 'gpu' });
    expect(world.kfp.scopes[0]).toMatchObject({
      namespace: 'team-a',
      serviceAccountName: 'swarm-runner',
      configName: 'gpu',
    });
  });

  test.each(['list_pipelines', 'list_runs', 'list_experiments'])('%s stays in the own namespace', async (tool) => {
    expect(await healthyWorld().call(tool, { namespace: 'team-b' })).toMatchObject({ code: 'OtherNamespace' });
  });

  test('a refusal that comes between check and preview is left to the call itself', async () => {
    const world = healthyWorld();
    world.kfp.failNext(new KfpRefusedError('NotFound', 'gone'));
    expect(await world.preview('retry_run', { run: 'exp-12' })).toBeUndefined();
  });
});

describe('the inventory', () => {
  const scope = { namespace: 'team-a', serviceAccountName: 'swarm-runner' };

  test('shows pipelines with the parameters of their newest versions, experiments, schedules and runs', async () => {
    const { agent, context } = healthyWorld();
    const items = (await agent.inventory?.({ ...context, ...scope, limit: 100 })) ?? [];
    expect(items.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'pipeline churn-train',
      'experiment ablation',
      'schedule nightly',
      'run exp-13',
      'run exp-12',
      'run exp-11',
    ]);
    expect(items[0]?.parameters).toEqual([
      { name: 'data', type: 'string' },
      { name: 'epochs', type: 'integer', default: '3' },
      { name: 'learning_rate', type: 'number', default: '0.1' },
    ]);
    expect(items[5]?.attributes).toMatchObject({ pipeline: 'churn-train', experiment: 'ablation', state: 'Succeeded' });
  });

  test('leaves out what the account may not see, and says so when that is everything', async () => {
    const { agent, context, kfp } = healthyWorld();
    const refused = () => Promise.reject(new KfpRefusedError('Forbidden', 'no'));
    kfp.listSchedules = refused;
    const items = (await agent.inventory?.({ ...context, ...scope, limit: 100 })) ?? [];
    expect(items.map(({ kind }) => kind)).toEqual(['pipeline', 'experiment', 'run', 'run', 'run']);
    Object.assign(kfp, { listPipelines: refused, listExperiments: refused, listRuns: refused });
    await expect(agent.inventory?.({ ...context, ...scope, limit: 100 })).rejects.toThrow(KfpRefusedError);
  });

  test('stays within its bound, and costs a bounded number of requests', async () => {
    const { agent, context, kfp } = healthyWorld();
    for (let index = 0; index < 200; index += 1) {
      kfp.addPipeline({ name: `p-${index}` }, {});
      kfp.addRun({ name: `r-${index}` });
    }
    let reads = 0;
    const findVersion = kfp.findVersion.bind(kfp);
    kfp.findVersion = (pipelineId, reference) => {
      reads += 1;
      return findVersion(pipelineId, reference);
    };
    const items = (await agent.inventory?.({ ...context, ...scope, limit: 40 })) ?? [];
    expect(items).toHaveLength(40);
    expect(items.filter(({ kind }) => kind === 'run').length).toBeGreaterThan(10);
    expect(reads).toBeLessThanOrEqual(12);
  });
});

describe('whoever waits for a run', () => {
  test('is told how it is doing, by name or id, in the words of all backends', async () => {
    const { kfp, context } = healthyWorld();
    const observer = createKfpRunObserver(kfp.source());
    expect(await observer.observe('exp-13', context)).toMatchObject({
      backend: 'kfp',
      name: 'exp-13',
      pipeline: 'churn-train',
      state: 'Running',
      startedAt: '2026-03-10T11:57:00Z',
    });
    kfp.addRun({ name: 'other', id: 'id-of-other', state: 'Cancelled' });
    expect(await observer.observe('id-of-other', context)).toMatchObject({ name: 'other', state: 'Cancelled' });
    expect(await observer.observe('no-such-run', context)).toBeUndefined();
  });

  test('is told of the newest of several runs of one name', async () => {
    const { kfp, context } = healthyWorld();
    kfp.addRun({ name: 'exp-11', id: 'again', state: 'Pending' });
    expect(await createKfpRunObserver(kfp.source()).observe('exp-11', context)).toMatchObject({ id: 'again' });
  });

  test('is told of an end that was taken back', async () => {
    const { kfp, context } = healthyWorld();
    kfp.updateRun('exp-11', { state: 'Running', rawState: 'RUNNING', note: 'It had succeeded and is running again.' });
    const reference = await createKfpRunObserver(kfp.source()).observe('exp-11', context);
    expect(reference).toMatchObject({ state: 'Running', message: 'It had succeeded and is running again.' });
  });

  test('learns of a refusal as something a person must settle', async () => {
    const { kfp, context } = healthyWorld();
    kfp.failNext(new KfpRefusedError('Forbidden', 'no'));
    await expect(createKfpRunObserver(kfp.source()).observe('exp-13', context)).rejects.toThrow(TerminalError);
  });
});
