import { type ResourceType } from './kube-client.ts';

type NamedType = Pick<ResourceType, 'plural' | 'kind'>;

const namespacedIn =
  (group: string, version: string) =>
  (type: NamedType): ResourceType => ({ group, version, ...type, namespaced: true });

const clusterWideIn =
  (group: string, version: string) =>
  (type: NamedType): ResourceType => ({ group, version, ...type, namespaced: false });

const core = namespacedIn('', 'v1');
const tekton = namespacedIn('tekton.dev', 'v1');

/** Kinds of others that Swarm reads or writes; its own are in src/api. */
export const resourceTypes = {
  pod: core({ plural: 'pods', kind: 'Pod' }),
  secret: core({ plural: 'secrets', kind: 'Secret' }),
  configMap: core({ plural: 'configmaps', kind: 'ConfigMap' }),
  serviceAccount: core({ plural: 'serviceaccounts', kind: 'ServiceAccount' }),
  namespace: clusterWideIn('', 'v1')({ plural: 'namespaces', kind: 'Namespace' }),
  event: namespacedIn('events.k8s.io', 'v1')({ plural: 'events', kind: 'Event' }),
  lease: namespacedIn('coordination.k8s.io', 'v1')({ plural: 'leases', kind: 'Lease' }),
  role: namespacedIn('rbac.authorization.k8s.io', 'v1')({ plural: 'roles', kind: 'Role' }),
  roleBinding: namespacedIn('rbac.authorization.k8s.io', 'v1')({ plural: 'rolebindings', kind: 'RoleBinding' }),
  subjectAccessReview: clusterWideIn(
    'authorization.k8s.io',
    'v1',
  )({
    plural: 'subjectaccessreviews',
    kind: 'SubjectAccessReview',
  }),
  customResourceDefinition: clusterWideIn(
    'apiextensions.k8s.io',
    'v1',
  )({
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
  }),
  pipeline: tekton({ plural: 'pipelines', kind: 'Pipeline' }),
  pipelineRun: tekton({ plural: 'pipelineruns', kind: 'PipelineRun' }),
  task: tekton({ plural: 'tasks', kind: 'Task' }),
  taskRun: tekton({ plural: 'taskruns', kind: 'TaskRun' }),
} as const satisfies Record<string, ResourceType>;
