import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../base/errors.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKfpServer, refusal } from '../../testing/fake-kfp-server.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { pipelineFileOf } from '../../testing/kfp-builders.ts';
import { createKfpClient } from './create-kfp-client.ts';
import { markedDescription } from './effect-mark.ts';
import type { NewSchedule } from './kfp-client.ts';
import { recordedAnswers } from './recorded/recorded-kfp.ts';
import { createSubmissionMemory } from './submission-memory.ts';

const options = { signal: new AbortController().signal };

async function createWorld({ multiUser = false } = {}) {
  const clock = new FakeClock('2026-11-25T10:00:00Z');
  const server = new FakeKfpServer({ kube: new FakeKube({ clock }), clock });
  server.on('GET /healthz', { body: { multi_user: multiUser } });
  const memory = createSubmissionMemory(clock);
  const settings = { url: 'http://kfp.test', namespace: 'team-a', fetch: server.fetch, clock, random: () => 0, memory };
  const client = createKfpClient(settings);
  await clock.advance(1_000);
  const decision = {
    effectKey: 'abcdefghijklmnopqrstuvwxyz',
    argumentsDigest: `sha256:${'a'.repeat(64)}`,
    isOwnDecision: true,
  };
  const changes = () => server.requests.filter(({ method }) => method !== 'GET');
  return { clock, server, client, decision, changes };
}
type World = Awaited<ReturnType<typeof createWorld>>;

describe('uploading', () => {
  const version = { pipeline_id: 'p1', pipeline_version_id: 'v1', name: 'hello' };

  async function createUploadWorld(settings = {}) {
    const world = await createWorld(settings);
    world.server.on('GET /pipelines', { body: {} });
    world.server.on('GET /pipelines/p1/versions', { body: { pipeline_versions: [version] } });
    world.server.on('POST /pipelines/upload', { body: { pipeline_id: 'p1', name: 'hello' } });
    const request = { ...world.decision, name: 'hello', description: 'greets', file: pipelineFileOf('hello') };
    return { ...world, request };
  }

  test('sends the file as KFP wants it, marked and into the own namespace', async () => {
    const { client, changes, request } = await createUploadWorld({ multiUser: true });
    await expect(client.uploadPipeline(request, options)).resolves.toMatchObject({
      kind: 'created',
      value: { pipeline: { id: 'p1' }, version: { id: 'v1' } },
    });
    const [sent] = changes();
    expect(Object.fromEntries(sent?.query ?? [])).toEqual({
      namespace: 'team-a',
      name: 'hello',
      description: markedDescription('greets', request),
    });
    expect(sent?.headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/);
    expect(sent?.body).toContain('name="uploadfile"; filename="pipeline.yaml"');
    expect(sent?.body).toContain(request.file.trim().split('\n')[0]);
  });

  test('reads an answer that KFP calls plain text', async () => {
    const { client, server, request } = await createUploadWorld();
    const body = JSON.stringify({ pipeline_id: 'p1', name: 'hello' });
    server.on('POST /pipelines/upload', { contentType: 'text/plain', body });
    await expect(client.uploadPipeline(request, options)).resolves.toMatchObject({ kind: 'created' });
  });

  test('never sends what is no pipeline, as KFP would not come back from it', async () => {
    const { client, server, request } = await createUploadWorld();
    const broken = { ...request, file: 'components: [\n\t}' };
    await expect(client.uploadPipeline(broken, options)).rejects.toMatchObject({ code: 'InvalidArgument' });
    expect(server.requests).toEqual([]);
  });

  test.each(['x'.repeat(128), 'rocket 🚀', ''])('refuses the name %j before it is sent', async (name) => {
    const { client, server, request } = await createUploadWorld();
    await expect(client.uploadPipeline({ ...request, name }, options)).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
    expect(server.requests).toEqual([]);
  });

  test('a name that was taken in between is looked at: whose is it?', async () => {
    const world = await createUploadWorld();
    const cases = [
      [markedDescription(undefined, world.request), 'adopted'],
      [markedDescription(undefined, { ...world.request, argumentsDigest: 'sha256:0' }), 'exists'],
      ['by hand', 'exists'],
    ] as const;
    for (const [description, kind] of cases) {
      let looks = 0;
      world.server.on('GET /pipelines', () => {
        looks += 1;
        return { body: looks === 1 ? {} : { pipelines: [{ pipeline_id: 'p1', name: 'Hello', description }] } };
      });
      world.server.on('POST /pipelines/upload', { status: 409, body: recordedAnswers.uploadTaken.body });
      await expect(world.client.uploadPipeline(world.request, options)).resolves.toMatchObject({ kind });
    }
  });

  test('a pipeline of ours that the server left without a version gets it', async () => {
    const { client, server, request, changes } = await createUploadWorld();
    const description = markedDescription('greets', request);
    server.on('GET /pipelines', { body: { pipelines: [{ pipeline_id: 'p1', name: 'hello', description }] } });
    server.on('GET /pipelines/p1/versions', { body: {} });
    server.on('POST /pipelines/upload_version', { body: version });
    await expect(client.uploadPipeline(request, options)).resolves.toMatchObject({
      kind: 'adopted',
      value: { version: { id: 'v1' } },
    });
    expect(changes().map(({ path, query }) => [path, query.get('pipelineid')])).toEqual([
      ['/pipelines/upload_version', 'p1'],
    ]);
  });

  test('that gets no answer is a matter of time', async () => {
    const { client, server, request } = await createUploadWorld();
    server.on('POST /pipelines/upload', { status: 503 });
    await expect(client.uploadPipeline(request, options)).rejects.toThrow(RetryableError);
  });
});

describe('stopping a run', () => {
  const put = ({ server }: World, state: string) => {
    server.rows.set('r1', { run_id: 'r1', state, created_at: '2026-11-25T09:00:00Z' });
  };

  test.each([
    ['RUNNING', 'terminating', 1],
    ['PENDING', 'terminating', 1],
    // Told once already.
    ['CANCELING', 'terminating', 1],
    ['SUCCEEDED', 'alreadyEnded', 0],
    ['FAILED', 'alreadyEnded', 0],
  ])('that is %s', async (state, kind, requests) => {
    const world = await createWorld();
    put(world, state);
    await expect(world.client.terminateRun('r1', options)).resolves.toMatchObject({ kind, run: { rawState: state } });
    expect(world.changes()).toHaveLength(requests);
  });

  test('that ends just now', async () => {
    const world = await createWorld();
    put(world, 'RUNNING');
    world.server.on('POST /runs/r1:terminate', refusal(400, 'Failed to terminate a run r1. Row not found'));
    await expect(world.client.terminateRun('r1', options)).resolves.toMatchObject({ kind: 'alreadyEnded' });
  });

  test('without the right to', async () => {
    const world = await createWorld();
    put(world, 'RUNNING');
    world.server.on('POST /runs/r1:terminate', { status: 403, body: recordedAnswers.forbidden.body });
    await expect(world.client.terminateRun('r1', options)).rejects.toMatchObject({ code: 'Forbidden' });
  });
});

describe('retrying a run', () => {
  const history = (...entries: readonly (readonly [string, string])[]) =>
    entries.map(([state, time]) => ({ state, update_time: `2026-11-25T${time}Z` }));
  const failed = history(['PENDING', '09:00:00'], ['RUNNING', '09:00:01'], ['FAILED', '09:30:00']);

  async function createRetryWorld(state: string, state_history: object) {
    const world = await createWorld();
    const put = (changes: object) => {
      world.server.rows.set('r1', {
        run_id: 'r1',
        state,
        created_at: '2026-11-25T09:00:00Z',
        state_history,
        ...changes,
      });
    };
    put({});
    world.server.on('POST /runs/r1:retry', { body: {} });
    return { ...world, put, request: { runId: 'r1', decidedAt: new Date('2026-11-25T10:00:01.500Z') } };
  }

  test('that failed', async () => {
    const { client, request, changes } = await createRetryWorld('FAILED', failed);
    await expect(client.retryRun(request, options)).resolves.toMatchObject({ kind: 'retrying' });
    expect(changes()).toHaveLength(1);
  });

  test.each([
    ['goes again since the decision', 'RUNNING', [...failed, ...history(['RUNNING', '10:00:01'])]],
    ['failed again since', 'FAILED', [...failed, ...history(['RUNNING', '10:00:05'], ['FAILED', '10:00:09'])]],
  ])('that %s is not done twice', async (_what, state, state_history) => {
    const { client, request, changes } = await createRetryWorld(state, state_history);
    await expect(client.retryRun(request, options)).resolves.toMatchObject({ kind: 'alreadyRetried' });
    expect(changes()).toHaveLength(0);
  });

  test.each([
    ['is running for the first time', 'RUNNING', history(['PENDING', '09:00:00'], ['RUNNING', '10:00:05'])],
    ['was retried before the decision', 'RUNNING', [...failed, ...history(['RUNNING', '09:59:00'])]],
    ['succeeded', 'SUCCEEDED', history(['SUCCEEDED', '09:30:00'])],
  ])('that %s is refused', async (_what, state, state_history) => {
    const { client, request, changes } = await createRetryWorld(state, state_history);
    await expect(client.retryRun(request, options)).rejects.toMatchObject({ code: 'Conflict' });
    expect(changes()).toHaveLength(0);
  });

  test('of which another request was quicker', async () => {
    const { client, request, server, put } = await createRetryWorld('FAILED', failed);
    server.on('POST /runs/r1:retry', () => {
      put({ state: 'RUNNING', state_history: [...failed, ...history(['RUNNING', '10:00:02'])] });
      return { status: 409, body: recordedAnswers.retryRefused.body };
    });
    await expect(client.retryRun(request, options)).resolves.toMatchObject({ kind: 'alreadyRetried' });
  });

  test('that KFP declines for a reason of its own', async () => {
    const { client, request, server } = await createRetryWorld('FAILED', failed);
    server.on('POST /runs/r1:retry', { status: 409, body: recordedAnswers.retryRefused.body });
    await expect(client.retryRun(request, options)).rejects.toThrow('Workflow must be Failed/Error to retry');
  });
});

describe('schedules', () => {
  const newSchedule = ({ decision }: World): NewSchedule => ({
    ...decision,
    name: 'nightly',
    pipelineId: 'p1',
    parameters: { epochs: 4 },
    trigger: { kind: 'interval', seconds: 3_600 },
    maxConcurrency: 1,
    catchup: false,
  });

  test('are sent switched on, with numbers as KFP writes them', async () => {
    const world = await createWorld();
    await world.client.createSchedule(newSchedule(world), options);
    expect(world.changes()[0]?.body).toEqual({
      display_name: 'nightly',
      description: markedDescription(undefined, world.decision),
      pipeline_version_reference: { pipeline_id: 'p1' },
      runtime_config: { parameters: { epochs: 4 } },
      max_concurrency: '1',
      mode: 'ENABLE',
      no_catchup: true,
      trigger: { periodic_schedule: { interval_second: '3600' } },
    });
  });

  test.each([
    ['after its row', 'after-row', 0],
    ['before anything', 'before-workflow', 150_000],
  ] as const)('are made once when the server dies %s', async (_what, diesAt, settleMs) => {
    const world = await createWorld();
    world.server.diesAt = diesAt;
    let waitedMs = 0;
    for (;;) {
      try {
        await world.client.createSchedule(newSchedule(world), options);
        break;
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        waitedMs += error.retryAfterMs ?? 0;
        await world.clock.advance(error.retryAfterMs ?? 0);
      }
    }
    expect(world.server.schedules.size).toBe(1);
    expect(waitedMs).toBeGreaterThanOrEqual(settleMs);
  });

  test.each([
    ['no trigger', { trigger: { kind: 'none' } }],
    ['five fields', { trigger: { kind: 'cron', cron: '0 2 * * *' } }],
    ['no runs at once', { maxConcurrency: 0 }],
    ['eleven runs at once', { maxConcurrency: 11 }],
    ['a name that cannot be stored', { name: '🚀' }],
  ] as const)('with %s are never sent', async (_what, changes) => {
    const world = await createWorld();
    const created = world.client.createSchedule({ ...newSchedule(world), ...changes }, options);
    await expect(created).rejects.toMatchObject({ code: 'InvalidArgument' });
    expect(world.changes()).toEqual([]);
  });

  test('that are gone are deleted already', async () => {
    const { client, server } = await createWorld();
    server.on('DELETE /recurringruns/s1', refusal(404, 'Job s1 not found'));
    await expect(client.deleteSchedule('s1', options)).resolves.toBeUndefined();
  });
});

describe('a server with many users', () => {
  test('gets runs and schedules with an experiment, made if need be, of the own namespace', async () => {
    const world = await createWorld({ multiUser: true });
    world.server.on('GET /experiments', { body: {} });
    world.server.on('POST /experiments', { body: { experiment_id: 'e9', display_name: 'Default' } });
    const request = { ...world.decision, name: 'r', pipelineId: 'p1', versionId: 'v1', parameters: {} };
    await world.client.submitRun(request, options);
    expect(world.changes().map(({ path, body }) => [path, body])).toMatchObject([
      ['/experiments', { display_name: 'Default', namespace: 'team-a' }],
      ['/runs', { experiment_id: 'e9' }],
    ]);
  });

  test('an experiment whose name was taken in between is adopted', async () => {
    const world = await createWorld({ multiUser: true });
    let looks = 0;
    world.server.on('GET /experiments', ({ query }) => {
      expect(query.get('namespace')).toBe('team-a');
      looks += 1;
      return { body: looks === 1 ? {} : { experiments: [{ experiment_id: 'e1', display_name: 'CHURN' }] } };
    });
    world.server.on('POST /experiments', { status: 409, body: recordedAnswers.experimentTaken.body });
    await expect(world.client.createExperiment({ name: 'churn' }, options)).resolves.toMatchObject({
      kind: 'exists',
      value: { id: 'e1' },
    });
  });
});
