import { without } from './without.ts';
import { isFinished, labels, type Node, type Workflow, type WorkflowSpec } from './workflow.ts';

/** Counts the retries by hand, for scripts that say what happens after one. */
export const retriesAnnotation = 'simulator/retries';

export const retriesOf = (workflow: Workflow): number =>
  Number(workflow.metadata.annotations?.[retriesAnnotation] ?? 0);

/** The Workflow as KFP sets it back: what failed or was left out is forgotten, what surrounds it runs again. */
export function retried(workflow: Workflow): Workflow {
  const nodes = Object.values(structuredClone(workflow.status?.nodes ?? {}));
  const kept = nodes.filter((node) => node.phase === 'Succeeded' || node.phase === 'Skipped' || isFrame(node));
  const ids = new Set(kept.map(({ id }) => id));
  for (const node of kept) reset(node, ids);
  const otherLabels = without({ ...workflow.metadata.labels }, labels.completed, labels.persisted);
  const spec = without(workflow.spec, 'activeDeadlineSeconds') as object as WorkflowSpec;
  const status = without({ ...workflow.status }, 'message');
  const annotations = { ...workflow.metadata.annotations, [retriesAnnotation]: String(retriesOf(workflow) + 1) };
  return {
    ...workflow,
    metadata: { ...workflow.metadata, labels: { ...otherLabels, [labels.phase]: 'Running' }, annotations },
    spec,
    status: {
      ...status,
      phase: 'Running',
      finishedAt: null,
      nodes: Object.fromEntries(kept.map((node) => [node.id, node])),
    },
  };
}

const isFrame = (node: Node) => node.type === 'Retry' || node.type === 'DAG' || node.type === 'TaskGroup';

function reset(node: Node, kept: ReadonlySet<string>): void {
  if (node.children) node.children = node.children.filter((id) => kept.has(id));
  if (!isFinished(node.phase) || node.phase === 'Succeeded' || node.phase === 'Skipped') return;
  node.phase = 'Running';
  node.finishedAt = null;
  delete node.message;
  delete node.outputs;
  delete node.outboundNodes;
}
