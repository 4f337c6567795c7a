import { defaultServiceAccountName } from '../../api/names.ts';
import { type KubeObject } from '../../kube/kube-client.ts';

type Manifest = KubeObject & Record<string, unknown>;

const rbac = 'rbac.authorization.k8s.io';
const read = ['get', 'list', 'watch'];
const operatorAccount = 'swarm-operator';

/** Secrets of these names may be named by the SwarmConfig: the operator reads no others. */
export const secretNames = {
  model: 'swarm-model',
  objectStore: 'swarm-object-store',
  elasticsearch: 'swarm-elasticsearch',
  kfp: 'swarm-kfp',
  embedding: 'swarm-embedding',
} as const;

/** The account that agents act as, with exactly these rights, and what the operator may read for the namespace. */
export function teamManifests(namespace: string, operatorNamespace: string): readonly Manifest[] {
  const runner = defaultServiceAccountName;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: runner, namespace } },
    role({ name: runner, namespace }, runnerRules),
    binding({ name: runner, namespace }, { kind: 'ServiceAccount', name: runner, namespace }),
    role({ name: operatorAccount, namespace }, operatorRules),
    binding(
      { name: operatorAccount, namespace },
      { kind: 'ServiceAccount', name: operatorAccount, namespace: operatorNamespace },
    ),
  ];
}

type Rule = readonly [group: string, resources: readonly string[], verbs: readonly string[], names?: readonly string[]];

const runnerRules: readonly Rule[] = [
  ['tekton.dev', ['pipelines', 'tasks', 'taskruns'], read],
  ['tekton.dev', ['pipelineruns'], [...read, 'create', 'patch']],
  // To say why a run failed.
  ['', ['pods', 'pods/log', 'events'], read],
  // What Kubeflow Pipelines executes.
  ['argoproj.io', ['workflows'], [...read, 'delete']],
  ['pipelines.kubeflow.org', ['pipelines', 'pipelines/versions', 'pipelineversions'], ['get', 'list', 'create']],
  ['pipelines.kubeflow.org', ['experiments'], ['get', 'list', 'create']],
  ['pipelines.kubeflow.org', ['runs'], ['get', 'list', 'create', 'terminate', 'retry', 'readArtifact']],
  ['pipelines.kubeflow.org', ['jobs'], ['get', 'list', 'create', 'enable', 'disable', 'delete']],
  // Documents of a KnowledgeBase.
  ['', ['configmaps'], ['get']],
];

const operatorRules: readonly Rule[] = [['', ['secrets'], ['get'], Object.values(secretNames)]];

interface Place {
  readonly name: string;
  readonly namespace: string;
}

function role(metadata: Place, rules: readonly Rule[]): Manifest {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'Role',
    metadata,
    rules: rules.map(([apiGroup, resources, verbs, resourceNames]) => ({
      apiGroups: [apiGroup],
      resources,
      ...(resourceNames && { resourceNames }),
      verbs,
    })),
  };
}

function binding(metadata: Place, subject: Place & { readonly kind: string }): Manifest {
  const roleRef = { apiGroup: rbac, kind: 'Role', name: metadata.name };
  return { apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects: [subject] };
}
