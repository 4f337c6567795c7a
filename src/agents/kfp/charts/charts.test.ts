import { describe, expect, test } from 'vitest';
import type { KfpClassificationMetrics } from '../../../backends/kfp/kfp-objects.ts';
import type { Chart } from './chart.ts';
import { thinned } from './chart.ts';
import { confusionMatrixChart } from './confusion-matrix-chart.ts';
import {
  featureImportanceChart,
  importanceName,
  importancesOfJson,
  importancesOfMetrics,
  importancesOfText,
} from './feature-importance.ts';
import { metricsChart } from './metrics-chart.ts';
import { rocChart } from './roc-chart.ts';

interface View {
  readonly data?: { readonly values: readonly Readonly<Record<string, unknown>>[] };
  readonly mark?: unknown;
  readonly encoding?: Readonly<Record<string, { readonly field?: string }>>;
  readonly layer?: readonly View[];
}

/** What a renderer would stumble over: views without marks, fields that the data lacks. */
function mistakesOf(view: View, inherited: Pick<View, 'data' | 'encoding'> = {}): readonly string[] {
  const data = view.data ?? inherited.data;
  const encoding = { ...(view.data ? {} : inherited.encoding), ...view.encoding };
  if (view.layer) return view.layer.flatMap((layer) => mistakesOf(layer, { ...(data && { data }), encoding }));
  const fields = Object.values(encoding).flatMap(({ field }) => (field === undefined ? [] : [field]));
  const missing = fields.filter((field) => !data?.values.some((row) => field in row));
  return [
    ...(view.mark === undefined ? ['a view has no mark'] : []),
    ...missing.map((field) => `no data for ${field}`),
  ];
}

function expectDrawable(chart: Chart | undefined): Chart {
  if (!chart) throw new Error('there is no chart');
  expect(chart.specification['$schema']).toBe('https://vega.github.io/schema/vega-lite/v6.json');
  expect(mistakesOf(chart.specification as View)).toEqual([]);
  const { values } = (chart.specification as { data: { values: unknown[] } }).data;
  expect(values).toHaveLength(chart.points);
  expect(chart.points).toBeLessThanOrEqual(2_000);
  expect(JSON.parse(JSON.stringify(chart.specification))).toEqual(chart.specification);
  return chart;
}

function classification(classes: number, rocPoints = 0): KfpClassificationMetrics {
  const labels = Array.from({ length: classes }, (_, index) => `class ${index}`);
  return {
    name: 'metrics',
    task: 'evaluate',
    confusionMatrix: {
      labels,
      rows: labels.map((label, row) => ({ label, counts: labels.map((_, column) => (row === column ? row + 1 : 0)) })),
    },
    rocCurve: Array.from({ length: rocPoints }, (_, index) => ({
      threshold: 1 - index / rocPoints,
      falsePositiveRate: index / rocPoints,
      truePositiveRate: Math.sqrt(index / rocPoints),
    })),
  };
}

describe('a confusion matrix', () => {
  test('has one cell for each pair of classes', () => {
    const chart = expectDrawable(confusionMatrixChart('exp-12', classification(3)));
    expect(chart.points).toBe(9);
    expect(chart.sentence).toBe('Confusion matrix of run exp-12, task evaluate: 3 classes, accuracy 1.');
  });

  test('of very many classes shows the most frequent ones', () => {
    const chart = expectDrawable(confusionMatrixChart('exp-12', classification(200)));
    expect(chart.points).toBe(44 * 44);
    expect(chart.sentence).toContain('200 classes (the 44 most frequent of them)');
    expect(JSON.stringify(chart.specification)).toContain('class 199');
  });

  test('is not drawn where there is none', () => {
    expect(confusionMatrixChart('r', { ...classification(2), confusionMatrix: undefined })).toBeUndefined();
  });
});

describe('a ROC curve', () => {
  test('goes from corner to corner and tells the area', () => {
    const chart = expectDrawable(rocChart('exp-12', [classification(2, 100)]));
    expect(chart.points).toBe(102);
    expect(chart.sentence).toMatch(/^ROC curve of run exp-12; area under the curve: evaluate 0\.66\d+\.$/);
  });

  test('is thinned out, several of them together as well', () => {
    const curves = [classification(2, 50_000), { ...classification(2, 50_000), task: 'validate' }];
    const chart = expectDrawable(rocChart('exp-12', curves));
    expect(chart.points).toBe(2_000);
    expect(chart.sentence).toContain('validate');
  });

  test('is not drawn where there is none', () => {
    expect(rocChart('r', [classification(2)])).toBeUndefined();
  });

  test('thinning keeps the ends', () => {
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const kept = thinned(numbers, 7);
    expect(kept).toHaveLength(7);
    expect([kept[0], kept.at(-1)]).toEqual([0, 999]);
    expect(thinned(numbers, 5_000)).toEqual(numbers);
  });
});

describe('metrics', () => {
  test('become bars, one each', () => {
    const metrics = [
      { name: 'accuracy', value: 0.91, task: 'evaluate' },
      { name: 'f1', value: 0.8, task: 'evaluate' },
    ];
    const chart = expectDrawable(metricsChart('exp-12', metrics));
    expect(chart.sentence).toBe('Metrics of run exp-12: accuracy 0.91, f1 0.8.');
    expect(metricsChart('exp-12', [])).toBeUndefined();
  });

  test('of very different sizes stand on a logarithmic axis', () => {
    const metrics = [
      { name: 'rows', value: 1_000_000, task: 'prepare' },
      { name: 'loss', value: 0.1, task: 'train' },
    ];
    expect(JSON.stringify(metricsChart('r', metrics)?.specification)).toContain('"log"');
  });

  test('of which there are hundreds are cut', () => {
    const metrics = Array.from({ length: 300 }, (_, index) => ({ name: `m${index}`, value: index, task: 't' }));
    expect(expectDrawable(metricsChart('r', metrics)).points).toBe(60);
  });
});

describe('feature importances', () => {
  const expected = [
    { feature: 'age', importance: 0.5 },
    { feature: 'plan', importance: -0.7 },
  ];

  test.each([
    ['an object', { age: 0.5, plan: -0.7 }],
    ['an object inside another', { feature_importance: { age: 0.5, plan: -0.7 }, kind: 'gain' }],
    [
      'a list of objects',
      [
        { name: 'age', gain: 0.5 },
        { name: 'plan', gain: -0.7 },
      ],
    ],
    [
      'a list of pairs',
      [
        ['age', 0.5],
        ['plan', -0.7],
      ],
    ],
    ['JSON as text', '{"age": 0.5, "plan": -0.7}'],
  ])('are read from %s', (_name, value) => {
    expect(importancesOfJson(value)).toEqual(expected);
  });

  test.each([
    ['a table with a heading', 'feature,importance\nage,0.5\nplan,-0.7\n'],
    ['a table with an index, as pandas writes it', ',feature,importance\n0,age,0.5\n1,plan,-0.7\n'],
    ['a table with tabs and quotes', '"age"\t0.5\r\n"plan"\t-0.7\r\n'],
  ])('are read from %s', (_name, text) => {
    expect(importancesOfText(text)).toEqual(expected);
  });

  test.each(['', 'no numbers here', '"just text"', '[1, 2]', 'null'])('are not seen in %j', (text) => {
    expect(importancesOfText(text)).toEqual([]);
  });

  test('are read from metrics by their names', () => {
    const metrics = [
      { name: 'feature_importance_age', value: 0.5, task: 't' },
      { name: 'importance/plan', value: 0.2, task: 't' },
      { name: 'accuracy', value: 0.9, task: 't' },
    ];
    expect(importancesOfMetrics(metrics)).toEqual([
      { feature: 'age', importance: 0.5 },
      { feature: 'plan', importance: 0.2 },
    ]);
  });

  test.each(['feature_importance', 'Feature Importances', 'importances', 'shap-importance'])(
    '%s is such a name',
    (name) => {
      expect(name).toMatch(importanceName);
    },
  );

  test('are drawn with the weightiest first, whatever its sign', () => {
    const chart = expectDrawable(featureImportanceChart('exp-12', expected));
    expect(chart.sentence).toBe('Of 2 features in run exp-12 these mattered most: plan (-0.7), age (0.5).');
    expect(featureImportanceChart('r', [])).toBeUndefined();
  });
});
