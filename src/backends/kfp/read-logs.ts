import { inBatches } from './in-batches.ts';
import { isId, pathOf } from './kfp-api.ts';
import type { CallOptions, LogQuery } from './kfp-client.ts';
import type { KfpNode, KfpPod, KfpTaskLog } from './kfp-facts.ts';
import type { KfpObjectReader } from './kfp-settings.ts';
import type { KfpTransport } from './kfp-transport.ts';
import { placeOf } from './node-path.ts';
import type { WorkflowReader } from './workflow-reader.ts';

/** Containers of one run whose logs are read; a loop may have started hundreds. */
const mostContainers = 30;
const archiveLimitBytes = 4 * 1024 * 1024;

export interface LogParts {
  readonly workflows: WorkflowReader;
  readonly transport: KfpTransport;
  readonly objects: KfpObjectReader | undefined;
}

/** A container of user code, or a driver that failed. */
interface Source {
  readonly task: string;
  readonly podName: string;
  /** Only with the Workflow at hand. */
  readonly node?: KfpNode;
}

/** What the tasks of a run wrote: from the pods while they are there, else from the archive. */
export async function readLogs(
  parts: LogParts,
  query: LogQuery & { readonly taskNames: ReadonlySet<string> },
  options: CallOptions,
): Promise<readonly KfpTaskLog[]> {
  const sources = await sourcesOf(parts.workflows, query.runId, options);
  const wanted = sources.filter(({ task }) => query.task === undefined || query.taskNames.has(task));
  return inBatches(wanted.slice(0, mostContainers), (source) => readOne(parts, { source, query }, options));
}

async function sourcesOf(workflows: WorkflowReader, runId: string, options: CallOptions): Promise<readonly Source[]> {
  const listing = await workflows.list(runId, options);
  if (listing.kind === 'read' && listing.workflows.length > 0) {
    return lastAttempts(listing.workflows.flatMap(({ nodes }) => nodes)).flatMap((node) =>
      node.podName === undefined ? [] : [{ task: node.task, podName: node.podName, node }],
    );
  }
  const pods = await workflows.listPods(runId, options);
  return pods.filter(isWorker).map(({ task, name }) => ({ task, podName: name }));
}

/** Of each executor, and of each driver that failed, the last attempt; in the order of start. */
function lastAttempts(nodes: readonly KfpNode[]): readonly KfpNode[] {
  const pods = nodes.filter(
    ({ type, role, phase }) => type === 'Pod' && (role === 'executor' || (role === 'driver' && isFailure(phase))),
  );
  const last = new Map(pods.map((node) => [placeOf(node.path, node.templateName).plainPath, node]));
  return [...last.values()];
}

function isWorker({ role, phase }: KfpPod): boolean {
  return role === 'executor' || (role === 'driver' && phase === 'Failed');
}

function isFailure(phase: string): boolean {
  return phase === 'Failed' || phase === 'Error';
}

async function readOne(
  parts: LogParts,
  { source, query }: { source: Source; query: LogQuery },
  options: CallOptions,
): Promise<KfpTaskLog> {
  const { task, podName, node } = source;
  // One line more than wanted tells whether something was cut.
  const live = await parts.workflows.readLog(podName, query.tailLines + 1, options);
  if (live.kind === 'text') return cut({ task, podName, source: 'pod' }, live.text, query.tailLines);
  const archived = (await fromObjects(parts, node, options)) ?? (await fromServer(parts, { source, query }, options));
  if (archived !== undefined) return cut({ task, podName, source: 'archive' }, archived, query.tailLines);
  return { kind: 'unavailable', task, podName, reason: live.reason };
}

async function fromObjects({ objects }: LogParts, node: KfpNode | undefined, { signal }: CallOptions) {
  if (!objects || node?.logUri === undefined) return undefined;
  const bytes = await objects.read({ uri: node.logUri, maxBytes: archiveLimitBytes, from: 'end' }, { signal });
  return bytes && new TextDecoder().decode(bytes);
}

/** KFP's own log route: the answer is always 200, and a failure is JSON in its place. */
async function fromServer(
  { transport }: LogParts,
  { source, query }: { source: Source; query: LogQuery },
  { signal }: CallOptions,
): Promise<string | undefined> {
  const nodeId = source.node?.id;
  if (nodeId === undefined || !isId(nodeId) || source.node?.logUri === undefined) return undefined;
  const path = `/apis/v1alpha1${pathOf('runs', query.runId, 'nodes', nodeId)}/log`;
  const text = await transport.text({ method: 'GET', path, signal, maxBytes: archiveLimitBytes });
  return /^\s*\{\s*"error_message"/.test(text) ? undefined : text;
}

function cut(
  place: { task: string; podName: string; source: 'pod' | 'archive' },
  text: string,
  tailLines: number,
): KfpTaskLog {
  const lines = text.replace(/\n$/, '').split('\n');
  const isCut = lines.length > tailLines;
  return { kind: 'text', ...place, text: lines.slice(-tailLines).join('\n'), isCut };
}
