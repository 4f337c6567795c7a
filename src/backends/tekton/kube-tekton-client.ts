import { accountUser } from '../../kube/account-user.ts';
import { isAlreadyExists, isNotFound, KubeApiError } from '../../kube/errors.ts';
import type { KubeClient, KubeObject, RequestOptions, ResourceType } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { pipelineRunOf } from './new-run.ts';
import { parsePipeline } from './parse-pipeline.ts';
import { parseEvent, parsePod } from './parse-pod.ts';
import { parseRun } from './parse-run.ts';
import { parseTaskRun } from './parse-task-run.ts';
import type { StepLog, TektonClient, TektonScope } from './tekton-client.ts';
import { translated } from './translate-error.ts';

const pageSize = 250;
/** Objects looked at in one listing; beyond that a listing says that it is not complete. */
const mostObjects = 4_000;
/** A log is read at most to this size, so that one line without end cannot fill the memory. */
const logLimitBytes = 4 * 1024 * 1024;

/** Events by their older name: that is the one the usual roles (view, edit) may read. */
const eventType: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

/** Tekton through the Kubernetes API, each request as the run-as ServiceAccount. */
export function createKubeTektonClient(kube: KubeClient): TektonClient {
  const list = listing(kube);
  const get = async <T>(type: ResourceType, name: string, { scope, parse }: Reading<T>): Promise<T | undefined> => {
    const object = await translated(() => kube.get(type, { namespace: scope.namespace, name }, actingAs(scope)));
    return object && parse(object);
  };

  return {
    listPipelines: async (scope) => {
      const { items } = await list(resourceTypes.pipeline, { scope, parse: parsePipeline });
      return items.toSorted((left, right) => (left.name < right.name ? -1 : 1));
    },
    getPipeline: (name, scope) => get(resourceTypes.pipeline, name, { scope, parse: parsePipeline }),

    listRuns: async (scope) => {
      const { items, complete } = await list(resourceTypes.pipelineRun, { scope, parse: parseRun });
      return { runs: items.toSorted(newestFirst), complete };
    },
    getRun: (name, scope) => get(resourceTypes.pipelineRun, name, { scope, parse: parseRun }),

    listTaskRuns: async ({ name, uid }, scope) => {
      const labelSelector = `tekton.dev/pipelineRun=${name},tekton.dev/pipelineRunUID=${uid}`;
      const { items } = await list(resourceTypes.taskRun, { scope, parse: parseTaskRun, labelSelector });
      return items;
    },

    createRun: async (run, scope, { dryRun = false } = {}) => {
      const manifest = pipelineRunOf(run, scope.namespace);
      return translated(async () => {
        try {
          const created = await kube.create(resourceTypes.pipelineRun, manifest, { ...actingAs(scope), dryRun });
          return { kind: 'created', run: parseRun(created) };
        } catch (error) {
          if (isAlreadyExists(error)) return { kind: 'taken' };
          throw error;
        }
      });
    },

    cancelRun: async ({ name, uid }, mode, scope) => {
      const patch = { metadata: { uid }, spec: { status: mode } };
      const key = { namespace: scope.namespace, name };
      await translated(async () => {
        try {
          await kube.mergePatch(resourceTypes.pipelineRun, key, patch, actingAs(scope));
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      });
    },

    getPod: (name, scope) => get(resourceTypes.pod, name, { scope, parse: parsePod }),

    listEvents: async (objectName, scope) => {
      const fieldSelector = `involvedObject.name=${objectName}`;
      const { items } = await list(eventType, { scope, parse: parseEvent, fieldSelector });
      return items.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
    },

    readLog: (query, scope) => translated(() => readLog(kube, query, scope)),
  };
}

interface Reading<T> {
  readonly scope: TektonScope;
  readonly parse: (object: unknown) => T;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

function listing(kube: KubeClient) {
  return async <T>(type: ResourceType, { scope, parse, ...selectors }: Reading<T>) => {
    const items: T[] = [];
    let continueToken: string | undefined;
    do {
      const query = {
        namespace: scope.namespace,
        limit: pageSize,
        ...selectors,
        ...(continueToken && { continueToken }),
      };
      const page = await translated(() => kube.list<KubeObject>(type, query, actingAs(scope)));
      items.push(...page.items.map(parse));
      continueToken = page.continueToken;
    } while (continueToken && items.length < mostObjects);
    return { items, complete: !continueToken };
  };
}

async function readLog(
  kube: KubeClient,
  { pod, container, tailLines }: { pod: string; container: string; tailLines: number },
  scope: TektonScope,
): Promise<StepLog> {
  try {
    const query = { container, tailLines, limitBytes: logLimitBytes };
    return { kind: 'text', text: await kube.logs({ namespace: scope.namespace, name: pod }, query, actingAs(scope)) };
  } catch (error) {
    if (isNotFound(error)) return { kind: 'gone' };
    // The container has not started: "container … is waiting to start: ImagePullBackOff".
    if (error instanceof KubeApiError && error.status === 400) return { kind: 'unavailable', reason: error.message };
    throw error;
  }
}

function actingAs({ namespace, serviceAccountName, signal }: TektonScope): RequestOptions {
  return { signal, impersonate: accountUser(namespace, serviceAccountName) };
}

function newestFirst(left: { createdAt: string; name: string }, right: { createdAt: string; name: string }): number {
  if (left.createdAt !== right.createdAt) return left.createdAt > right.createdAt ? -1 : 1;
  return left.name < right.name ? -1 : 1;
}
