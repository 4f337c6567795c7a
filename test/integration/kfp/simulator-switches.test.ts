import { afterEach, describe, expect, test } from 'vitest';
import { differences } from '../../kfp/replay/compare-answers.ts';
import { type Json } from '../../kfp/replay/recorded-lines.ts';
import { type Fault } from '../../kfp/simulator/faults.ts';
import {
  type KfpSimulator,
  type KfpSimulatorOptions,
  startKfpSimulator,
} from '../../kfp/simulator/start-kfp-simulator.ts';
import { type CrashPoint } from '../../kfp/simulator/world.ts';
import { waitFor } from '../../support/wait-for.ts';
import { pipelineFile } from './pipeline-file.ts';

const quick = { stepMs: 20, reportMs: 5 };
const withinMs = 10_000;
/** How long "no answer" is waited for. */
const noAnswerMs = 300;

describe('what the simulator does on demand', () => {
  let simulator: KfpSimulator;
  const start = async (options: KfpSimulatorOptions = {}) => {
    simulator = await startKfpSimulator({ ...options, settings: { ...quick, ...options.settings }, tickMs: 10 });
  };
  const send = (method: string, path: string, body?: object) =>
    fetch(`${simulator.url}/apis/v2beta1${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(noAnswerMs),
    });
  const upload = async (text: string, fileName = 'p.yaml') => {
    const form = new FormData();
    form.set('uploadfile', new Blob([text]), fileName);
    return fetch(`${simulator.url}/apis/v2beta1/pipelines/upload?name=p`, {
      method: 'POST',
      body: form,
      signal: AbortSignal.timeout(noAnswerMs),
    });
  };
  const startRun = async (fields: object = {}) => {
    const answer = (await (await upload(pipelineFile('p', ['train']))).json()) as { pipeline_id?: string };
    const pipeline = answer.pipeline_id ?? simulator.world.database.pipelines.all()[0]?.id;
    return send('POST', '/runs', {
      display_name: 'r',
      pipeline_version_reference: { pipeline_id: pipeline },
      ...fields,
    });
  };
  const workflowsOf = (runId: string) => simulator.world.workflows.list({ name: 'pipeline/runid', value: runId });
  afterEach(() => simulator.close());

  test('never answers an upload of text that is no YAML, but goes on answering others', async () => {
    await start();
    await expect(upload('not: yaml: [')).rejects.toThrow(/timeout|aborted/iu);
    expect((await send('GET', '/healthz')).status).toBe(200);
  });

  test('dies of an empty identity header in multi-user mode', async () => {
    const reviews = {
      authenticate: () => Promise.resolve(undefined),
      authorize: () => Promise.resolve({ allowed: true, reason: '' }),
    };
    await start({ multiUser: { reviews, userHeader: 'kubeflow-userid', userPrefix: '' } });
    const ask = (userId: string) =>
      fetch(`${simulator.url}/apis/v2beta1/experiments?namespace=team-a`, { headers: { 'kubeflow-userid': userId } });
    expect((await ask('alice')).status).toBe(200);
    await expect(ask('')).rejects.toThrow();
    await expect(ask('alice')).rejects.toThrow();
  });

  const crashes: readonly { point: CrashPoint; workflows: number; rows: number }[] = [
    { point: 'before-workflow', workflows: 0, rows: 0 },
    { point: 'after-workflow', workflows: 1, rows: 0 },
    { point: 'after-row', workflows: 1, rows: 1 },
  ];
  test.each(crashes)('dies $point, leaving $workflows Workflow and $rows row', async ({ point, workflows, rows }) => {
    await start({ settings: { crashAt: point, argo: false, agent: false } });
    await expect(startRun({ run_id: 'run-1' })).rejects.toThrow();
    await simulator.died;
    expect(await workflowsOf('run-1')).toHaveLength(workflows);
    expect(simulator.world.database.runs.all()).toHaveLength(rows);
  });

  test('deletes a Workflow without a row once its time of grace is over', async () => {
    await start({ settings: { orphanGraceMs: 200 } });
    expect((await startRun({ run_id: 'orphan', display_name: 'x'.repeat(256) })).status).toBe(500);
    expect(await workflowsOf('orphan')).toHaveLength(1);
    await waitFor('the orphan is gone', async () => (await workflowsOf('orphan')).length === 0, { withinMs });
  });

  test('makes ids of its own when it is told to ignore those of clients', async () => {
    await start({ settings: { ignoreRunId: true } });
    const run = (await (await startRun({ run_id: 'mine' })).json()) as { run_id: string };
    expect(run.run_id).not.toBe('mine');
    expect((await send('GET', '/runs/mine')).status).toBe(404);
  });

  test('shows a new run in lists only after a while when lists lag', async () => {
    await start({ settings: { listLagMs: 60_000 } });
    await startRun({ run_id: 'late' });
    expect(await (await send('GET', '/runs')).json()).toEqual({});
    expect((await send('GET', '/runs/late')).status).toBe(200);
    simulator.settings.listLagMs = 0;
    expect(await (await send('GET', '/runs')).json()).toMatchObject({ total_size: 1 });
  });

  const faults: readonly { name: string; fault: Fault; outcome: number | RegExp }[] = [
    { name: 'an answer of a proxy', fault: { action: 'status', status: 503 }, outcome: 503 },
    { name: 'too many requests', fault: { action: 'status', status: 429, retryAfterSeconds: 1 }, outcome: 429 },
    { name: 'a broken connection', fault: { action: 'reset' }, outcome: /fetch failed/u },
    { name: 'no answer', fault: { action: 'hang' }, outcome: /timeout|aborted/iu },
    { name: 'a late answer', fault: { action: 'delay', delayMs: 20 }, outcome: 200 },
  ];
  test.each(faults)('gives $name as often as asked', async ({ fault, outcome }) => {
    await start();
    simulator.addFault({ ...fault, path: '/apis/v2beta1/experiments', times: 1 });
    const first = send('GET', '/experiments');
    if (typeof outcome === 'number') expect((await first).status).toBe(outcome);
    else await expect(first).rejects.toThrow(outcome);
    expect((await send('GET', '/experiments')).status).toBe(200);
  });

  test('can lose the answer to what it has carried out', async () => {
    await start();
    simulator.addFault({
      method: 'POST',
      path: '/apis/v2beta1/experiments',
      action: 'reset',
      afterExecution: true,
      times: 1,
    });
    await expect(send('POST', '/experiments', { display_name: 'once' })).rejects.toThrow();
    expect((await send('POST', '/experiments', { display_name: 'once' })).status).toBe(409);
  });

  test('fires schedules and lets no more of their runs be active than allowed', async () => {
    await start({ settings: { scheduleMs: 20, argo: false } });
    await startRun();
    const [pipeline] = simulator.world.database.pipelines.all();
    const created = await send('POST', '/recurringruns', {
      display_name: 'often',
      pipeline_version_reference: { pipeline_id: pipeline?.id },
      max_concurrency: '1',
      mode: 'ENABLE',
      no_catchup: true,
      trigger: { periodic_schedule: { interval_second: '1' } },
    });
    const { recurring_run_id: id } = (await created.json()) as { recurring_run_id: string };
    const fired = () => simulator.world.database.runs.all().filter(({ recurringRunId }) => recurringRunId === id);
    await waitFor('the schedule has fired', () => Promise.resolve(fired().length > 0), { withinMs });
    simulator.settings.argo = true;
    await waitFor('it has fired again', () => Promise.resolve(fired().length > 1), { withinMs });
  });
});

describe('the comparison of answers', () => {
  const answer = (body: Json, status = 200, contentType = 'application/json') => ({ status, contentType, body });
  const recorded = answer({ runs: [{ run_id: 'a', state: 'RUNNING' }, { run_id: 'b' }], total_size: 2 });

  const others: readonly { what: string; other: ReturnType<typeof answer> }[] = [
    { what: 'another status', other: answer(recorded.body, 500) },
    { what: 'another content type', other: answer(recorded.body, 200, 'text/plain') },
    { what: 'a missing key', other: answer({ runs: [{ run_id: 'a' }, { run_id: 'b' }], total_size: 2 }) },
    { what: 'a superfluous key', other: answer({ ...(recorded.body as object), next_page_token: 'x' }) },
    {
      what: 'another enum value',
      other: answer({ runs: [{ run_id: 'a', state: 'PENDING' }, { run_id: 'b' }], total_size: 2 }),
    },
    {
      what: 'another type',
      other: answer({ runs: [{ run_id: 'a', state: 'RUNNING' }, { run_id: 'b' }], total_size: '2' }),
    },
    {
      what: 'another order',
      other: answer({ runs: [{ run_id: 'b' }, { run_id: 'a', state: 'RUNNING' }], total_size: 2 }),
    },
    { what: 'a shorter list', other: answer({ runs: [{ run_id: 'a', state: 'RUNNING' }], total_size: 2 }) },
  ];
  test.each(others)('notices $what', ({ other }) => {
    expect(differences(recorded, other, false)).not.toEqual([]);
  });

  test('tells 1970 and year 1 from real times, and real times not from each other', () => {
    const at = (time: string) => answer({ finished_at: time });
    expect(differences(at('2026-11-23T10:00:00Z'), at('2020-01-01T00:00:00Z'), false)).toEqual([]);
    expect(differences(at('1970-01-01T00:00:00Z'), at('2020-01-01T00:00:00Z'), false)).not.toEqual([]);
    expect(differences(at('0001-01-01T00:00:00Z'), at('1970-01-01T00:00:00Z'), false)).not.toEqual([]);
  });

  test('compares what an error says to users, not what it says to developers', () => {
    const error = (message: string, detail: string) => answer({ message, details: [{ message: detail }] }, 400);
    expect(differences(error('long', 'short'), error('other', 'short'), false)).toEqual([]);
    expect(differences(error('long', 'short'), error('long', 'other'), false)).not.toEqual([]);
  });
});
