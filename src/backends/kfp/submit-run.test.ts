import { describe, expect, test } from 'vitest';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { KubeApiError } from '../../kube/errors.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { type DeathPoint, FakeKfpServer, refusal, workflowType } from '../../testing/fake-kfp-server.ts';
import { FakeKube, type FakeRequest } from '../../testing/fake-kube.ts';
import { createKfpClient } from './create-kfp-client.ts';
import { runIdOf } from './effect-mark.ts';
import type { KfpClient, NewKfpRun, Submitted } from './kfp-client.ts';
import type { KfpRun } from './kfp-objects.ts';
import { createSubmissionMemory } from './submission-memory.ts';

const effectKey = 'abcdefghijklmnopqrstuvwxyz';
const id = runIdOf(effectKey);
const digest = `sha256:${'a'.repeat(64)}`;
const options = { signal: new AbortController().signal };
const denied = new KubeApiError({ status: 403, reason: 'Forbidden', message: 'workflows is forbidden' });

interface WorldOptions {
  /** Whether the run-as account may list Workflows. */
  readonly seesWorkflows?: boolean;
}

/** A server, and processes that ask it one after the other. */
async function createWorld({ seesWorkflows = true }: WorldOptions = {}) {
  const clock = new FakeClock('2026-11-25T10:00:00Z');
  const kube = new FakeKube({ clock });
  const server = new FakeKfpServer({ kube, clock });
  if (!seesWorkflows) {
    const matches = ({ plural, impersonate }: FakeRequest) => plural === 'workflows' && impersonate !== undefined;
    kube.fail({ matches, error: denied, times: 1e6 });
  }
  const connect = (): KfpClient =>
    createKfpClient({
      url: 'http://kfp.test',
      namespace: 'kubeflow',
      fetch: server.fetch,
      clock,
      random: () => 0,
      memory: createSubmissionMemory(clock),
      cluster: { kube, impersonate: 'system:serviceaccount:team-a:swarm-runner' },
    });
  const first = connect();
  const startSuccessor = (): KfpClient => {
    const client = connect();
    return { ...client, submitRun: (run, call) => client.submitRun({ ...run, isOwnDecision: false }, call) };
  };
  await clock.advance(1_000);
  const request: NewKfpRun = {
    effectKey,
    argumentsDigest: digest,
    isOwnDecision: true,
    name: 'churn',
    pipelineId: 'p1',
    versionId: 'v1',
    experimentId: 'e1',
    parameters: { epochs: 3 },
  };
  const livingWorkflows = async () => (await kube.list(workflowType, { namespace: 'kubeflow' })).items.length;
  return { clock, kube, server, startSuccessor, first, request, livingWorkflows };
}
type World = Awaited<ReturnType<typeof createWorld>>;

/** Comes back as the engine does, until there is an answer. */
async function untilAnswered(
  world: World,
  client: KfpClient,
  request = world.request,
): Promise<{ submitted: Submitted<KfpRun>; waitedMs: number }> {
  for (let waitedMs = 0; waitedMs < 900_000;) {
    try {
      return { submitted: await client.submitRun(request, options), waitedMs };
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      const pauseMs = error.retryAfterMs ?? 1_000;
      waitedMs += pauseMs;
      await world.clock.advance(pauseMs);
    }
  }
  throw new Error('there was no answer within a quarter of an hour');
}

const posts = ({ server }: World) =>
  server.requests.filter(({ method, path }) => method === 'POST' && path === '/runs');

describe('submitting a run', () => {
  test('sends id, mark and parameters, and no word more than asked for', async () => {
    const world = await createWorld();
    const submitted = await world.first.submitRun(world.request, options);
    expect(submitted).toMatchObject({ kind: 'created', value: { id, name: 'churn', state: 'Pending' } });
    expect(posts(world)[0]?.body).toEqual({
      run_id: id,
      display_name: 'churn',
      description: `[swarm:${effectKey} ${digest}]`,
      experiment_id: 'e1',
      pipeline_version_reference: { pipeline_id: 'p1', pipeline_version_id: 'v1' },
      runtime_config: { parameters: { epochs: 3 } },
    });
  });

  test('asks for the run before it sends it, and needs no other request for a new decision', async () => {
    const world = await createWorld();
    await world.first.submitRun(world.request, options);
    const asked = world.server.requests.filter(({ path }) => path !== '/healthz');
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([`GET /runs/${id}`, 'POST /runs']);
  });

  test('finds the run of an earlier call, whoever made it', async () => {
    const world = await createWorld();
    await world.first.submitRun(world.request, options);
    const again = await world.first.submitRun(world.request, options);
    const successor = await world.startSuccessor().submitRun(world.request, options);
    expect([again.kind, successor.kind]).toEqual(['adopted', 'adopted']);
    expect(world.server.workflows).toHaveLength(1);
  });

  test('does not take a run of the same decision with other arguments', async () => {
    const world = await createWorld();
    await world.first.submitRun(world.request, options);
    const other = { ...world.request, argumentsDigest: `sha256:${'b'.repeat(64)}` };
    await expect(world.first.submitRun(other, options)).resolves.toMatchObject({ kind: 'conflict' });
  });

  test('does not take a run that somebody else gave our id', async () => {
    const world = await createWorld();
    world.server.rows.set(id, { run_id: id, description: 'mine', created_at: '2026-11-25T10:00:00Z' });
    await expect(world.first.submitRun(world.request, options)).resolves.toMatchObject({ kind: 'conflict' });
    expect(posts(world)).toHaveLength(0);
  });

  test.each([
    [400, 'parameter lr is not declared', 'InvalidArgument'],
    [403, 'User may not', 'Forbidden'],
    [404, 'Experiment e1 not found', 'NotFound'],
    [409, 'taken', 'Conflict'],
  ])('hands on what KFP declines with %i', async (status, message, code) => {
    const world = await createWorld();
    world.server.on('POST /runs', refusal(status, message));
    await expect(world.first.submitRun(world.request, options)).rejects.toMatchObject({
      name: 'KfpRefusedError',
      code,
      message,
    });
    expect(posts(world)).toHaveLength(1);
  });

  test.each([
    ['a name of 256 characters', 'n'.repeat(256)],
    ['an emoji in the name', 'rocket 🚀'],
    ['an empty name', ' '],
  ])('never sends %s, which KFP would refuse after it has started it', async (_what, name) => {
    const world = await createWorld();
    await expect(world.first.submitRun({ ...world.request, name }, options)).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
    expect(posts(world)).toHaveLength(0);
  });

  test('shortens a description so that it fits beside the mark', async () => {
    const world = await createWorld();
    await world.first.submitRun({ ...world.request, description: `${'x'.repeat(400)}🚀` }, options);
    const { description } = posts(world)[0]?.body as { description: string };
    expect(description.length).toBeLessThanOrEqual(255);
    expect(description).toContain(`[swarm:${effectKey} ${digest}]`);
  });
});

describe('a server that dies while it makes the run', () => {
  const points: readonly DeathPoint[] = ['before-workflow', 'after-workflow', 'after-row'];
  const cases = points.flatMap((point) =>
    [true, false].flatMap((seesWorkflows) => [true, false].map((restarts) => ({ point, seesWorkflows, restarts }))),
  );

  test.each(cases)('$point, Workflows seen: $seesWorkflows, our restart: $restarts', async (each) => {
    const world = await createWorld({ seesWorkflows: each.seesWorkflows });
    world.server.diesAt = each.point;
    const lost = world.first.submitRun(world.request, options);
    if (each.point === 'after-row') await expect(lost).resolves.toMatchObject({ kind: 'adopted' });
    else await expect(lost).rejects.toMatchObject({ reason: 'KfpSettling' });

    // What KFP does itself with an execution without a row, after its grace time.
    world.clock.schedule(125_000, () => {
      if (!world.server.rows.has(id)) void world.kube.delete(workflowType, { namespace: 'kubeflow', name: 'wf-0' });
    });
    await world.clock.advance(1_000);
    const client = each.restarts ? world.startSuccessor() : world.first;
    const { submitted, waitedMs } = await untilAnswered(world, client);

    expect(submitted).toMatchObject({ value: { id } });
    expect([...world.server.rows.keys()]).toEqual([id]);
    expect(await world.livingWorkflows()).toBe(1);
    if (each.point === 'after-row') expect(waitedMs).toBe(0);
    if (each.point === 'after-workflow') expect(waitedMs).toBeGreaterThanOrEqual(120_000);
    if (each.point === 'before-workflow') {
      // Without a trace, a successor only waits for what its predecessor might have under way.
      const isQuick = each.restarts && each.seesWorkflows;
      expect(waitedMs).toBeGreaterThanOrEqual(isQuick ? 20_000 : 149_000);
      expect(world.server.workflows).toHaveLength(1);
    }
  });

  test('an execution that KFP never clears away is deleted before the run is sent again', async () => {
    const world = await createWorld();
    world.server.diesAt = 'after-workflow';
    await expect(world.first.submitRun(world.request, options)).rejects.toThrow(RetryableError);
    const { waitedMs } = await untilAnswered(world, world.first);
    expect(waitedMs).toBeGreaterThanOrEqual(150_000);
    expect(world.server.workflows).toEqual(['wf-0', 'wf-1']);
    expect(await world.livingWorkflows()).toBe(1);
  });

  test('an execution whose row appears late is adopted', async () => {
    const world = await createWorld();
    world.server.diesAt = 'after-workflow';
    await expect(world.first.submitRun(world.request, options)).rejects.toThrow(RetryableError);
    world.clock.schedule(60_000, () => {
      const description = `[swarm:${effectKey} ${digest}]`;
      world.server.rows.set(id, { run_id: id, description, created_at: world.clock.now().toISOString() });
    });
    const { submitted } = await untilAnswered(world, world.first);
    expect(submitted.kind).toBe('adopted');
    expect(world.server.workflows).toEqual(['wf-0']);
  });
});

describe('our own process that dies', () => {
  test('before it sent anything: the successor sends it once', async () => {
    const world = await createWorld();
    await world.clock.advance(1_000);
    const { submitted } = await untilAnswered(world, world.startSuccessor());
    expect(submitted.kind).toBe('created');
    expect(world.server.workflows).toHaveLength(1);
  });

  test('after KFP made the run: the successor finds it', async () => {
    const world = await createWorld();
    await world.first.submitRun(world.request, options);
    const { submitted, waitedMs } = await untilAnswered(world, world.startSuccessor());
    expect({ kind: submitted.kind, waitedMs }).toEqual({ kind: 'adopted', waitedMs: 0 });
  });

  test('while it waits for what became of a request: the successor goes on waiting', async () => {
    const world = await createWorld({ seesWorkflows: false });
    world.server.diesAt = 'after-workflow';
    await expect(world.first.submitRun(world.request, options)).rejects.toThrow(RetryableError);
    await world.clock.advance(100_000);
    const { waitedMs } = await untilAnswered(world, world.startSuccessor());
    expect(waitedMs).toBeGreaterThanOrEqual(150_000);
  });
});

describe('a server that chooses ids itself', () => {
  test('its id is taken, and a repeat finds it by the mark', async () => {
    const world = await createWorld();
    world.server.ignoresIds = true;
    const { submitted } = await untilAnswered(world, world.first);
    const again = await untilAnswered(world, world.startSuccessor());
    const [only] = [...world.server.rows.keys()];
    expect(only).not.toBe(id);
    expect(submitted).toMatchObject({ kind: 'created', value: { id: only } });
    expect(again.submitted).toMatchObject({ kind: 'adopted', value: { id: only } });
    expect(world.server.workflows).toHaveLength(1);
  });

  test('the answer is lost: the run is found by the mark', async () => {
    const world = await createWorld();
    world.server.ignoresIds = true;
    world.server.diesAt = 'after-row';
    await expect(world.first.submitRun(world.request, options)).resolves.toMatchObject({ kind: 'adopted' });
    expect(world.server.workflows).toHaveLength(1);
  });

  test('of several the oldest is kept and the others are stopped', async () => {
    const world = await createWorld();
    const description = `[swarm:${effectKey} ${digest}]`;
    for (const [index, name] of ['first', 'second', 'third'].entries()) {
      const created_at = `2026-11-25T09:00:0${index}Z`;
      world.server.rows.set(name, { run_id: name, description, created_at, state: 'RUNNING', experiment_id: 'e1' });
    }
    world.server.rows.set('foreign', {
      run_id: 'foreign',
      description: `about swarm:${effectKey}`,
      created_at: '2020-01-01T00:00:00Z',
    });
    const { submitted } = await untilAnswered(world, world.startSuccessor());
    expect(submitted).toMatchObject({ kind: 'adopted', value: { id: 'first' } });
    expect(world.server.terminated).toEqual(['second', 'third']);
  });
});

describe('a server that fails inside', () => {
  const failure = {
    status: 500,
    body: { code: 13, message: 'InternalServerError: dial tcp mysql: i/o timeout', details: [{}] },
  };

  test('is asked again soon when it left nothing behind, and a person after three times', async () => {
    const world = await createWorld();
    world.server.on('POST /runs', failure);
    await expect(untilAnswered(world, world.first)).rejects.toThrow(TerminalError);
    expect(posts(world)).toHaveLength(3);
    expect(world.server.workflows).toHaveLength(0);
  });

  test('and comes back: the run is made once', async () => {
    const world = await createWorld();
    world.server.on('POST /runs', failure);
    await expect(world.first.submitRun(world.request, options)).rejects.toMatchObject({ reason: 'KfpInternalError' });
    world.server.forget('POST /runs');
    const { submitted } = await untilAnswered(world, world.first);
    expect(submitted.kind).toBe('created');
    expect(world.server.workflows).toHaveLength(1);
  });

  test('names a mistake of ours in its long text: that is a refusal', async () => {
    const world = await createWorld();
    const message =
      'Failed to create a new run: InternalServerError: error fetching manifest: Failed to fetch a pipeline version: ResourceNotFoundError: PipelineVersion v1 not found: not found';
    world.server.on('POST /runs', {
      status: 500,
      body: { code: 13, message, details: [{ message: 'Internal Server Error' }] },
    });
    await expect(world.first.submitRun(world.request, options)).rejects.toMatchObject({
      code: 'NotFound',
      message: 'PipelineVersion v1 not found',
    });
  });

  test('could not store its row: the execution is looked for, and nothing is sent for as long', async () => {
    const world = await createWorld();
    world.server.on('POST /runs', () => {
      world.server.forget('POST /runs');
      return {
        status: 500,
        body: { code: 13, message: 'Failed to store run churn to table: Error 1213: Deadlock', details: [{}] },
      };
    });
    await world.kube.create(workflowType, {
      metadata: { name: 'orphan', namespace: 'kubeflow', labels: { 'pipeline/runid': id } },
    });
    await expect(world.first.submitRun(world.request, options)).rejects.toMatchObject({ reason: 'KfpSettling' });
    await expect(world.first.submitRun(world.request, options)).rejects.toMatchObject({ reason: 'KfpSettling' });
    expect(posts(world)).toHaveLength(1);
    const { waitedMs } = await untilAnswered(world, world.first);
    expect(waitedMs).toBeGreaterThanOrEqual(150_000);
    expect(await world.livingWorkflows()).toBe(1);
  });
});

describe('an execution that may not be deleted', () => {
  test('is waited for, and after ten minutes left to a person', async () => {
    const world = await createWorld();
    world.kube.fail({ matches: ({ verb }) => verb === 'delete', error: denied, times: 1e6 });
    world.server.diesAt = 'after-workflow';
    await expect(world.first.submitRun(world.request, options)).rejects.toThrow(RetryableError);
    const startMs = world.clock.monotonicMs();
    await expect(untilAnswered(world, world.first)).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'KfpOrphanedExecution',
    });
    expect(world.clock.monotonicMs() - startMs).toBeGreaterThanOrEqual(590_000);
    expect(posts(world)).toHaveLength(1);
  });
});

describe('a server that dies again and again', () => {
  const points: readonly (DeathPoint | undefined)[] = ['before-workflow', 'after-workflow', 'after-row', undefined];
  const cases = points.flatMap((first) =>
    points.flatMap((second) => [true, false].map((restarts) => ({ first, second, restarts }))),
  );

  test.each(cases)('at $first, then at $second, with restarts of ours: $restarts', async (each) => {
    const world = await createWorld({ seesWorkflows: !each.restarts });
    const deaths = [each.first, each.second];
    world.server.on('POST /runs', async (request) => {
      world.server.diesAt = deaths.shift();
      return world.server.createRun(request);
    });
    // KFP clears executions without a row away, some time after its grace.
    const clear = async () => {
      const { items } = await world.kube.list(workflowType, { namespace: 'kubeflow' });
      const orphans = items.filter(({ metadata }) => !world.server.rows.has(metadata.labels?.['pipeline/runid'] ?? ''));
      for (const { metadata } of orphans)
        await world.kube.delete(workflowType, { namespace: 'kubeflow', name: metadata.name });
      world.clock.schedule(130_000, () => void clear());
    };
    world.clock.schedule(130_000, () => void clear());

    let client = world.first;
    let submitted: Submitted<KfpRun> | undefined;
    for (let tries = 0; submitted === undefined && tries < 400; tries += 1) {
      try {
        submitted = await client.submitRun(world.request, options);
      } catch (error) {
        if (!(error instanceof RetryableError)) throw error;
        await world.clock.advance(error.retryAfterMs ?? 1_000);
        if (each.restarts && tries % 40 === 3) client = world.startSuccessor();
      }
    }
    expect(submitted).toMatchObject({ value: { id } });
    expect([...world.server.rows.keys()]).toEqual([id]);
    expect(await world.livingWorkflows()).toBe(1);
  });
});
