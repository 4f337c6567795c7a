import { describe, expect, test } from 'vitest';
import { kfpWorld } from '../../../testing/kfp-world.ts';
import { createKfpAgent } from '../kfp-agent.ts';

const kfpAgentWorld = () => kfpWorld(createKfpAgent);

const pipeline = 'churn-train';
const params = { data: 'a.csv' };

function scheduledWorld() {
  const world = kfpAgentWorld();
  const reference = { pipelineId: pipeline, pipelineName: pipeline };
  world.kfp.addSchedule({ name: 'nightly', pipeline: reference, parameters: { epochs: 5 } });
  world.kfp.addSchedule({ name: 'weekly', isEnabled: false, trigger: { kind: 'cron', cron: '0 30 6 * * 0' } });
  const trigger = { kind: 'interval', seconds: 3_600 } as const;
  world.kfp.addSchedule({ name: 'hourly', pipeline: reference, trigger, createdAt: '2026-03-10T10:45:00Z' });
  return world;
}

describe('create_schedule', () => {
  test('shows the next three times before anyone approves it', async () => {
    const { kfp, preview } = kfpAgentWorld();
    expect(await preview('create_schedule', { pipeline, params, cron: '0 30 6 * * 1-5', schedule: 'mornings' })).toBe(
      'Would run churn-train with data=a.csv as schedule mornings (0 30 6 * * 1-5); next at 2026-03-11 06:30, 2026-03-12 06:30, 2026-03-13 06:30 UTC.',
    );
    expect(kfp.schedules).toEqual([]);
  });

  test('makes it once, without catching up and one run at a time unless asked', async () => {
    const { kfp, call } = kfpAgentWorld();
    const input = { pipeline, params, cron: '0 0 2 * * *', schedule: 'nightly' };
    const result = await call('create_schedule', input);
    expect(await call('create_schedule', input)).toEqual(result);
    expect(kfp.schedules).toMatchObject([
      { name: 'nightly', isEnabled: true, maxConcurrency: 1, catchup: false, parameters: { data: 'a.csv' } },
    ]);
    expect(result).toMatchObject({
      summary: expect.stringMatching(/^Scheduled churn-train .*next at 2026-03-11 02:00, .*UTC\.$/) as string,
      data: { name: 'nightly', cron: '0 0 2 * * *', enabled: true, nextTimes: { length: 3 } },
    });
  });

  test('a line of a crontab gets its sixth field, and says how it was understood', async () => {
    const { kfp, call } = kfpAgentWorld();
    const result = await call('create_schedule', { pipeline, params, cron: '0 2 * * *', maxConcurrency: 3 });
    expect(kfp.schedules).toMatchObject([{ trigger: { kind: 'cron', cron: '0 0 2 * * *' } }]);
    expect(result).toMatchObject({ summary: expect.stringContaining('up to 3 runs at once') as string });
    expect(result).toMatchObject({ summary: expect.stringContaining('2026-03-11 02:00') as string });
  });

  test('an interval counts from now', async () => {
    const { preview } = kfpAgentWorld();
    expect(await preview('create_schedule', { pipeline, params, cron: '@every 4h', catchup: true })).toContain(
      'next at 2026-03-10 16:00, 2026-03-10 20:00, 2026-03-11 00:00 UTC; missed times are made up for.',
    );
  });

  test('the newest version is taken each time, unless one is named', async () => {
    const { kfp, call } = kfpAgentWorld();
    await call('create_schedule', { pipeline, params, cron: '@daily' });
    await call('create_schedule', { pipeline, params, cron: '@daily', version: 'v1' }, { effectKey: 'b'.repeat(26) });
    expect(kfp.schedules.map((schedule) => schedule.pipeline?.versionId)).toEqual([undefined, 'churn-train-v1']);
  });

  test.each([
    ['words', { pipeline, params, cron: 'every night' }, 'InvalidSchedule'],
    ['a seventh field', { pipeline, params, cron: '0 0 2 * * * 2030' }, 'InvalidSchedule'],
    ['an hour that no day has', { pipeline, params, cron: '0 0 25 * * *' }, 'InvalidSchedule'],
    ['a day that never comes', { pipeline, params, cron: '0 0 2 30 2 *' }, 'InvalidSchedule'],
    ['an unknown pipeline', { pipeline: 'zzz', cron: '@daily' }, 'NotFound'],
    ['a missing parameter', { pipeline, cron: '@daily' }, 'InvalidParameters'],
    ['a name that cannot be stored', { pipeline, params, cron: '@daily', schedule: '🎉' }, 'InvalidArgument'],
  ])('%s is answered before anyone is asked to approve', async (_name, input, code) => {
    const { kfp, precheck, call } = kfpAgentWorld();
    expect(await precheck('create_schedule', input)).toMatchObject({ code });
    expect(await call('create_schedule', input)).toMatchObject({ code });
    expect(kfp.schedules).toEqual([]);
  });

  test('a schedule of the same key with other arguments is left alone', async () => {
    const { call } = kfpAgentWorld();
    await call('create_schedule', { pipeline, params, cron: '@daily' });
    const other = await call('create_schedule', { pipeline, params, cron: '@hourly' }, { argumentsDigest: 'sha256:1' });
    expect(other).toMatchObject({ code: 'EffectConflict' });
  });
});

describe('list_schedules', () => {
  test('tells when each fires next, intervals counted from their making', async () => {
    const result = await scheduledWorld().call('list_schedules', {});
    expect(result).toMatchObject({ data: { total: 3 } });
    const summary = (result as { summary: string }).summary;
    expect(summary).toContain('nightly runs churn-train (0 0 2 * * *), next at 2026-03-11 02:00 UTC');
    expect(summary).toContain('(0 30 6 * * 0), paused');
    expect(summary).toContain('hourly runs churn-train (@every 1h), next at 2026-03-10 12:45 UTC');
  });

  test.each([
    [{ pipeline }, ['nightly', 'hourly']],
    [{ enabled: false }, ['weekly']],
    [{ enabled: true, limit: 1 }, ['nightly']],
  ])('%j', async (filter, names) => {
    const result = await scheduledWorld().call('list_schedules', filter);
    const { schedules } = (result as { data: { schedules: { name: string }[] } }).data;
    expect(schedules.map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [{ pipeline: 'zzz' }, { code: 'NotFound' }],
    [{ pageToken: 'zzz' }, { code: 'InvalidArgument' }],
  ])('%j is answered', async (input, failure) => {
    expect(await scheduledWorld().call('list_schedules', input)).toMatchObject(failure);
  });

  test('none is no error', async () => {
    expect(await kfpAgentWorld().call('list_schedules', {})).toMatchObject({ summary: 'No schedule fits.' });
  });
});

describe('pausing, resuming and deleting', () => {
  test('a schedule is paused and resumed, and a repeat changes nothing', async () => {
    const { kfp, call, precheck } = scheduledWorld();
    const paused = 'Schedule nightly is paused and starts no further runs until it is resumed.';
    expect(await call('pause_schedule', { schedule: 'nightly' })).toMatchObject({ summary: paused });
    expect(await call('pause_schedule', { schedule: 'nightly' })).toMatchObject({ summary: paused });
    expect(await precheck('pause_schedule', { schedule: 'nightly' })).toMatchObject({ code: 'NothingToDo' });
    expect(kfp.schedules.find(({ name }) => name === 'nightly')?.isEnabled).toBe(false);
    expect(await call('resume_schedule', { schedule: 'nightly' })).toMatchObject({
      summary: expect.stringContaining('Schedule nightly is active; next at 2026-03-11 02:00') as string,
    });
    expect(await precheck('resume_schedule', { schedule: 'weekly' })).toBeUndefined();
  });

  test('a schedule is deleted, and a repeat finds it gone', async () => {
    const { kfp, call, preview } = scheduledWorld();
    expect(await preview('delete_schedule', { schedule: 'nightly' })).toBe(
      'Would delete schedule nightly (active), which runs churn-train with epochs=5 at 0 0 2 * * *.',
    );
    expect(await call('delete_schedule', { schedule: 'nightly' })).toMatchObject({
      summary: 'Schedule nightly was deleted; runs it has started stay.',
    });
    expect(kfp.schedules.map(({ name }) => name)).not.toContain('nightly');
    expect(await call('delete_schedule', { schedule: 'nightly' })).toMatchObject({
      summary: 'Schedule nightly is gone.',
    });
  });

  test.each(['pause_schedule', 'resume_schedule', 'delete_schedule'])('%s asks which one is meant', async (tool) => {
    const { kfp, call, precheck } = scheduledWorld();
    kfp.addSchedule({ name: 'nightly', id: 'twin', isEnabled: false });
    const failure = { code: 'AmbiguousName', message: expect.stringContaining('twin (paused)') as string };
    expect(await precheck(tool, { schedule: 'nightly' })).toMatchObject(failure);
    expect(await call(tool, { schedule: 'nightly' })).toMatchObject(failure);
    expect(await call(tool, { schedule: 'twin' })).toMatchObject({ kind: 'ok' });
  });

  test.each(['pause_schedule', 'resume_schedule', 'delete_schedule'])('%s of an unknown one', async (tool) => {
    const failure = { code: 'NotFound', hint: expect.stringContaining('Did you mean nightly') as string };
    expect(await scheduledWorld().precheck(tool, { schedule: 'nihgtly' })).toMatchObject(failure);
  });
});
