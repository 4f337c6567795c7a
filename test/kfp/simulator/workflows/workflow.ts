/** Argo's Workflow as far as the simulator reads and writes it. */
export interface Workflow {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'Workflow';
  readonly metadata: WorkflowMetadata;
  readonly spec: WorkflowSpec;
  readonly status?: WorkflowStatus | undefined;
}

export interface WorkflowMetadata {
  readonly name: string;
  readonly namespace: string;
  readonly generateName?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly generation?: number | undefined;
  readonly creationTimestamp?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ownerReferences?: readonly object[] | undefined;
}

export interface Parameter {
  readonly name: string;
  readonly value?: string | undefined;
  readonly default?: string | undefined;
  readonly valueFrom?: { readonly path?: string; readonly default?: string } | undefined;
}

export interface DagTask {
  readonly name: string;
  readonly template: string;
  readonly arguments?: { readonly parameters?: readonly Parameter[] };
  readonly depends?: string;
  readonly when?: string;
  /** A loop: as many children as this says. */
  readonly withSequence?: { readonly count: string };
  readonly hooks?: { readonly exit?: { readonly template: string; readonly arguments?: DagTask['arguments'] } };
}

export interface Template {
  readonly name: string;
  readonly inputs?: { readonly parameters?: readonly Parameter[] };
  readonly outputs?: { readonly parameters?: readonly Parameter[] };
  readonly metadata?: object;
  readonly container?: object;
  readonly dag?: { readonly tasks: readonly DagTask[] };
}

export interface WorkflowSpec {
  readonly entrypoint: string;
  readonly arguments?: { readonly parameters?: readonly Parameter[] };
  readonly activeDeadlineSeconds?: number | undefined;
  readonly serviceAccountName?: string;
  readonly templates: readonly Template[];
  readonly [other: string]: unknown;
}

export type NodePhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Error' | 'Omitted' | 'Skipped';

export interface Node {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: 'Pod' | 'Retry' | 'DAG' | 'Skipped' | 'TaskGroup';
  readonly templateName: string;
  readonly templateScope: string;
  phase: NodePhase;
  readonly startedAt: string;
  finishedAt?: string | null;
  message?: string;
  boundaryID?: string;
  children?: string[];
  outboundNodes?: string[];
  inputs?: { readonly parameters: readonly Parameter[] };
  outputs?: NodeOutputs;
  progress?: string;
  nodeFlag?: { readonly retried?: boolean; readonly hooked?: boolean };
  taskResultSynced?: boolean;
  resourcesDuration?: { readonly cpu: number; readonly memory: number };
}

export interface NodeOutputs {
  readonly exitCode?: string;
  readonly parameters?: readonly Parameter[];
  readonly artifacts?: readonly { readonly name: string; readonly s3: { readonly key: string } }[];
}

export interface WorkflowStatus {
  readonly phase?: NodePhase | undefined;
  readonly startedAt?: string | null | undefined;
  readonly finishedAt?: string | null | undefined;
  readonly message?: string | undefined;
  readonly progress?: string | undefined;
  readonly nodes?: Readonly<Record<string, Node>> | undefined;
  readonly conditions?: readonly object[] | undefined;
  readonly [other: string]: unknown;
}

export const labels = {
  runId: 'pipeline/runid',
  persisted: 'pipeline/persistedFinalState',
  completed: 'workflows.argoproj.io/completed',
  phase: 'workflows.argoproj.io/phase',
  scheduledWorkflow: 'scheduledworkflows.kubeflow.org/scheduledWorkflowName',
  isOwnedBySchedule: 'scheduledworkflows.kubeflow.org/isOwnedByScheduledWorkflow',
  scheduleIndex: 'scheduledworkflows.kubeflow.org/workflowIndex',
  scheduledEpoch: 'scheduledworkflows.kubeflow.org/workflowEpoch',
} as const;

export const isFinished = (phase: NodePhase | undefined): boolean =>
  phase !== undefined && phase !== 'Pending' && phase !== 'Running';

/** FNV-1a of 32 bits: how Argo derives node ids and the schedule controller derives names. */
export function fnv1a(text: string): number {
  let hash = 2_166_136_261;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 16_777_619) >>> 0;
  return hash;
}

/** The id of the node that is called so; the root node has the name of the Workflow. */
export const nodeIdOf = (workflow: string, nodeName: string): string =>
  nodeName === workflow ? workflow : `${workflow}-${fnv1a(nodeName)}`;

/** Pods are called after the Workflow, the template and the hash in the node id. */
export const podNameOf = (workflow: string, node: Pick<Node, 'id' | 'templateName'>): string =>
  node.id === workflow ? workflow : `${workflow}-${node.templateName}-${node.id.slice(workflow.length + 1)}`;

/** The run that a Workflow executes. */
export const runIdOf = (workflow: Workflow): string => workflow.metadata.labels?.[labels.runId] ?? '';
