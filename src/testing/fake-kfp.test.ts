import { describeKfpClient } from '../backends/kfp/kfp-client-contract.ts';
import { recordedSpecifications } from '../backends/kfp/recorded/recorded-kfp.ts';
import { systemClock } from '../base/clock.ts';
import { FakeKfp } from './fake-kfp.ts';

describeKfpClient('the fake', {
  pipelineFile: JSON.stringify(recordedSpecifications.train_and_evaluate),
  setUp: () => {
    const client = new FakeKfp({ clock: systemClock });
    const settle = (runId: string) => {
      const isStopped = client.runs.find(({ id }) => id === runId)?.rawState === 'CANCELING';
      client.updateRun(runId, { state: isStopped ? 'Cancelled' : 'Succeeded' });
      return Promise.resolve();
    };
    return Promise.resolve({ client, settle, close: () => Promise.resolve() });
  },
});
