import type { JsonValue, KfpScalarMetric } from '../../../backends/kfp/kfp-objects.ts';
import { numberInWords } from '../metrics.ts';
import { type Chart, chartOf } from './chart.ts';

export interface FeatureImportance {
  readonly feature: string;
  readonly importance: number;
}

const mostFeatures = 30;

export function featureImportanceChart(run: string, importances: readonly FeatureImportance[]): Chart | undefined {
  const ordered = importances.toSorted((left, right) => Math.abs(right.importance) - Math.abs(left.importance));
  if (ordered.length === 0) return undefined;
  const values = ordered.slice(0, mostFeatures);
  const best = values.slice(0, 3).map(({ feature, importance }) => `${feature} (${numberInWords(importance)})`);
  return chartOf({
    title: `Feature importance of ${run}`,
    values,
    sentence: `Of ${ordered.length} features in run ${run} these mattered most: ${best.join(', ')}.`,
    body: {
      mark: { type: 'bar', tooltip: true },
      encoding: {
        y: { field: 'feature', type: 'nominal', title: null, sort: null },
        x: { field: 'importance', type: 'quantitative', title: 'Importance' },
      },
    },
  });
}

/** Kubeflow Pipelines has no type for importances; by custom they are called so. */
export const importanceName = /feature[\s_-]*importances?|importances?$/i;

/** Metrics named `feature_importance_age`, `importance/age` or the like. */
export function importancesOfMetrics(metrics: readonly KfpScalarMetric[]): readonly FeatureImportance[] {
  return metrics.flatMap(({ name, value }) => {
    const feature = /^(?:feature[\s_-]*)?importances?[\s_/.:-]+(.+)$/i.exec(name)?.[1];
    return feature === undefined ? [] : [{ feature, importance: value }];
  });
}

/** `{age: 0.3}`, `[{feature: 'age', importance: 0.3}]`, `[['age', 0.3]]`, or any of these as JSON text. */
export function importancesOfJson(value: JsonValue): readonly FeatureImportance[] {
  if (typeof value === 'string') return importancesOfText(value);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap(importanceOfEntry);
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const numbers = entries.flatMap(([feature, number]) =>
    typeof number === 'number' ? [{ feature, importance: number }] : [],
  );
  if (numbers.length > 0) return numbers;
  const inner = entries.find(([name]) => importanceName.test(name))?.[1];
  return inner === undefined ? [] : importancesOfJson(inner);
}

function importanceOfEntry(entry: JsonValue): readonly FeatureImportance[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const values = Object.values(entry);
  const feature = values.find((value) => typeof value === 'string');
  const importance = values.find((value) => typeof value === 'number');
  return feature === undefined || importance === undefined ? [] : [{ feature, importance }];
}

/** JSON, or a table of two columns with or without a heading. */
export function importancesOfText(text: string): readonly FeatureImportance[] {
  const parsed = parsedJson(text);
  if (parsed !== undefined) return typeof parsed === 'string' ? [] : importancesOfJson(parsed);
  return text.split(/\r?\n/).flatMap((line) => {
    const cells = line.split(/[,;\t]/).map((cell) => cell.trim().replaceAll(/^"|"$/g, ''));
    // pandas writes the index first.
    const [feature = '', importance = ''] = cells.length > 2 ? cells.slice(-2) : cells;
    const number = importance === '' ? NaN : Number(importance);
    return feature === '' || Number.isNaN(number) ? [] : [{ feature, importance: number }];
  });
}

function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
