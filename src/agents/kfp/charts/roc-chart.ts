import type { KfpClassificationMetrics } from '../../../backends/kfp/kfp-objects.ts';
import { areaUnderCurve, numberInWords, rocPoints } from '../metrics.ts';
import { type Chart, chartOf, mostPoints, thinned } from './chart.ts';

/** One line for each classifier of the run, with the diagonal of mere chance. */
export function rocChart(run: string, all: readonly KfpClassificationMetrics[]): Chart | undefined {
  const curves = all.filter(({ rocCurve }) => rocCurve.length > 0);
  if (curves.length === 0) return undefined;
  const titled = curves.map((metrics) => ({ title: titleOf(metrics, curves), metrics }));
  const each = Math.floor(mostPoints / titled.length);
  const values = titled.flatMap(({ title, metrics }) =>
    thinned(rocPoints(metrics.rocCurve), each).map((point) => ({ classifier: title, ...point })),
  );
  const areas = titled.map(({ title, metrics }) => `${title} ${numberInWords(areaUnderCurve(metrics) ?? NaN)}`);
  const rate = (field: string, title: string) => ({ field, type: 'quantitative', title, scale: { domain: [0, 1] } });
  return chartOf({
    title: `ROC curve of ${run}`,
    values,
    sentence: `ROC curve of run ${run}; area under the curve: ${areas.join(', ')}.`,
    body: {
      layer: [
        {
          mark: { type: 'line', tooltip: true, interpolate: 'linear' },
          encoding: {
            x: rate('falsePositiveRate', 'False positive rate'),
            y: rate('truePositiveRate', 'True positive rate'),
            color: { field: 'classifier', type: 'nominal', title: 'Classifier' },
            // Points of the same false positive rate stand in the order of the curve.
            order: { field: 'truePositiveRate', type: 'quantitative' },
          },
        },
        {
          data: { values: [{ at: 0 }, { at: 1 }] },
          mark: { type: 'line', strokeDash: [4, 4], color: 'grey' },
          encoding: { x: { field: 'at', type: 'quantitative' }, y: { field: 'at', type: 'quantitative' } },
        },
      ],
    },
  });
}

function titleOf({ task, name }: KfpClassificationMetrics, all: readonly KfpClassificationMetrics[]): string {
  return all.filter((metrics) => metrics.task === task).length > 1 ? `${task}/${name}` : task;
}
