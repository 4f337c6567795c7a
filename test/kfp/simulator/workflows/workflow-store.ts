import { randomUUID } from 'node:crypto';
import { type Clock } from '../../../../src/base/clock.ts';
import { isConflict, isNotFound } from '../../../../src/kube/errors.ts';
import { type KubeClient, type ResourceType } from '../../../../src/kube/kube-client.ts';
import { type Workflow } from './workflow.ts';

/** Where Workflow objects live: a real API server, or memory. */
export interface WorkflowStore {
  create(workflow: Workflow): Promise<Workflow>;
  get(namespace: string, name: string): Promise<Workflow | undefined>;
  /** Those with (or without) the label. */
  list(label: LabelTest): Promise<readonly Workflow[]>;
  /** Writes the whole object with its status. @returns undefined when somebody else was faster or it is gone. */
  replace(workflow: Workflow): Promise<Workflow | undefined>;
  delete(namespace: string, name: string): Promise<void>;
}

export interface LabelTest {
  readonly name: string;
  readonly value: string;
  /** Those that do not have it. */
  readonly isNot?: boolean;
}

export const workflowType: ResourceType = {
  group: 'argoproj.io',
  version: 'v1alpha1',
  plural: 'workflows',
  kind: 'Workflow',
  namespaced: true,
};

/** @param namespaces whose Workflows this simulator drives; those of others in the cluster are not its business */
export function kubeWorkflowStore(client: KubeClient, namespaces: readonly string[]): WorkflowStore {
  return {
    create: (workflow) => client.create(workflowType, workflow),
    get: (namespace, name) => client.get(workflowType, { namespace, name }),
    async list({ name, value, isNot = false }) {
      const labelSelector = `${name}${isNot ? '!=' : '='}${value}`;
      const pages = await Promise.all(
        namespaces.map((namespace) => client.list<Workflow>(workflowType, { namespace, labelSelector })),
      );
      return pages.flatMap(({ items }) => items);
    },
    async replace(workflow) {
      try {
        return await client.replace(workflowType, workflow);
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) return undefined;
        throw error;
      }
    },
    delete: (namespace, name) => client.delete(workflowType, { namespace, name }),
  };
}

/** What it hands out is never changed: every write stores a copy. */
export function memoryWorkflowStore(clock: Clock): WorkflowStore {
  const objects = new Map<string, Workflow>();
  let version = 100;
  const keyOf = ({ namespace, name }: Workflow['metadata']) => `${namespace}/${name}`;
  const save = (workflow: Workflow, rest: Partial<Workflow['metadata']>) => {
    const metadata = { ...workflow.metadata, ...rest, resourceVersion: String(++version) };
    const saved: Workflow = { ...structuredClone(workflow), metadata };
    objects.set(keyOf(metadata), saved);
    return saved;
  };
  return {
    create: async (workflow) => {
      const creationTimestamp = clock.now().toISOString().replace(/\.\d+/u, '');
      return Promise.resolve(save(workflow, { uid: randomUUID(), generation: 1, creationTimestamp }));
    },
    get: async (namespace, name) => Promise.resolve(objects.get(`${namespace}/${name}`)),
    list: async ({ name, value, isNot = false }) => {
      const found = [...objects.values()].filter(({ metadata }) => (metadata.labels?.[name] === value) !== isNot);
      return Promise.resolve(found.sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1)));
    },
    replace: async (workflow) => {
      const stored = objects.get(keyOf(workflow.metadata));
      const isCurrent = stored !== undefined && stored.metadata.resourceVersion === workflow.metadata.resourceVersion;
      return Promise.resolve(
        isCurrent ? save(workflow, { generation: (stored.metadata.generation ?? 1) + 1 }) : undefined,
      );
    },
    delete: async (namespace, name) => {
      objects.delete(`${namespace}/${name}`);
      return Promise.resolve();
    },
  };
}
