import type { KfpClassificationMetrics } from '../../../backends/kfp/kfp-objects.ts';
import { accuracyOf, numberInWords } from '../metrics.ts';
import { type Chart, chartOf, mostPoints } from './chart.ts';

type Matrix = NonNullable<KfpClassificationMetrics['confusionMatrix']>;

/** Truth in rows, prediction in columns; of very many classes the most frequent ones. */
export function confusionMatrixChart(run: string, metrics: KfpClassificationMetrics): Chart | undefined {
  const { confusionMatrix: matrix } = metrics;
  if (!matrix || matrix.rows.length === 0) return undefined;
  const kept = keptLabels(matrix);
  const values = matrix.rows
    .filter(({ label }) => kept.includes(label))
    .flatMap(({ label, counts }) =>
      kept.map((predicted) => ({ truth: label, predicted, count: counts[matrix.labels.indexOf(predicted)] ?? 0 })),
    );
  const accuracy = accuracyOf(metrics);
  const said = accuracy === undefined ? '' : `, accuracy ${numberInWords(accuracy)}`;
  const cut = kept.length < matrix.labels.length ? ` (the ${kept.length} most frequent of them)` : '';
  const field = (name: string, title: string) => ({ field: name, type: 'nominal', title, sort: kept });
  return chartOf({
    title: `Confusion matrix of ${run} (${metrics.task})`,
    values,
    sentence: `Confusion matrix of run ${run}, task ${metrics.task}: ${matrix.labels.length} classes${cut}${said}.`,
    body: {
      encoding: { x: field('predicted', 'Predicted'), y: field('truth', 'True') },
      layer: [
        {
          mark: { type: 'rect', tooltip: true },
          encoding: { color: { field: 'count', type: 'quantitative', title: 'Cases' } },
        },
        ...(kept.length <= 12
          ? [{ mark: { type: 'text' }, encoding: { text: { field: 'count', type: 'quantitative' } } }]
          : []),
      ],
    },
  });
}

function keptLabels({ labels, rows }: Matrix): readonly string[] {
  const most = Math.floor(Math.sqrt(mostPoints));
  if (labels.length <= most) return labels;
  const casesOf = (label: string) =>
    (rows.find((row) => row.label === label)?.counts ?? []).reduce((sum, count) => sum + count, 0);
  const frequent = new Set(labels.toSorted((left, right) => casesOf(right) - casesOf(left)).slice(0, most));
  return labels.filter((label) => frequent.has(label));
}
