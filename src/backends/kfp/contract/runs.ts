import { expect, test } from 'vitest';
import type { ContractWorld } from './contract-world.ts';

const awkwardNames = [
  '100% done',
  'a+b c',
  'quote"d',
  "it's",
  'under_score',
  'été',
  'per%20cent',
  'amp&er=sand',
  'back\\slash',
];

export function describeRuns(world: ContractWorld): void {
  test('know names, parameters and where they belong', async () => {
    const { value: experiment } = await world.client.createExperiment({ name: world.name('study') }, world.options);
    const started = await world.start('full', {
      experimentId: experiment.id,
      parameters: { epochs: 5, lr: 0.5 },
      description: 'for Ada',
    });
    expect(await world.client.getRun(started.id, world.options)).toMatchObject({
      name: world.name('full'),
      description: 'for Ada',
      parameters: { epochs: 5, lr: 0.5 },
      experimentName: world.name('study'),
      pipeline: { pipelineName: world.name('churn'), versionId: world.uploaded.version.id },
    });
    expect(await world.namesOf({ experimentId: experiment.id })).toEqual([world.name('full')]);
  });

  test.each(awkwardNames)('called %j are found by their name, and by a part of it', async (awkward) => {
    const name = `${awkward} ${world.name('x')}`;
    await world.start('x', { name });
    expect(await world.namesOf({ name })).toEqual([name]);
    expect(await world.namesOf({ nameContains: name.slice(1, -1).toUpperCase() })).toEqual([name]);
    expect(await world.namesOf({ name: `${name} ` })).toEqual([]);
  });

  test('are listed page by page, each once', async () => {
    const names = ['page-1', 'page-2', 'page-3', 'page-4', 'page-5'];
    for (const name of names) await world.start(name);
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await world.client.listRuns({ limit: 2, nameContains: 'page-', pageToken }, world.options);
      seen.push(...page.runs.map(({ name }) => name));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    const own = seen.filter((name) => name.endsWith(world.name('').slice(1)));
    expect(own.toSorted()).toEqual(names.map((name) => world.name(name)));
  });
}

export function describeLives(world: ContractWorld): void {
  test('come to an end, and cannot be stopped or retried after a success', async () => {
    const { client, options } = world;
    const ended = await world.ended(await world.start('ends'));
    expect(ended).toMatchObject({ state: 'Succeeded', name: world.name('ends') });
    expect(await client.terminateRun(ended?.id ?? '', options)).toMatchObject({ kind: 'alreadyEnded' });
    const retry = client.retryRun({ runId: ended?.id ?? '', decidedAt: world.now() }, options);
    await expect(retry).rejects.toMatchObject({ code: 'Conflict' });
    const query = { pipelineId: world.uploaded.pipeline.id, state: 'Succeeded', name: world.name('ends') } as const;
    expect(await world.namesOf(query)).toEqual([world.name('ends')]);
    expect(await world.namesOf({ ...query, state: 'Failed' })).toEqual([]);
    expect(await world.namesOf({ ...query, pipelineId: 'another' })).toEqual([]);
  });

  test('that are stopped end as cancelled, and can be retried once', async () => {
    const { client, options } = world;
    const started = await world.start('stopped');
    expect(await client.terminateRun(started.id, options)).toMatchObject({ kind: 'terminating' });
    expect(await client.terminateRun(started.id, options)).toMatchObject({
      kind: expect.stringMatching(/terminating|alreadyEnded/) as string,
    });
    expect(await world.ended(started)).toMatchObject({ state: 'Cancelled' });
    const decidedAt = world.now();
    expect(await client.retryRun({ runId: started.id, decidedAt }, options)).toMatchObject({ kind: 'retrying' });
    expect(await client.retryRun({ runId: started.id, decidedAt }, options)).toMatchObject({ kind: 'alreadyRetried' });
    expect(await world.ended(started)).toMatchObject({ state: 'Succeeded' });
  });

  test('that are not there can be neither read nor stopped', async () => {
    expect(await world.client.getRun('no-such-run', world.options)).toBeUndefined();
    await expect(world.client.terminateRun('no-such-run', world.options)).rejects.toMatchObject({ code: 'NotFound' });
    await expect(world.client.listTasks('no-such-run', world.options)).rejects.toMatchObject({ code: 'NotFound' });
  });
}

export function describeSubmissions(world: ContractWorld): void {
  test('of the same decision give the same run', async () => {
    const request = world.newRun('once');
    const made = await world.client.submitRun(request, world.options);
    const again = await world.client.submitRun(request, world.options);
    expect([made.kind, again.kind]).toEqual(['created', 'adopted']);
    expect(await world.namesOf({ name: world.name('once') })).toHaveLength(1);
  });

  test('of the same decision with other arguments are a conflict', async () => {
    const request = world.newRun('conflict');
    await world.client.submitRun(request, world.options);
    const changed = { ...request, argumentsDigest: `sha256:${'b'.repeat(64)}` };
    expect(await world.client.submitRun(changed, world.options)).toMatchObject({ kind: 'conflict' });
  });

  test.each([
    ['a wrong type', { epochs: 'three' }, /input parameter epochs requires type double or integer/],
    ['an unknown name', { epoch: 3 }, /not required by pipeline: epoch/],
  ])('with %s are refused in words', async (_what, parameters, message) => {
    const submitted = world.client.submitRun(world.newRun('wrong', { parameters }), world.options);
    await expect(submitted).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(submitted).rejects.toThrow(message);
  });

  test.each([
    ['an unknown version', { versionId: '00000000-0000-4000-8000-000000000000' }, 'NotFound'],
    ['a name that cannot be stored', { name: 'rocket 🚀' }, 'InvalidArgument'],
    ['a name that is too long', { name: 'n'.repeat(256) }, 'InvalidArgument'],
  ])('with %s are refused', async (_what, changes, code) => {
    await expect(world.client.submitRun(world.newRun('no', changes), world.options)).rejects.toMatchObject({ code });
  });
}

export function describeSchedules(world: ContractWorld): void {
  test('are made once, paused, resumed and deleted', async () => {
    const { client, options } = world;
    const request = {
      ...world.decision(),
      name: world.name('nightly'),
      pipelineId: world.uploaded.pipeline.id,
      parameters: { epochs: 4 },
      trigger: { kind: 'cron', cron: '0 0 2 * * *' },
      maxConcurrency: 2,
      catchup: false,
    } as const;
    const made = await client.createSchedule(request, options);
    const again = await client.createSchedule(request, options);
    if (made.kind === 'conflict' || again.kind === 'conflict') throw new Error('conflict');
    expect([made.kind, again.kind, again.value.id]).toEqual(['created', 'adopted', made.value.id]);

    const { id } = made.value;
    expect(await client.getSchedule(id, options)).toMatchObject({
      name: world.name('nightly'),
      isEnabled: true,
      trigger: { kind: 'cron', cron: '0 0 2 * * *' },
      parameters: { epochs: 4 },
      maxConcurrency: 2,
      catchup: false,
      pipeline: { pipelineName: world.name('churn') },
    });
    for (const isEnabled of [false, false, true]) {
      await client.setScheduleEnabled(id, isEnabled, options);
      expect((await client.getSchedule(id, options))?.isEnabled).toBe(isEnabled);
    }
    await client.deleteSchedule(id, options);
    await client.deleteSchedule(id, options);
    expect(await client.getSchedule(id, options)).toBeUndefined();
    const { items } = await client.listSchedules({ nameContains: world.name('nightly') }, options);
    expect(items).toEqual([]);
  });

  test('that are not there cannot be paused', async () => {
    const paused = world.client.setScheduleEnabled('no-such-schedule', false, world.options);
    await expect(paused).rejects.toMatchObject({ code: 'NotFound' });
  });
}
