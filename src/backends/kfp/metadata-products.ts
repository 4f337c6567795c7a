import type { JsonValue, KfpArtifact } from './kfp-objects.ts';
import type { MetadataArtifact, MetadataExecution, MetadataStore } from './metadata-client.ts';
import { artifactType, type RunProducts } from './run-products.ts';

/** The four questions that lead from a run to what it wrote: its context, executions, their events, the artifacts. */
export async function metadataProducts(store: MetadataStore, runId: string): Promise<RunProducts> {
  const executions = await store.executionsOfRun(runId);
  const workers = executions.filter(({ type }) => type !== 'system.DAGExecution');
  const events = (await store.eventsOf(workers.map(({ id }) => id))).filter(({ isOutput }) => isOutput);
  const found = await store.artifacts([...new Set(events.map(({ artifactId }) => artifactId))]);
  const byId = new Map(found.map((artifact) => [artifact.id, artifact]));
  const taskOf = new Map(workers.map((execution) => [execution.id, taskNameOf(execution)]));
  const artifacts = events.flatMap(({ artifactId, executionId, name }) => {
    const artifact = byId.get(artifactId);
    return artifact ? [artifactOf(artifact, { name, task: taskOf.get(executionId) ?? '' })] : [];
  });
  return { artifacts, outputs: workers.flatMap(outputsOf) };
}

/** Properties that KFP itself adds to every artifact. */
const ownProperties = new Set(['display_name', 'store_session_info']);

function taskNameOf({ properties }: MetadataExecution): string {
  return textOf(properties['task_name']) || textOf(properties['display_name']);
}

function artifactOf(artifact: MetadataArtifact, { name, task }: { name: string; task: string }): KfpArtifact {
  const displayName = artifact.properties['display_name'];
  const metadata = Object.entries(artifact.properties).filter(([property]) => !ownProperties.has(property));
  return {
    name: name || textOf(displayName) || artifact.name,
    type: artifactType(artifact.type),
    uri: artifact.uri,
    task,
    metadata: Object.fromEntries(metadata),
  };
}

function outputsOf(execution: MetadataExecution): RunProducts['outputs'] {
  const { outputs } = execution.properties;
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs)) return [];
  const task = taskNameOf(execution);
  return Object.entries(outputs as Readonly<Record<string, JsonValue>>).map(([name, value]) => ({ task, name, value }));
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
