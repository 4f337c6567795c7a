import { describe, expect, test } from 'vitest';
import type { KfpClassificationMetrics, KfpRunMetrics } from '../../backends/kfp/kfp-objects.ts';
import { compare, comparisonInWords, type ComparedRun } from './compare.ts';
import { accuracyOf, areaUnderCurve, isSmallerBetter, numberInWords, numbersOf } from './metrics.ts';

const classification: KfpClassificationMetrics = {
  name: 'metrics',
  task: 'evaluate',
  confusionMatrix: {
    labels: ['stay', 'leave'],
    rows: [
      { label: 'stay', counts: [80, 5] },
      { label: 'leave', counts: [5, 10] },
    ],
  },
  rocCurve: [
    { threshold: 0.9, falsePositiveRate: 0, truePositiveRate: 0.5 },
    { threshold: 0.1, falsePositiveRate: 0.5, truePositiveRate: 1 },
  ],
};
const none: KfpRunMetrics = { scalars: [], classifications: [], outputs: [] };

describe('the numbers of a run', () => {
  test('come from its metrics, from output parameters that are numbers, and from its curves', () => {
    const numbers = numbersOf({
      scalars: [{ name: 'f1', value: 0.8, task: 'evaluate' }],
      outputs: [
        { task: 'train', name: 'Output', value: 12 },
        { task: 'train', name: 'best_epoch', value: 7 },
        { task: 'train', name: 'model', value: 'xgb' },
        { task: 'train', name: 'f1', value: 0.1 },
      ],
      classifications: [classification],
    });
    expect(numbers).toEqual([
      { name: 'f1', value: 0.8, task: 'evaluate' },
      { name: 'train', value: 12, task: 'train' },
      { name: 'best_epoch', value: 7, task: 'train' },
      { name: 'accuracy', value: 0.9, task: 'evaluate' },
      { name: 'auc', value: 0.875, task: 'evaluate' },
    ]);
  });

  test('a number that the run gave itself is not computed beside it', () => {
    const scalars = [
      { name: 'Accuracy', value: 0.91, task: 'evaluate' },
      { name: 'roc_auc', value: 0.87, task: 'evaluate' },
    ];
    expect(numbersOf({ ...none, scalars, classifications: [classification] })).toEqual(scalars);
  });

  test('nothing is made up for empty matrices and curves of one point', () => {
    const empty = { ...classification, confusionMatrix: { labels: [], rows: [] }, rocCurve: [] };
    expect(accuracyOf(empty)).toBeUndefined();
    expect(areaUnderCurve(empty)).toBeUndefined();
  });

  test.each([
    [0.93421, '0.9342'],
    [12, '12'],
    [1.23456e-7, '1.235e-7'],
    [123456.789, '123500'],
    [-3, '-3'],
  ])('%d reads %s', (value, expected) => {
    expect(numberInWords(value)).toBe(expected);
  });

  test.each([
    ['val_loss', true],
    ['rmse', true],
    ['test/MAE', true],
    ['error_rate', true],
    ['latency_ms', true],
    ['accuracy', false],
    ['f1', false],
    ['roc_auc', false],
    ['same', false],
    ['mean_precision', false],
  ])('less of %s is better: %s', (name, expected) => {
    expect(isSmallerBetter(name)).toBe(expected);
  });
});

describe('runs side by side', () => {
  const runs: readonly ComparedRun[] = [
    {
      label: 'exp-11',
      parameters: { data: 'a.csv', lr: 0.1 },
      metrics: [
        { name: 'rows', value: 100, task: 'prepare' },
        { name: 'accuracy', value: 0.91, task: 'evaluate' },
        { name: 'loss', value: 0.4, task: 'train' },
      ],
    },
    {
      label: 'exp-12',
      parameters: { data: 'a.csv', lr: 0.01, layers: [64] },
      metrics: [
        { name: 'rows', value: 100, task: 'prepare' },
        { name: 'accuracy', value: 0.93, task: 'evaluate' },
        { name: 'loss', value: 0.3, task: 'train' },
      ],
    },
  ];

  test('differences come first, and the best is named by what the metric means', () => {
    expect(compare(runs, undefined)).toEqual({
      parameters: [
        { name: 'lr', values: ['0.1', '0.01'], differs: true },
        { name: 'layers', values: ['-', '[64]'], differs: true },
        { name: 'data', values: ['a.csv', 'a.csv'], differs: false },
      ],
      metrics: [
        { name: 'accuracy', values: [0.91, 0.93], best: 'exp-12', direction: 'higher is better' },
        { name: 'loss', values: [0.4, 0.3], best: 'exp-12', direction: 'lower is better' },
        { name: 'rows', values: [100, 100], direction: 'higher is better' },
      ],
    });
  });

  test('the sentence names differences, numbers and the winner', () => {
    expect(comparisonInWords(runs, compare(runs, undefined))).toBe(
      'Runs exp-11 and exp-12 differ in lr (0.1, 0.01), layers (-, [64]); accuracy 0.91, 0.93 (best: exp-12); ' +
        'loss 0.4, 0.3 (best: exp-12); rows 100, 100; exp-12 is best by most metrics.',
    );
  });

  test('only the metrics asked for are compared, whatever their case', () => {
    expect(compare(runs, ['Accuracy']).metrics.map(({ name }) => name)).toEqual(['accuracy']);
  });

  test('a run without a metric is no candidate, and one number alone is not the best', () => {
    const [first, second] = runs;
    const silent = { ...(second ?? { label: '', parameters: {} }), metrics: [] };
    const comparison = compare(first ? [first, silent] : [], ['loss']);
    expect(comparison.metrics).toEqual([{ name: 'loss', values: [0.4, null], direction: 'lower is better' }]);
  });

  test('runs that reported nothing are said to have nothing', () => {
    const silent = runs.map((run) => ({ ...run, parameters: {}, metrics: [] }));
    expect(comparisonInWords(silent, compare(silent, undefined))).toBe(
      'Runs exp-11 and exp-12 have the same parameters; no metric of theirs can be compared.',
    );
  });
});
