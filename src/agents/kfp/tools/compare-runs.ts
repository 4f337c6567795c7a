import { z } from 'zod';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { existing, runState } from '../../argument.ts';
import { found, type Found } from '../../found.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { compare, comparisonInWords, type ComparedRun } from '../compare.ts';
import { effectiveParameters } from '../effective-parameters.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { numbersOf } from '../metrics.ts';

export const compareRuns = (kfp: KfpSource) =>
  defineTool({
    name: 'compare_runs',
    description: 'Compare two or more Kubeflow runs by parameters and metrics, differences first, and name the best.',
    effect: 'pure',
    input: z.strictObject({
      runs: z.array(existing('run', 'A run.')).min(2).max(10).describe('Runs to compare, two to ten.'),
      metrics: z.array(z.string().max(128)).max(20).optional().describe('Metrics to compare; all when left out.'),
    }),
    output: z.object({
      runs: z.array(z.string()),
      states: z.array(runState),
      parameters: z.array(z.object({ name: z.string(), values: z.array(z.string()), differs: z.boolean() })),
      metrics: z.array(
        z.object({
          name: z.string(),
          values: z.array(z.number().nullable()),
          best: z.string().optional(),
          direction: z.enum(['higher is better', 'lower is better']),
        }),
      ),
    }),
    access: [...kfpAccess('get', 'runs'), ...kfpAccess('readArtifact', 'runs')],
    examples: [
      'Compare run exp-11 with exp-12',
      'which of the two trainings was better, churn-0411 or churn-0412?',
      'side by side accuracy and f1 of exp-11, exp-12 and exp-13',
      'what differs in the parameters between these runs?',
      'diff the two latest runs',
    ],
    display: 'table',

    execute: async ({ runs: references, metrics: wanted }, context) => {
      const client = await kfp.client(context);
      const runs = await findAll(client, references, context);
      if (!runs.ok) return runs.failure;
      const compared = await Promise.all(
        runs.value.map((run) => comparedRun(client, { run, all: runs.value }, context)),
      );
      const comparison = compare(compared, wanted);
      return {
        kind: 'ok',
        summary: comparisonInWords(compared, comparison),
        data: { runs: compared.map(({ label }) => label), states: runs.value.map(({ state }) => state), ...comparison },
        // Metrics are numbers, but their names were chosen by the code of the runs.
        untrusted: comparison.metrics.length > 0,
      };
    },
  });

async function findAll(
  client: KfpClient,
  references: readonly string[],
  context: ToolContext,
): Promise<Found<readonly KfpRun[]>> {
  const runs = await Promise.all(references.map((run) => findRun(client, { run }, context)));
  const lost = runs.find(({ ok }) => !ok);
  if (lost?.ok === false) return lost;
  return found(runs.flatMap((run) => (run.ok ? [run.value] : [])));
}

async function comparedRun(
  client: KfpClient,
  { run, all }: { readonly run: KfpRun; readonly all: readonly KfpRun[] },
  context: ToolContext,
): Promise<ComparedRun> {
  const [metrics, parameters] = await Promise.all([
    client.getMetrics(run.id, context),
    effectiveParameters(client, run, context),
  ]);
  const isTwice = all.filter(({ name }) => name === run.name).length > 1;
  return { label: isTwice ? `${run.name} (${run.id})` : run.name, parameters, metrics: numbersOf(metrics) };
}
