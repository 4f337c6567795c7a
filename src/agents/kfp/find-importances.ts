import type { KfpClient } from '../../backends/kfp/kfp-client.ts';
import type { JsonValue, KfpArtifact, KfpRun, KfpRunMetrics } from '../../backends/kfp/kfp-objects.ts';
import type { ToolContext } from '../tool.ts';
import {
  type FeatureImportance,
  importanceName,
  importancesOfJson,
  importancesOfMetrics,
  importancesOfText,
} from './charts/feature-importance.ts';

const mostBytes = 256 * 1024;

/** Where runs leave importances: as metrics, as an output parameter, in the metadata of an artifact, or in a small file. */
export async function findImportances(
  client: KfpClient,
  { run, metrics }: { readonly run: KfpRun; readonly metrics: KfpRunMetrics },
  context: ToolContext,
): Promise<readonly FeatureImportance[]> {
  const logged = importancesOfMetrics(metrics.scalars);
  if (logged.length > 0) return logged;
  const returned = firstOf(metrics.outputs.filter(({ name }) => importanceName.test(name)).map(({ value }) => value));
  if (returned.length > 0) return returned;
  const artifacts = await client.listArtifacts(run.id, context);
  const noted = firstOf(artifacts.flatMap(notesOf));
  if (noted.length > 0) return noted;
  const file = artifacts.find(({ name, uri }) => importanceName.test(name) || importanceName.test(stem(uri)));
  const bytes = file && (await client.readArtifact({ uri: file.uri, maxBytes: mostBytes }, context));
  return bytes ? importancesOfText(Buffer.from(bytes).toString('utf8')) : [];
}

function notesOf({ metadata }: KfpArtifact): readonly JsonValue[] {
  return Object.entries(metadata).flatMap(([name, value]) => (importanceName.test(name) ? [value] : []));
}

function firstOf(values: readonly JsonValue[]): readonly FeatureImportance[] {
  return values.map(importancesOfJson).find((importances) => importances.length > 0) ?? [];
}

/** Last part of an address without its extension. */
function stem(uri: string): string {
  return uri.slice(uri.lastIndexOf('/') + 1).replace(/\.[a-z0-9]+$/i, '');
}
