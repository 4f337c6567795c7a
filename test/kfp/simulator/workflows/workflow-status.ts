import { without } from './without.ts';
import { isFinished, labels, type Node, type Workflow, type WorkflowStatus } from './workflow.ts';

/** Waits for others to end. */
export function postponed(workflow: Workflow): Workflow {
  const message = 'Workflow processing has been postponed because too many workflows are already running';
  const marks = { ...workflow.metadata.labels, [labels.phase]: 'Pending' };
  const status = { ...workflow.status, phase: 'Pending', message } as const;
  return { ...workflow, metadata: { ...workflow.metadata, labels: marks }, status };
}

/** What KFP's installation of Argo adds to every Workflow when it first looks at it. */
export const argoDefaults = {
  templateDefaults: { inputs: {}, metadata: {}, outputs: {}, retryStrategy: { limit: '2', retryPolicy: 'OnError' } },
  ttlStrategy: { secondsAfterCompletion: 3600, secondsAfterFailure: 3600, secondsAfterSuccess: 3600 },
};

/** Where logs are archived, as the installation's artifact repository says. */
function repositoryOf(bucket: string): object {
  const secret = (key: string) => ({ key, name: 'mlpipeline-minio-artifact' });
  const day = '{{workflow.creationTimestamp.Y}}/{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}';
  return {
    artifactRepository: {
      archiveLogs: true,
      s3: {
        accessKeySecret: secret('accesskey'),
        bucket,
        endpoint: 'seaweedfs.kubeflow.svc:9000',
        insecure: true,
        keyFormat: `private-artifacts/{{workflow.namespace}}/{{workflow.name}}/${day}/{{pod.name}}`,
        secretKeySecret: secret('secretkey'),
      },
    },
    default: true,
  };
}

export interface Result {
  readonly root: Node;
  readonly nodes: Readonly<Record<string, Node>>;
  readonly startedAt: string;
  readonly now: string;
  readonly bucket: string;
}

/** The Workflow after a look, with everything that Argo notes about it. */
export function withStatus(workflow: Workflow, { root, nodes, startedAt, now, bucket }: Result): Workflow {
  const phase = isFinished(root.phase) ? root.phase : 'Running';
  const isOver = isFinished(phase);
  const pods = Object.values(nodes).filter(({ type }) => type === 'Pod');
  const done = pods.filter((node) => node.phase === 'Succeeded').length;
  const before = without({ ...workflow.status }, 'message');
  const status: WorkflowStatus = {
    ...before,
    artifactGCStatus: { notSpecified: true },
    artifactRepositoryRef: repositoryOf(bucket),
    conditions: [{ type: 'PodRunning', status: 'False' }, ...(isOver ? [{ type: 'Completed', status: 'True' }] : [])],
    startedAt,
    finishedAt: isOver ? (root.finishedAt ?? now) : null,
    phase,
    ...(root.message !== undefined && { message: root.message }),
    progress: `${done}/${pods.length}`,
    nodes,
  };
  const marks = { ...workflow.metadata.labels, [labels.completed]: String(isOver), [labels.phase]: phase };
  const annotations = { ...workflow.metadata.annotations, 'workflows.argoproj.io/pod-name-format': 'v2' };
  return { ...workflow, metadata: { ...workflow.metadata, labels: marks, annotations }, status };
}
