import { isAlreadyExists, isConflict, isNotFound } from '../../../../src/kube/errors.ts';
import { type KubeClient, type KubeObject, type ResourceType } from '../../../../src/kube/kube-client.ts';
import { resourceTypes } from '../../../../src/kube/resource-types.ts';
import { taskOf } from '../workflows/scripted-pods.ts';
import { containerEnds, type TaskScript } from '../workflows/task-script.ts';
import { isFinished, labels, type Node, podNameOf, runIdOf, type Workflow } from '../workflows/workflow.ts';

/** By the older name, which the usual roles may read. */
const eventType: ResourceType = { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true };

interface Pod extends KubeObject {
  readonly status?: object;
}

interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/**
 * Real Pod objects of a Workflow's nodes, with status and Events as a kubelet or scheduler would leave them. No scheduler
 * takes them, so that nothing runs.
 */
export class MirroredPods {
  readonly #client: KubeClient;
  readonly #shown = new Map<string, string>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async sync(workflow: Workflow, scriptOf: (node: Node) => TaskScript): Promise<void> {
    const pods = Object.values(workflow.status?.nodes ?? {}).filter(({ type }) => type === 'Pod');
    for (const node of pods) {
      const script = scriptOf(node);
      // A pod that is refused never comes into being.
      const isRefused = script.outcome === 'quota' || script.outcome === 'forbidden' || node.phase === 'Error';
      if (!isRefused && this.#isNews(workflow, node)) await this.#show(workflow, node, script);
    }
  }

  #isNews({ metadata: { uid = '' } }: Workflow, node: Node): boolean {
    const key = `${uid}/${node.id}`;
    const state = `${node.phase} ${node.startedAt}`;
    if (this.#shown.get(key) === state) return false;
    this.#shown.set(key, state);
    return true;
  }

  /** A retry deletes the pods that have failed, because their successors get the same names. */
  async removeFailed(workflow: Workflow): Promise<void> {
    const { namespace, name, uid = '' } = workflow.metadata;
    const failed = Object.values(workflow.status?.nodes ?? {}).filter(
      ({ type, phase }) => type === 'Pod' && (phase === 'Failed' || phase === 'Error'),
    );
    for (const node of failed) {
      await this.#client.delete(resourceTypes.pod, { namespace, name: podNameOf(name, node) });
      this.#shown.delete(`${uid}/${node.id}`);
    }
  }

  async #show(workflow: Workflow, node: Node, script: TaskScript): Promise<void> {
    const pod = await this.#created(workflow, node);
    try {
      await this.#client.replaceStatus(resourceTypes.pod, { ...pod, status: statusOf(node, script) });
    } catch (error) {
      // The run was deleted, or somebody else wrote: the next look sees what is there then.
      if (!isConflict(error) && !isNotFound(error)) throw error;
      this.#shown.delete(`${workflow.metadata.uid ?? ''}/${node.id}`);
    }
    if (isFinished(node.phase)) await this.#takeLogAway(pod);
    else await this.#complain(pod, troubles[script.outcome ?? 'succeed']);
  }

  async #created(workflow: Workflow, node: Node): Promise<Pod> {
    const { namespace, name, uid = '' } = workflow.metadata;
    const podName = podNameOf(name, node);
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: podName,
        namespace,
        labels: {
          [labels.runId]: runIdOf(workflow),
          'pipelines.kubeflow.org/v2_component': 'true',
          'workflows.argoproj.io/workflow': name,
          'workflows.argoproj.io/completed': String(isFinished(node.phase)),
        },
        annotations: {
          'kubectl.kubernetes.io/default-container': 'main',
          'workflows.argoproj.io/node-id': node.id,
          'workflows.argoproj.io/node-name': node.name,
        },
        ownerReferences: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Workflow',
            name,
            uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: {
        schedulerName: 'kfp-simulator',
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        containers: ['wait', 'main'].map((container) => ({ name: container, image: imageOf(node) })),
      },
    };
    try {
      return await this.#client.create<Pod>(resourceTypes.pod, pod);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return (await this.#client.get<Pod>(resourceTypes.pod, { namespace, name: podName })) ?? pod;
    }
  }

  /**
   * Nothing ran here, so that there is nothing to read: bound to a node that does not exist, the log of the pod is not
   * found, as when a node has been removed, and readers turn to the archive.
   */
  async #takeLogAway({ metadata: { name, namespace = '' } }: Pod): Promise<void> {
    const bindingType = { ...resourceTypes.pod, plural: `pods/${name}/binding`, kind: 'Binding' };
    const target = { apiVersion: 'v1', kind: 'Node', name: 'kfp-simulator' };
    try {
      await this.#client.create(bindingType, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace },
        target,
      } as KubeObject);
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }

  async #complain(pod: Pod, trouble: Trouble | undefined): Promise<void> {
    if (!trouble) return;
    const { reason, message } = trouble;
    const { name, namespace = '', uid } = pod.metadata;
    const at = new Date(
      Date.parse(String((pod.metadata as { creationTimestamp?: string }).creationTimestamp)),
    ).toISOString();
    const time = at.replace(/\.\d+/u, '');
    try {
      await this.#client.create(eventType, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${name}.${reason.toLowerCase()}`, namespace },
        involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
        type: 'Warning',
        reason,
        message,
        firstTimestamp: time,
        lastTimestamp: time,
        count: 1,
        source: { component: 'kfp-simulator' },
      } as KubeObject);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}

const missingImage = 'registry.invalid/missing:1';
const imageOf = (node: Node) => (taskOf(node) === '' ? 'driver' : 'python:3.11-slim');

const troubles: Readonly<Partial<Record<NonNullable<TaskScript['outcome']>, Trouble>>> = {
  'image-pull': { reason: 'Failed', message: `Failed to pull image "${missingImage}": no such host` },
  unschedulable: {
    reason: 'FailedScheduling',
    message: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available.',
  },
};

function statusOf(node: Node, { outcome = 'succeed' }: TaskScript): object {
  const scheduled = { type: 'PodScheduled', status: 'True' };
  if (!isFinished(node.phase)) return pendingStatus(node, outcome);
  const end = containerEnds[outcome] ?? { exitCode: 143, reason: 'Error' };
  const { exitCode, reason } = node.phase === 'Succeeded' ? { exitCode: 0, reason: 'Completed' } : end;
  const terminated = { exitCode, reason, startedAt: node.startedAt, finishedAt: node.finishedAt };
  return {
    phase: node.phase,
    ...(outcome === 'timeout' && node.phase === 'Failed' && { reason: 'DeadlineExceeded', message: node.message }),
    conditions: [scheduled],
    containerStatuses: [containerStatus({ terminated })],
  };
}

function pendingStatus(node: Node, outcome: NonNullable<TaskScript['outcome']>): object {
  const trouble = troubles[outcome];
  if (outcome === 'unschedulable' && trouble) {
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: trouble.message };
    return { phase: 'Pending', conditions: [condition] };
  }
  const scheduled = [{ type: 'PodScheduled', status: 'True' }];
  if (outcome === 'image-pull') {
    const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${missingImage}"` };
    return { phase: 'Pending', conditions: scheduled, containerStatuses: [containerStatus({ waiting })] };
  }
  const state =
    node.phase === 'Running'
      ? { running: { startedAt: node.startedAt } }
      : { waiting: { reason: 'ContainerCreating' } };
  return { phase: node.phase, conditions: scheduled, containerStatuses: [containerStatus(state)] };
}

const containerStatus = (state: object) => ({
  name: 'main',
  image: 'python:3.11-slim',
  imageID: '',
  ready: false,
  restartCount: 0,
  state,
});
