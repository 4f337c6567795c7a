import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ContractSettings, ContractWorld } from './contract/contract-world.ts';
import { describeExperiments, describePipelines, describeUploads } from './contract/pipelines.ts';
import { describeLives, describeRuns, describeSchedules, describeSubmissions } from './contract/runs.ts';

/** What every KfpClient does, whatever is behind it: Kubeflow Pipelines, a simulator of it, or a fake. */
export function describeKfpClient(name: string, settings: ContractSettings): void {
  const world = new ContractWorld(settings);
  const parts = {
    pipelines: describePipelines,
    'pipeline files': describeUploads,
    experiments: describeExperiments,
    runs: describeRuns,
    'runs that live and end': describeLives,
    submissions: describeSubmissions,
    schedules: describeSchedules,
  };
  describe(name, () => {
    beforeAll(() => world.open());
    afterAll(() => world.close());
    test('says what it is', async () => {
      expect((await world.client.about(world.options)).version).not.toBe('');
    });
    for (const [part, describePart] of Object.entries(parts)) {
      describe(part, () => {
        describePart(world);
      });
    }
  });
}
