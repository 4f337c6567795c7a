import type { KfpClassificationMetrics, KfpRunMetrics, KfpScalarMetric } from '../../backends/kfp/kfp-objects.ts';

/** The numbers of a run: those it logged as metrics, output parameters that are numbers, and what follows from its curves. */
export function numbersOf({ scalars, outputs, classifications }: KfpRunMetrics): readonly KfpScalarMetric[] {
  const logged = new Set(scalars.map(({ name }) => name));
  const returned = outputs.flatMap(({ task, name, value }) => {
    const number = typeof value === 'number' ? value : undefined;
    const title = name === 'Output' ? task : name;
    return number === undefined || logged.has(title) ? [] : [{ name: title, value: number, task }];
  });
  const known = new Set([...logged, ...returned.map(({ name }) => name)].map((name) => name.toLowerCase()));
  const derived = classifications
    .flatMap(derivedMetrics)
    .filter(({ name }) => !known.has(name) && !(name === 'auc' && known.has('roc_auc')));
  return [...scalars, ...returned, ...derived];
}

function derivedMetrics(metrics: KfpClassificationMetrics): readonly KfpScalarMetric[] {
  const accuracy = accuracyOf(metrics);
  const auc = areaUnderCurve(metrics);
  return [
    ...(accuracy === undefined ? [] : [{ name: 'accuracy', value: accuracy, task: metrics.task }]),
    ...(auc === undefined ? [] : [{ name: 'auc', value: auc, task: metrics.task }]),
  ];
}

/** Share of the cases on the diagonal of the confusion matrix. */
export function accuracyOf({ confusionMatrix }: KfpClassificationMetrics): number | undefined {
  if (!confusionMatrix) return undefined;
  const all = confusionMatrix.rows.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0);
  const right = confusionMatrix.rows.reduce((sum, { label, counts }) => {
    return sum + (counts[confusionMatrix.labels.indexOf(label)] ?? 0);
  }, 0);
  return all === 0 ? undefined : rounded(right / all);
}

/** By trapezoids, between (0,0) and (1,1). */
export function areaUnderCurve({ rocCurve }: KfpClassificationMetrics): number | undefined {
  if (rocCurve.length < 2) return undefined;
  const points = rocPoints(rocCurve);
  const area = points.slice(1).reduce((sum, point, index) => {
    const before = points[index] ?? point;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    return sum + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }, 0);
  return rounded(area);
}

type RocPoint = Omit<KfpClassificationMetrics['rocCurve'][number], 'threshold'> & { readonly threshold?: number };

/** From (0,0) to (1,1); thresholds beyond 1 mark the ends in some libraries. */
export function rocPoints(curve: KfpClassificationMetrics['rocCurve']): readonly RocPoint[] {
  const ends = [
    { falsePositiveRate: 0, truePositiveRate: 0 },
    { falsePositiveRate: 1, truePositiveRate: 1 },
  ];
  return [...curve, ...ends].toSorted(
    (left, right) => left.falsePositiveRate - right.falsePositiveRate || left.truePositiveRate - right.truePositiveRate,
  );
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}

/** `0.934`, `12`, `1.2e-7`: as many digits as people read. */
export function numberInWords(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e12) return String(value);
  return String(Number(value.toPrecision(4)));
}

const smallerIsBetter =
  /loss|error|(?:^|[_\W])(?:rmse|mse|mae|mape|smape|wer|cer|fpr|fnr|perplexity|ppl|brier|latency|duration|seconds|time|cost|eer|logloss|deviance)(?:$|[_\W])/i;

/** Whether less of it is better: losses, errors and times. */
export function isSmallerBetter(metric: string): boolean {
  return smallerIsBetter.test(metric);
}
