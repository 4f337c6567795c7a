import { z } from 'zod';
import type { KfpClient, KfpSource } from '../../../backends/kfp/kfp-client.ts';
import type { KfpRun } from '../../../backends/kfp/kfp-objects.ts';
import { runQuestion } from '../../argument.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolContext, type ToolFailure } from '../../tool.ts';
import type { Chart } from '../charts/chart.ts';
import { confusionMatrixChart } from '../charts/confusion-matrix-chart.ts';
import { featureImportanceChart } from '../charts/feature-importance.ts';
import { metricsChart } from '../charts/metrics-chart.ts';
import { rocChart } from '../charts/roc-chart.ts';
import { findImportances } from '../find-importances.ts';
import { findRun } from '../find-run.ts';
import { kfpAccess } from '../kfp-access.ts';
import { numbersOf } from '../metrics.ts';

export const visualizeRun = (kfp: KfpSource) =>
  defineTool({
    name: 'visualize_run',
    description:
      'Draw a chart of what a Kubeflow run reported: confusion matrix, ROC curve, metrics or feature importance.',
    effect: 'pure',
    input: z.strictObject({
      ...runQuestion,
      kind: z
        .enum(['confusion_matrix', 'roc', 'metrics', 'feature_importance'])
        .default('metrics')
        .describe('Which chart to draw.'),
    }),
    output: z.object({ specification: z.record(z.string(), z.unknown()), points: z.int() }),
    access: kfpAccess('readArtifact', 'runs'),
    examples: [
      'Show the confusion matrix of churn-0412',
      'plot the ROC curve for exp-12',
      'draw the metrics of the last fraud-train run',
      'which features mattered most in run nightly-7, as a chart?',
      'visualise how well the classifier separates the classes',
    ],
    display: 'vega-lite',

    execute: async ({ kind, ...question }, context) => {
      const client = await kfp.client(context);
      const found = await findRun(client, question, context);
      if (!found.ok) return found.failure;
      const chart = await draw(client, { run: found.value, kind }, context);
      if (!chart) return nothingToDraw(found.value, kind);
      const { specification, points, sentence } = chart;
      // Labels were chosen by the code of the run.
      return { kind: 'ok', summary: sentence, data: { specification: { ...specification }, points }, untrusted: true };
    },
  });

type Kind = 'confusion_matrix' | 'roc' | 'metrics' | 'feature_importance';

async function draw(
  client: KfpClient,
  { run, kind }: { readonly run: KfpRun; readonly kind: Kind },
  context: ToolContext,
): Promise<Chart | undefined> {
  const metrics = await client.getMetrics(run.id, context);
  switch (kind) {
    case 'confusion_matrix':
      return metrics.classifications
        .map((classification) => confusionMatrixChart(run.name, classification))
        .find((chart) => chart !== undefined);
    case 'roc':
      return rocChart(run.name, metrics.classifications);
    case 'metrics':
      return metricsChart(run.name, numbersOf(metrics));
    case 'feature_importance':
      return featureImportanceChart(run.name, await findImportances(client, { run, metrics }, context));
  }
}

const inWords: Readonly<Record<Kind, string>> = {
  confusion_matrix: 'confusion matrix',
  roc: 'ROC curve',
  metrics: 'metrics',
  feature_importance: 'feature importances',
};

function nothingToDraw(run: KfpRun, kind: Kind): ToolFailure {
  const hint =
    kind === 'metrics'
      ? 'get_run shows what it did.'
      : 'Another chart may be there: try metrics, or list_run_artifacts.';
  return failure('NothingToDraw', `Run ${run.name} reported no ${inWords[kind]}.`, hint);
}
