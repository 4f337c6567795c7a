import type { JsonValue, KfpArtifact, KfpClassificationMetrics, KfpRunMetrics } from './kfp-objects.ts';

/** What the tasks of a run wrote, whichever service told it. */
export interface RunProducts {
  readonly artifacts: readonly KfpArtifact[];
  readonly outputs: KfpRunMetrics['outputs'];
}

export function metricsOf({ artifacts, outputs }: RunProducts): KfpRunMetrics {
  return {
    scalars: artifacts.filter(({ type }) => type === 'Metrics').flatMap(scalarsOf),
    classifications: artifacts
      .filter(({ type }) => type === 'ClassificationMetrics' || type === 'SlicedClassificationMetrics')
      .map(classificationOf),
    outputs,
  };
}

function scalarsOf({ metadata, task }: KfpArtifact): KfpRunMetrics['scalars'] {
  return Object.entries(metadata).flatMap(([name, value]) =>
    typeof value === 'number' ? [{ name, value, task }] : [],
  );
}

function classificationOf({ name, task, metadata }: KfpArtifact): KfpClassificationMetrics {
  return {
    name,
    task,
    confusionMatrix: confusionMatrixOf(metadata['confusionMatrix']),
    rocCurve: listOf(metadata['confidenceMetrics']).map((point) => ({
      threshold: numberIn(point, 'confidenceThreshold'),
      falsePositiveRate: numberIn(point, 'falsePositiveRate'),
      truePositiveRate: numberIn(point, 'recall'),
    })),
  };
}

/** `{annotationSpecs: [{displayName}], rows: [{row: […]}]}`: as the SDK's log_confusion_matrix writes it. */
function confusionMatrixOf(value: JsonValue | undefined): KfpClassificationMetrics['confusionMatrix'] {
  const labels = listOf(fieldOf(value, 'annotationSpecs')).map(labelOf);
  const rows = listOf(fieldOf(value, 'rows')).map((row, index) => ({
    label: labels[index] ?? '',
    counts: listOf(Array.isArray(row) ? row : fieldOf(row, 'row')).map(Number),
  }));
  return labels.length === 0 || rows.length === 0 ? undefined : { labels, rows };
}

function labelOf(spec: JsonValue): string {
  const label = fieldOf(spec, 'displayName');
  return typeof label === 'string' ? label : '';
}

function fieldOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Readonly<Record<string, JsonValue>>)[name] : undefined;
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function numberIn(value: JsonValue, name: string): number {
  return Number(fieldOf(value, name) ?? 0);
}

/** `system.Model` → `Model`; `google.VertexModel` stays as it is. */
export function artifactType(title: string): string {
  return title.replace(/^system\./, '') || 'Artifact';
}
