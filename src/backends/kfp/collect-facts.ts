import type { CallOptions } from './kfp-client.ts';
import type { KfpEvent, KfpNode, KfpPod, KfpRunFacts, KfpWorkflow } from './kfp-facts.ts';
import { inBatches } from './in-batches.ts';
import { whyUnreadable, type WorkflowReader } from './workflow-reader.ts';

/** Objects whose Events are asked for; those in trouble first. */
const mostEventObjects = 12;

export async function collectFacts(reader: WorkflowReader, runId: string, options: CallOptions): Promise<KfpRunFacts> {
  const unreadable: string[] = [];
  const orNothing = async <T>(what: string, read: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await read();
    } catch (error) {
      const reason = whyUnreadable(error, what);
      if (!unreadable.includes(reason)) unreadable.push(reason);
      return [];
    }
  };
  const listing = await reader.list(runId, options);
  if (listing.kind === 'unreadable') unreadable.push(listing.reason);
  const workflows = listing.kind === 'read' ? listing.workflows : [];
  const pods = await orNothing('pods', () => reader.listPods(runId, options));
  const failures = workflows.flatMap(({ nodes }) => nodes.filter(isFailedPod)).toSorted(deepestFirst);
  const names = eventObjects(workflows, failures, pods);
  const events = await inBatches(names, (name) => orNothing('Events', () => reader.listEvents(name, options)));
  return { workflows, failures, pods, events: events.flat().toSorted(byTime), unreadable };
}

function isFailedPod({ type, phase }: KfpNode): boolean {
  return type === 'Pod' && (phase === 'Failed' || phase === 'Error');
}

/** The deepest node is where it happened; of several, the first one drew the others along. */
function deepestFirst(left: KfpNode, right: KfpNode): number {
  return right.depth - left.depth || Date.parse(left.finishedAt ?? '') - Date.parse(right.finishedAt ?? '');
}

/** Also of pods that could never be made: their Events are about the Workflow. */
function eventObjects(
  workflows: readonly KfpWorkflow[],
  failures: readonly KfpNode[],
  pods: readonly KfpPod[],
): readonly string[] {
  const stuck = pods.filter(({ phase }) => phase === 'Pending' || phase === 'Failed').map(({ name }) => name);
  const failed = failures.flatMap(({ podName }) => podName ?? []);
  const others = pods.filter(({ phase }) => phase === 'Running').map(({ name }) => name);
  const all = [...workflows.map(({ name }) => name), ...failed, ...stuck, ...others];
  return [...new Set(all)].slice(0, mostEventObjects);
}

function byTime(left: KfpEvent, right: KfpEvent): number {
  return Date.parse(left.at) - Date.parse(right.at);
}
