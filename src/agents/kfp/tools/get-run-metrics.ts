import { z } from 'zod';
import type { KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpClassificationMetrics, KfpRun, KfpScalarMetric } from '../../../backends/kfp/kfp-objects.ts';
import { runQuestion } from '../../argument.ts';
import { failure } from '../../found.ts';
import { didYouMean } from '../../nearest-names.ts';
import { defineTool, type ToolFailure } from '../../tool.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { isGoing, listed } from '../kfp-data.ts';
import { accuracyOf, areaUnderCurve, numberInWords, numbersOf } from '../metrics.ts';

export const getRunMetrics = (kfp: KfpSource) =>
  defineTool({
    name: 'get_run_metrics',
    description: 'Give the metrics that a Kubeflow run reported, such as accuracy or loss.',
    effect: 'pure',
    input: z.strictObject({
      ...runQuestion,
      metric: z.string().min(1).max(128).optional().describe('Metric wanted, for example accuracy; all when left out.'),
    }),
    output: z.object({
      run: z.string(),
      metrics: z.array(z.object({ name: z.string(), value: z.number(), task: z.string() })),
      classifications: z.array(
        z.object({
          name: z.string(),
          task: z.string(),
          classes: z.array(z.string()),
          accuracy: z.number().optional(),
          auc: z.number().optional(),
        }),
      ),
    }),
    access: kfpAccess('readArtifact', 'runs'),
    examples: [
      'What accuracy did churn-0412 reach?',
      'how good is the model from the latest run?',
      'metrics of exp-12',
      'give me precision and recall of the last fraud-train run',
      'f1 score of nightly-7?',
    ],
    display: 'table',

    execute: async ({ metric, ...question }, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, question, context);
      if (!found.ok) return found.failure;
      const run = found.value;
      const reported = await client.getMetrics(run.id, context);
      const all = numbersOf(reported);
      const metrics = metric === undefined ? all : fitting(all, metric);
      if (metrics.length === 0) return nothing(run, metric, all);
      return {
        kind: 'ok',
        summary: summaryOf(run, metrics),
        data: {
          run: run.name,
          metrics: [...metrics],
          classifications: metric === undefined ? reported.classifications.map(classificationOf) : [],
        },
        // Metrics are numbers, but their names were chosen by the code of the run.
        untrusted: true,
      };
    },
  });

/** Metrics are called val_accuracy, test-f1 and the like: the whole name wins, else what holds the words asked for. */
function fitting(metrics: readonly KfpScalarMetric[], wanted: string): readonly KfpScalarMetric[] {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
  const same = metrics.filter(({ name }) => plain(name) === plain(wanted));
  return same.length > 0 ? same : metrics.filter(({ name }) => plain(name).includes(plain(wanted)));
}

function nothing(run: KfpRun, metric: string | undefined, all: readonly KfpScalarMetric[]): ToolFailure {
  if (metric !== undefined && all.length > 0) {
    const names = [...new Set(all.map(({ name }) => name))];
    const hint = didYouMean(metric, names) ?? `It reported: ${listed(names, 10)}.`;
    return { ...failure('NotFound', `Run ${run.name} reported no metric ${metric}.`, hint), untrusted: true };
  }
  if (isGoing(run)) {
    return failure('NoMetricsYet', `Run ${run.name} has not reported any metric yet.`, 'Wait until it has ended.');
  }
  const hint = 'Its tasks must log into a Metrics output to report some.';
  return failure('NoMetrics', `Run ${run.name} reported no metrics.`, hint);
}

function classificationOf(metrics: KfpClassificationMetrics) {
  const { name, task, confusionMatrix } = metrics;
  const accuracy = accuracyOf(metrics);
  const auc = areaUnderCurve(metrics);
  return {
    name,
    task,
    classes: [...(confusionMatrix?.labels ?? [])],
    ...(accuracy !== undefined && { accuracy }),
    ...(auc !== undefined && { auc }),
  };
}

function summaryOf(run: KfpRun, metrics: readonly KfpScalarMetric[]): string {
  const isOneTask = new Set(metrics.map(({ task }) => task)).size === 1;
  const shown = metrics.map(
    ({ name, value, task }) => `${name} ${numberInWords(value)}${isOneTask ? '' : ` (${task})`}`,
  );
  return `Run ${run.name} reported ${listed(shown, 12)}${isGoing(run) ? ' so far' : ''}.`;
}
