import { z } from 'zod';

/** A value of the chart: what it is by default and what it is for. */
const value = <Schema extends z.ZodType>(schema: Schema, initial: z.input<Schema>, about: string) =>
  schema.default(initial as never).meta({ description: about });

const group = <Shape extends z.ZodRawShape>(about: string, shape: Shape) =>
  z.strictObject(shape).meta({ description: about });

const on = (initial: boolean, about: string) => value(z.boolean(), initial, about);
const text = (initial: string, about: string) => value(z.string(), initial, about);
const texts = (about: string) => value(z.array(z.string()), [], about);
const words = (about: string) => value(z.record(z.string(), z.string()), {}, about);
/** A part of a Kubernetes object, which the API server checks. */
const object = (about: string, initial: Record<string, unknown> = {}) =>
  value(z.record(z.string(), z.unknown()), initial, about);
const objects = (about: string) => value(z.array(z.record(z.string(), z.unknown())), [], about);
/** Not empty, without a look ahead, which Helm's regular expressions lack. */
const duration = (initial: string, about: string) =>
  value(z.string().regex(/^(\d+h(\d+m)?(\d+s)?|\d+m(\d+s)?|\d+s)$/), initial, about);
const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/)
  .max(63);

/** All values of charts/swarm; values.yaml, values.schema.json and the chart's README are written from it. */
export const chartValues = z.strictObject({
  image: group('Image of the operator.', {
    repository: text('swarm-operator', 'Where your cluster finds it, for example registry.example.com/swarm-operator.'),
    tag: text('', 'Empty: the version of the chart’s application.'),
    digest: value(z.string().regex(/^(sha256:[0-9a-f]{64})?$/), '', 'sha256:…; wins over the tag.'),
    pullPolicy: value(z.enum(['Always', 'IfNotPresent', 'Never']), 'IfNotPresent', 'When the node fetches it.'),
  }),
  imagePullSecrets: objects('Secrets for the registry: [{name: …}].'),
  fullnameOverride: text(
    '',
    'Name of Deployment, ServiceAccount and roles. Empty: swarm-operator, whatever the release is called, as in config/ and its samples.',
  ),
  replicas: value(z.int().min(0).max(10), 1, 'One works, the others stand by for the Lease.'),
  ha: group('High availability in one switch.', {
    enabled: on(
      false,
      'At least 2 replicas on different nodes where there are some, and a PodDisruptionBudget. A turn goes on where it was.',
    ),
  }),
  podDisruptionBudget: group('Set by ha.enabled too.', {
    enabled: on(false, 'Let evictions take one replica at a time.'),
  }),
  crds: group('The resource kinds.', {
    enabled: on(true, 'Install and upgrade them with the chart. False: they come from config/crd or another release.'),
    keep: on(true, 'Keep them, and with them every object of these kinds, when the release is uninstalled.'),
  }),
  rbac: group('Access rules.', {
    create: on(true, 'Create the roles of the operator. False: somebody else binds them to its ServiceAccount.'),
    namespaces: value(
      z.array(name).max(1),
      [],
      'Empty: the whole cluster is served, by a ClusterRole. One name: only this namespace is served, by a Role in it, without user roles and admission policies; where you may not install CRDs, set crds.enabled to false. An operator serves one namespace or all, so several namespaces take several releases.',
    ),
    userRoles: on(
      true,
      'ClusterRoles that add our kinds to the cluster’s own view, edit and admin. Left out where rbac.namespaces is set.',
    ),
    streamReaders: objects(
      'Who may read live streams through the API server: subjects of a RoleBinding to swarm-stream-reader in the namespace of the release, for example [{kind: Group, name: data-scientists, apiGroup: rbac.authorization.k8s.io}].',
    ),
  }),
  serviceAccount: group('What the operator runs as.', {
    create: on(true, 'Create it.'),
    name: text('', 'Empty: the name of the Deployment.'),
    annotations: words('For example of a cloud’s workload identity.'),
  }),
  admission: group('ValidatingAdmissionPolicies.', {
    enabled: on(
      true,
      'Who may approve, and whose run names are reserved. Left out where rbac.namespaces is set; without them whoever may create Approvals may decide.',
    ),
  }),
  model: group('Model of namespaces without a SwarmConfig. Empty: the builtin planner.', {
    baseURL: value(z.string().regex(/^(https?:\/\/.+)?$/), '', 'OpenAI-compatible endpoint up to and including /v1.'),
    name: text('', 'Name of the model at that endpoint.'),
    apiKeySecret: group('Secret with the key, in the namespace of the release.', {
      name: text('', 'Empty: no key is sent.'),
      key: text('api-key', 'Key inside the Secret.'),
    }),
  }),
  operator: group('Settings of the operator; docs/reference/settings.md lists all.', {
    maxConcurrentTurns: value(z.int().min(1).max(10_000), 64, 'Turns worked on at once; the rest is queued.'),
    gracePeriod: duration('25s', 'How long work in progress may take to end, a model call included.'),
    logLevel: value(z.enum(['debug', 'info', 'warn', 'error']), 'info', 'Least severe level that is logged.'),
    allowedHosts: texts('Hosts that may be called although their addresses are loopback or link-local.'),
    extraArgs: texts('More flags, for example [--lease-duration=30s].'),
    extraEnv: objects('More environment variables: [{name: …, value: …}].'),
  }),
  stream: group('Live events of turns, over TLS.', {
    certificateSecret: text(
      '',
      'Secret of type kubernetes.io/tls. Empty: the operator makes a certificate when it starts, and clients pin it.',
    ),
  }),
  dataDirectory: group('Indexes of documents and data sets in work; everything in it can be made again.', {
    claimName: text('', 'PersistentVolumeClaim. Empty: an emptyDir, so a new pod reads all documents again.'),
    sizeLimit: text('8Gi', 'Of the emptyDir.'),
  }),
  resources: object(
    'Of the operator’s container. Data sets and PDF files are read in processes of up to 512 MiB each.',
    {
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '2Gi' },
    },
  ),
  podSecurityContext: object('Satisfies the Pod Security level restricted.', {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    fsGroup: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  }),
  securityContext: object('Of the container.', {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  }),
  podAnnotations: words('Annotations of the pods.'),
  podLabels: words('More labels of the pods.'),
  nodeSelector: words('Nodes that may run the pods.'),
  tolerations: objects('Taints that the pods tolerate.'),
  affinity: object('Wins over what ha.enabled sets.'),
  topologySpreadConstraints: objects('How the pods spread.'),
  priorityClassName: text('', 'Priority of the pods.'),
  networkPolicy: group('What may reach the operator.', {
    enabled: on(false, 'Admit the stream, the metrics and, for helm test, the health port; refuse the rest.'),
    metricsFrom: objects(
      'Peers that may read the metrics, for example [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]. Empty: everybody.',
    ),
  }),
  serviceMonitor: group('For Prometheus Operator.', {
    enabled: on(false, 'Create a ServiceMonitor.'),
    interval: duration('30s', 'Time between two scrapes.'),
    labels: words('What your Prometheus selects by.'),
  }),
  prometheusRule: group('Alerts, for Prometheus Operator.', {
    enabled: on(false, 'Create a PrometheusRule.'),
    labels: words('What your Prometheus selects by.'),
    runbookURL: text(
      'docs/operations/runbook.md',
      'Where your people find the runbook; the alerts link to its sections.',
    ),
  }),
  dashboards: group('For Grafana’s sidecar.', {
    enabled: on(false, 'Create a ConfigMap with the dashboards.'),
    labels: value(z.record(z.string(), z.string()), { grafana_dashboard: '1' }, 'What the sidecar selects by.'),
    annotations: words('For example grafana_folder: Swarm.'),
  }),
  extraObjects: objects('More manifests; strings in them may use the template language.'),
  global: object('Helm shares it between charts; nothing here reads it.'),
});

/** values.schema.json: a name that is not among the values is refused, wherever it stands. */
export function chartValuesSchema(): string {
  const schema = z.toJSONSchema(chartValues, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      // A value may be left out, for a default stands in values.yaml.
      delete jsonSchema.required;
      delete jsonSchema.default;
      if (jsonSchema.propertyNames !== undefined) delete jsonSchema.propertyNames;
    },
  });
  return JSON.stringify({ ...schema, title: 'Values of the chart swarm' });
}

/** values.yaml, every value with its meaning. */
export function chartValuesFile(): string {
  const note = '# Generated by hack/generate.ts from hack/generate/chart-values.ts. Do not edit.\n';
  return note + valueLines(chartValues, '').join('\n');
}

/** Rows of the chart's README: value, default, meaning. */
export function chartValueRows(): readonly string[][] {
  return rowsOf(chartValues, '');
}

function valueLines(schema: z.ZodObject, indent: string): string[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const comment = `${indent}# ${aboutOf(field as z.ZodType)}`;
    if (field instanceof z.ZodObject) {
      return ['', comment, `${indent}${key}:`, ...valueLines(field, `${indent}  `)];
    }
    return [
      ...(indent === '' ? [''] : []),
      comment,
      `${indent}${key}: ${JSON.stringify(initialOf(field as z.ZodType))}`,
    ];
  });
}

function rowsOf(schema: z.ZodObject, prefix: string): string[][] {
  return Object.entries(schema.shape).flatMap(([key, field]) =>
    field instanceof z.ZodObject
      ? rowsOf(field, `${prefix}${key}.`)
      : [[`\`${prefix}${key}\``, `\`${JSON.stringify(initialOf(field as z.ZodType))}\``, aboutOf(field as z.ZodType)]],
  );
}

function aboutOf(field: z.ZodType): string {
  return field.meta()?.description ?? '';
}

function initialOf(field: z.ZodType): unknown {
  return field.parse(undefined);
}
