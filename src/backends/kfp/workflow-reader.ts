import { KubeApiError, isNotFound } from '../../kube/errors.ts';
import type { KubeClient, KubeObject, RequestOptions, ResourceType } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { RetryableError, messageOf } from '../../base/errors.ts';
import { isId } from './kfp-api.ts';
import type { CallOptions } from './kfp-client.ts';
import type { KfpEvent, KfpPod, KfpWorkflow } from './kfp-facts.ts';
import type { KfpCluster } from './kfp-settings.ts';
import { parseEvent, parsePod } from './parse-pod.ts';
import { parseWorkflow } from './parse-workflow.ts';

const workflowType: ResourceType = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'workflows',
  kind: 'Workflow',
  namespaced: true,
};
/** Events by their older name: that is the one the usual roles (view, edit) may read. */
const eventType: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

const mostObjects = 500;
/** A log is read at most to this size, so that one line without end cannot fill the memory. */
const logLimitBytes = 4 * 1024 * 1024;

/** `unreadable`: there is no cluster to look into, no right to, or no such kind; and why. */
export type WorkflowListing =
  | { readonly kind: 'read'; readonly workflows: readonly KfpWorkflow[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type PodLog =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'missing'; readonly reason: string };

/** The Kubernetes side of runs: what carries the label pipeline/runid, read with the rights of the run-as account. */
export interface WorkflowReader {
  /** Newest first. */
  list(runId: string, options: CallOptions): Promise<WorkflowListing>;
  /** Oldest first. @throws KubeApiError */
  listPods(runId: string, options: CallOptions): Promise<readonly KfpPod[]>;
  /** About the object of this name, oldest first. @throws KubeApiError */
  listEvents(objectName: string, options: CallOptions): Promise<readonly KfpEvent[]>;
  /** The end of what container `main` wrote. */
  readLog(pod: string, tailLines: number, options: CallOptions): Promise<PodLog>;
  /** Deletes one Workflow without a row in KFP. One that is gone is fine. @returns false when it is not allowed. */
  delete(workflow: Pick<KfpWorkflow, 'name' | 'uid'>, options: CallOptions): Promise<boolean>;
}

export function createWorkflowReader(cluster: KfpCluster, namespace: string): WorkflowReader {
  const { kube, impersonate } = cluster;
  const acting = ({ signal }: CallOptions): RequestOptions => ({ signal, impersonate });
  const ofRun = async (type: ResourceType, runId: string, options: CallOptions) => {
    // What cannot be an id would make another selector of it.
    if (!isId(runId)) return [];
    const query = { namespace, labelSelector: `pipeline/runid=${runId}`, limit: mostObjects };
    return (await kube.list<KubeObject>(type, query, acting(options))).items;
  };
  return {
    list: async (runId, options) => {
      try {
        const objects = await ofRun(workflowType, runId, options);
        const workflows = objects.map(parseWorkflow);
        return { kind: 'read', workflows: workflows.toSorted(byTime((item) => item.createdAt)).toReversed() };
      } catch (error) {
        return { kind: 'unreadable', reason: whyUnreadable(error, 'Workflows') };
      }
    },
    listPods: async (runId, options) => {
      const objects = await ofRun(resourceTypes.pod, runId, options);
      return objects.map(parsePod).toSorted(byTime((pod) => pod.createdAt));
    },
    listEvents: async (objectName, options) => {
      const query = { namespace, fieldSelector: `involvedObject.name=${objectName}`, limit: mostObjects };
      const { items } = await kube.list<KubeObject>(eventType, query, acting(options));
      return items.map(parseEvent).toSorted(byTime((event) => event.at));
    },
    readLog: (pod, tailLines, options) => readLog(kube, { namespace, pod, tailLines }, acting(options)),
    delete: async ({ name, uid }, options) => {
      try {
        await kube.delete(workflowType, { namespace, name }, { ...acting(options), uid });
        return true;
      } catch (error) {
        whyUnreadable(error, 'Workflows');
        return false;
      }
    },
  };
}

/** Where only KFP itself can be asked. */
export const noWorkflows: WorkflowReader = {
  list: () => Promise.resolve({ kind: 'unreadable', reason: 'The cluster of the pipelines is not looked into.' }),
  listPods: () => Promise.resolve([]),
  listEvents: () => Promise.resolve([]),
  readLog: () => Promise.resolve({ kind: 'missing', reason: 'The cluster of the pipelines is not looked into.' }),
  delete: () => Promise.resolve(false),
};

async function readLog(
  kube: KubeClient,
  { namespace, pod, tailLines }: { namespace: string; pod: string; tailLines: number },
  options: RequestOptions,
): Promise<PodLog> {
  try {
    const query = { container: 'main', tailLines, limitBytes: logLimitBytes };
    return { kind: 'text', text: await kube.logs({ namespace, name: pod }, query, options) };
  } catch (error) {
    if (isNotFound(error)) return { kind: 'missing', reason: `Pod ${pod} is gone.` };
    // The container has not started ("… is waiting to start: ImagePullBackOff"), or its node does not answer.
    const isAnswer =
      error instanceof KubeApiError && error.status >= 400 && error.status !== 403 && error.status !== 429;
    return { kind: 'missing', reason: isAnswer ? error.message : whyUnreadable(error, 'logs') };
  }
}

/** @throws RetryableError when the API server cannot answer now, and everything that is no answer of it. */
export function whyUnreadable(error: unknown, what: string): string {
  if (!(error instanceof KubeApiError)) throw error;
  if (error.status === 403) return `The ServiceAccount may not read ${what}: ${error.message}`;
  if (error.status === 404) return `The cluster knows no ${what} (Argo Workflows is not installed in it).`;
  const waits = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
  throw new RetryableError('KubernetesUnavailable', `The API server cannot list ${what} now: ${messageOf(error)}`, {
    ...waits,
    cause: error,
  });
}

function byTime<T>(timeOf: (item: T) => string) {
  return (left: T, right: T) => Date.parse(timeOf(left)) - Date.parse(timeOf(right));
}
