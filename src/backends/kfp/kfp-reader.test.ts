import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKfpServer, refusal } from '../../testing/fake-kfp-server.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { createKfpClient } from './create-kfp-client.ts';
import {
  recordedAnswers,
  recordedRecurringRuns as recurringRuns,
  recordedSpecifications,
} from './recorded/recorded-kfp.ts';
import { createSubmissionMemory } from './submission-memory.ts';

const options = { signal: new AbortController().signal };

function createWorld({ multiUser = false } = {}) {
  const clock = new FakeClock('2026-11-25T10:00:00Z');
  const server = new FakeKfpServer({ kube: new FakeKube({ clock }), clock });
  server.on('GET /healthz', { body: { multi_user: multiUser, tag_name: '2.17.0' } });
  const memory = createSubmissionMemory(clock);
  const client = createKfpClient({
    url: 'http://kfp.test',
    namespace: 'team-a',
    fetch: server.fetch,
    clock,
    random: () => 0,
    memory,
  });
  const asked = (path: string) => server.requests.filter((request) => request.path === path);
  return { server, client, asked };
}

const pipeline = (id: string, namespace: string, name = 'churn') => ({
  pipeline_id: id,
  name,
  ...(namespace !== '' && { namespace }),
  created_at: '2026-11-20T00:00:00Z',
});

describe('what the server is', () => {
  test('is asked for once', async () => {
    const { client, server, asked } = createWorld();
    server.on('GET /healthz', { body: recordedAnswers.health.body });
    const about = { version: '2.17.0', multiUser: false, pipelineStore: 'database' };
    expect([await client.about(options), await client.about(options)]).toEqual([about, about]);
    expect(asked('/healthz')).toHaveLength(1);
  });

  test('is asked for again after a failure', async () => {
    const { client, server } = createWorld();
    server.on('GET /healthz', { status: 500, body: { message: 'x', details: [{}] } });
    await expect(client.about(options)).rejects.toMatchObject({ name: 'RetryableError' });
    server.on('GET /healthz', { body: recordedAnswers.health.body });
    await expect(client.about(options)).resolves.toMatchObject({ version: '2.17.0' });
  });

  test('that answers something else is not Kubeflow Pipelines', async () => {
    const { client, server } = createWorld();
    server.on('GET /healthz', { body: { multi_user: 'yes' } });
    await expect(client.about(options)).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'NotKubeflowPipelines',
    });
  });
});

describe('pipelines of a server with many users', () => {
  function createSharedWorld() {
    const world = createWorld({ multiUser: true });
    world.server.on('GET /pipelines', ({ query }) => {
      const own = query.get('namespace') === 'team-a';
      return {
        body: {
          pipelines: own ? [pipeline('own', 'team-a')] : [pipeline('shared', ''), pipeline('common', '', 'common')],
        },
      };
    });
    return world;
  }

  test('are the own ones and the shared ones', async () => {
    const { items } = await createSharedWorld().client.listPipelines({}, options);
    expect(items.map(({ id }) => id).toSorted()).toEqual(['common', 'own', 'shared']);
  });

  test('of one name: the own one before the shared one', async () => {
    await expect(createSharedWorld().client.findPipeline('churn', options)).resolves.toMatchObject({ id: 'own' });
  });

  test('of another namespace are not found by their id either', async () => {
    const world = createSharedWorld();
    world.server.on('GET /pipelines/foreign', { body: pipeline('foreign', 'team-b', 'secret') });
    await expect(world.client.findPipeline('foreign', options)).resolves.toBeUndefined();
  });

  test('experiments and schedules are asked for in the own namespace', async () => {
    const { client, server, asked } = createWorld({ multiUser: true });
    server.on('GET /experiments', { body: {} });
    await client.listExperiments({}, options);
    await client.listSchedules({}, options);
    const namespaces = [...asked('/experiments'), ...asked('/recurringruns')].map(({ query }) =>
      query.get('namespace'),
    );
    expect(namespaces).toEqual(['team-a', 'team-a']);
  });

  test('an experiment of another namespace is not found by its id', async () => {
    const { client, server } = createWorld({ multiUser: true });
    server.on('GET /experiments', { body: {} });
    server.on('GET /experiments/e1', { body: { experiment_id: 'e1', display_name: 'x', namespace: 'team-b' } });
    await expect(client.findExperiment('e1', options)).resolves.toBeUndefined();
  });
});

describe('pipelines and versions', () => {
  test('are compared exactly, where KFP takes similar names for one', async () => {
    const { client, server } = createWorld();
    server.on('GET /pipelines', { body: { pipelines: [pipeline('p1', '', 'Zürich')] } });
    server.on('GET /pipelines/zurich', refusal(404, 'Pipeline zurich not found'));
    await expect(client.findPipeline('zurich', options)).resolves.toBeUndefined();
    await expect(client.findPipeline('Zürich', options)).resolves.toMatchObject({ id: 'p1' });
  });

  test('are read page by page, and a listing that is cut says so', async () => {
    const { client, server } = createWorld();
    server.on('GET /pipelines', ({ query }) => {
      const start = Number(query.get('page_token') ?? 0);
      const pipelines = Array.from({ length: Number(query.get('page_size')) }, (_, index) =>
        pipeline(`p${start + index}`, '', `n${start + index}`),
      );
      return { body: { pipelines, next_page_token: String(start + pipelines.length), total_size: 1e6 } };
    });
    const { items, isComplete } = await client.listPipelines({}, options);
    expect({ count: items.length, isComplete }).toEqual({ count: 2_000, isComplete: false });
  });

  test('a version is not taken from another pipeline, though KFP would serve it', async () => {
    const { client, server } = createWorld();
    server.on('GET /pipelines/p1/versions', { body: {} });
    server.on('GET /pipelines/p1/versions/v9', { body: { pipeline_id: 'p2', pipeline_version_id: 'v9', name: 'x' } });
    await expect(client.findVersion('p1', 'v9', options)).resolves.toBeUndefined();
  });

  test('the newest version is asked for alone, and a version of KFP 1 has no specification', async () => {
    const { client, server, asked } = createWorld();
    const old = { pipeline_id: 'p1', pipeline_version_id: 'v1', name: 'old', pipeline_spec: { kind: 'Workflow' } };
    server.on('GET /pipelines/p1/versions', { body: { pipeline_versions: [old] } });
    const version = await client.findVersion('p1', undefined, options);
    expect(version).toMatchObject({ name: 'old' });
    expect(version?.spec).toBeUndefined();
    const { query } = asked('/pipelines/p1/versions')[0] ?? {};
    expect([query?.get('page_size'), query?.get('sort_by')]).toEqual(['1', 'created_at desc']);
  });

  test('versions are listed without their specifications', async () => {
    const { client, server } = createWorld();
    const version = {
      pipeline_id: 'p1',
      pipeline_version_id: 'v1',
      pipeline_spec: recordedSpecifications.train_and_evaluate,
    };
    server.on('GET /pipelines/p1/versions', { body: { pipeline_versions: [version] } });
    const { items } = await client.listVersions('p1', options);
    expect(items[0]).not.toHaveProperty('spec');
  });
});

describe('names of what runs belong to', () => {
  test('are asked for once for all runs of a page, and left out when they may not be seen', async () => {
    const { client, server, asked } = createWorld();
    const reference = { pipeline_id: 'p1', pipeline_version_id: 'v1' };
    const created_at = '2026-11-20T00:00:00Z';
    for (const id of ['a', 'b', 'c']) {
      server.rows.set(id, { run_id: id, created_at, experiment_id: 'e1', pipeline_version_reference: reference });
    }
    server.on('GET /pipelines/p1', { body: pipeline('p1', '') });
    server.on('GET /experiments/e1', { status: 403, body: recordedAnswers.forbidden.body });
    const { runs } = await client.listRuns({ limit: 10 }, options);
    expect(runs.map((run) => [run.pipeline?.pipelineName, run.experimentName])).toEqual(
      Array.from({ length: 3 }, () => ['churn', undefined]),
    );
    expect([asked('/pipelines/p1').length, asked('/experiments/e1').length]).toEqual([1, 1]);
  });

  test('of a pipeline that was deleted are absent', async () => {
    const { client, server } = createWorld();
    const reference = { pipeline_id: 'gone', pipeline_version_id: 'gone' };
    server.rows.set('a', { run_id: 'a', created_at: '2026-11-20T00:00:00Z', pipeline_version_reference: reference });
    server.on('GET /pipelines/gone', refusal(404, 'Pipeline gone not found'));
    server.on('GET /pipelines/gone/versions/gone', refusal(404, 'PipelineVersion gone not found'));
    const run = await client.getRun('a', options);
    expect(run?.pipeline).toMatchObject({ pipelineId: 'gone' });
    expect(run?.pipeline?.pipelineName).toBeUndefined();
  });
});

describe('schedules', () => {
  test.each([
    ['cron', { trigger: { kind: 'cron', cron: '0 0 2 * * *' }, isEnabled: true, maxConcurrency: 1, catchup: false }],
    [
      'span',
      {
        trigger: {
          kind: 'cron',
          cron: '0 0 2 * * *',
          startTime: '2030-01-01T00:00:00Z',
          endTime: '2031-01-01T00:00:00Z',
        },
      },
    ],
    ['interval', { trigger: { kind: 'interval', seconds: 3_600 }, isEnabled: false }],
    ['withoutTrigger', { trigger: { kind: 'none' } }],
  ] as const)('are read as KFP wrote them: %s', async (name, expected) => {
    const { client, server } = createWorld();
    const wire = recurringRuns[name];
    const id = String(wire['recurring_run_id']);
    server.on(`GET /recurringruns/${id}`, { body: wire });
    const reference = wire['pipeline_version_reference'] as { pipeline_id: string; pipeline_version_id: string };
    server.on(`GET /pipelines/${reference.pipeline_id}`, { body: pipeline(reference.pipeline_id, '') });
    server.on(`GET /pipelines/${reference.pipeline_id}/versions/${reference.pipeline_version_id}`, { body: {} });
    await expect(client.getSchedule(id, options)).rejects.toMatchObject({ name: 'TerminalError' });
    const version = { ...reference, name: 'v1' };
    server.on(`GET /pipelines/${reference.pipeline_id}/versions/${reference.pipeline_version_id}`, { body: version });
    await expect(client.getSchedule(id, options)).resolves.toMatchObject({
      id,
      ...expected,
      pipeline: { pipelineName: 'churn', versionName: 'v1' },
    });
  });

  test('are found in the list that KFP spells in another way', async () => {
    const { client, server } = createWorld();
    server.on('GET /recurringruns', {
      body: { recurringRuns: [recurringRuns.cron, { error: { message: 'broken' } }], total_size: 2 },
    });
    const reference = recurringRuns.cron['pipeline_version_reference'] as { pipeline_id: string };
    server.on(`GET /pipelines/${reference.pipeline_id}`, { body: pipeline(reference.pipeline_id, '') });
    const { items } = await client.listSchedules({ nameContains: 'NIGHT' }, options);
    expect(items).toMatchObject([{ name: 'nightly', pipeline: { pipelineName: 'churn' } }]);
  });
});
