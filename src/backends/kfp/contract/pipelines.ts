import { expect, test } from 'vitest';
import type { ContractWorld } from './contract-world.ts';

export function describePipelines(world: ContractWorld): void {
  test('are found by name and id, with what their newest version declares', async () => {
    const { client, options, uploaded } = world;
    const found = await client.findPipeline(world.name('churn'), options);
    expect(found).toEqual(await client.findPipeline(uploaded.pipeline.id, options));
    expect(found).toMatchObject({ id: uploaded.pipeline.id, name: world.name('churn') });
    const version = await client.findVersion(uploaded.pipeline.id, undefined, options);
    expect(version?.spec?.parameters).toMatchObject([
      { name: 'epochs', type: 'NUMBER_INTEGER', default: 2, isOptional: true },
      { name: 'lr', type: 'NUMBER_DOUBLE', default: 0.01, isOptional: true },
    ]);
    expect(version?.spec?.tasks.map(({ name, after }) => [name, after])).toEqual([
      ['train', []],
      ['evaluate', ['train']],
    ]);
  });

  test('that are not there are undefined, whatever the reference looks like', async () => {
    const { client, options, uploaded } = world;
    for (const reference of ['no-such-thing', 'a/b', '../x', '%', '00000000-0000-4000-8000-000000000000']) {
      expect(await client.findPipeline(reference, options)).toBeUndefined();
      expect(await client.findVersion(uploaded.pipeline.id, reference, options)).toBeUndefined();
    }
  });

  test('are listed by a part of their names, whatever the case', async () => {
    const { items } = await world.client.listPipelines(
      { nameContains: world.name('CHURN').toUpperCase() },
      world.options,
    );
    expect(items.map(({ id }) => id)).toContain(world.uploaded.pipeline.id);
  });
}

export function describeUploads(world: ContractWorld): void {
  test('are uploaded once for each decision, and never over one of that name', async () => {
    const { client, options } = world;
    const request = { ...world.decision(), name: world.name('uploaded'), file: world.file };
    const made = await client.uploadPipeline(request, options);
    const again = await client.uploadPipeline(request, options);
    const other = { ...request, ...world.decision(), name: request.name.toUpperCase() };
    const foreign = await client.uploadPipeline(other, options);
    expect([made.kind, again.kind, foreign.kind]).toEqual(['created', 'adopted', 'exists']);
    expect([again, foreign].map(({ value }) => value.pipeline.id)).toEqual([
      made.value.pipeline.id,
      made.value.pipeline.id,
    ]);
  });

  test('get further versions, the newest first', async () => {
    const { client, options, uploaded } = world;
    const request = { ...world.decision(), pipelineId: uploaded.pipeline.id, name: world.name('v2'), file: world.file };
    const made = await client.uploadVersion(request, options);
    const again = await client.uploadVersion(request, options);
    const foreign = await client.uploadVersion({ ...request, ...world.decision() }, options);
    expect([made.kind, again.kind, foreign.kind]).toEqual(['created', 'adopted', 'exists']);
    const { items } = await client.listVersions(uploaded.pipeline.id, options);
    expect(items.map(({ id }) => id).toSorted()).toEqual([made.value.id, uploaded.version.id].toSorted());
    expect((await client.findVersion(uploaded.pipeline.id, request.name, options))?.id).toBe(made.value.id);
  });

  test.each([
    ['text that is no YAML', 'a: [1, 2\n\tb: }'],
    ['YAML that is no pipeline', 'hello: world\n'],
  ])('are not made of %s', async (_what, file) => {
    const request = { ...world.decision(), name: world.name('broken'), file };
    await expect(world.client.uploadPipeline(request, world.options)).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
    expect(await world.client.findPipeline(request.name, world.options)).toBeUndefined();
  });
}

export function describeExperiments(world: ContractWorld): void {
  test('are made once for each name', async () => {
    const { client, options } = world;
    const made = await client.createExperiment({ name: world.name('ablation'), description: 'a study' }, options);
    const again = await client.createExperiment({ name: world.name('ABLATION') }, options);
    expect([made.kind, again.kind, again.value.id]).toEqual(['created', 'exists', made.value.id]);
    expect(await client.findExperiment(world.name('ablation'), options)).toMatchObject({ description: 'a study' });
    expect(await client.findExperiment(made.value.id, options)).toMatchObject({ name: world.name('ablation') });
    const { items } = await client.listExperiments({ nameContains: world.name('Ablat').slice(0, 5) }, options);
    expect(items.map(({ id }) => id)).toContain(made.value.id);
  });

  test('that are not there are undefined', async () => {
    expect(await world.client.findExperiment('no-such-experiment', world.options)).toBeUndefined();
  });
}
