import type { CallOptions, KfpClient, KfpSource } from '../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../backends/kfp/kfp-objects.ts';
import { KfpRefusedError } from '../../backends/kfp/kfp-refused-error.ts';
import { TerminalError } from '../../base/errors.ts';
import type { RunObserver } from '../run-observer.ts';
import { numbersOf } from './metrics.ts';
import { runReferenceOf } from './run-reference.ts';

/**
 * Kubeflow Pipelines tells nobody when a run changes: whoever waits asks again. Of several runs of one name the newest
 * counts. The numbers of a run that has succeeded are its results.
 */
export function createKfpRunObserver(kfp: KfpSource): RunObserver {
  return {
    backend: 'kfp',
    observe: async (reference, context) => {
      try {
        const client = await kfp.client(context);
        const { runs } = await client.listRuns({ name: reference, limit: 1 }, context);
        const run = await client.getRun(runs[0]?.id ?? reference, context);
        if (!run) return undefined;
        return { ...runReferenceOf(run, context.namespace), ...(await resultsOf(client, run, context)) };
      } catch (error) {
        if (!(error instanceof KfpRefusedError)) throw error;
        throw new TerminalError(error.code, error.message, { cause: error });
      }
    },
  };
}

const mostResults = 32;

async function resultsOf(
  client: KfpClient,
  run: KfpRun,
  options: CallOptions,
): Promise<{ readonly results?: Readonly<Record<string, string>> }> {
  if (run.state !== 'Succeeded') return {};
  try {
    const numbers = numbersOf(await client.getMetrics(run.id, options)).slice(0, mostResults);
    const results = Object.fromEntries(numbers.map(({ name, value }) => [name, String(value)]));
    return numbers.length === 0 ? {} : { results };
  } catch (error) {
    // A run has ended whether or not its metrics may be read, or are kept anywhere at all.
    if (error instanceof KfpRefusedError || error instanceof TerminalError) return {};
    throw error;
  }
}
