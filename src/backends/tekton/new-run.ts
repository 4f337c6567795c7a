import type { KubeObject } from '../../kube/kube-client.ts';
import type { NamedValue } from './tekton-objects.ts';

/** Names on what Swarm creates; the same words as in the API of Swarm (docs/reference). */
export const runLabels = { turn: 'swarm.mlops.dev/turn', effect: 'swarm.mlops.dev/effect' } as const;
export const argumentsDigestAnnotation = 'swarm.mlops.dev/arguments-digest';

/** A run of a pipeline of the same namespace: there is no field for anything else a model must not decide. */
export interface NewRun {
  readonly effectKey: string;
  readonly pipeline: string;
  readonly parameters: readonly NamedValue[];
  readonly argumentsDigest: string;
  readonly turn: string;
  /** Conversation or Intent; never the Turn, whose pruning would take the run with it. */
  readonly owner: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  };
  /** Taken over from an earlier run. */
  readonly workspaces?: readonly unknown[];
  readonly timeouts?: unknown;
}

/** The position of the decision names the run, so that a repeat meets what the first attempt created. */
export function runNameOf(effectKey: string): string {
  return `swarm-${effectKey}`;
}

export interface PipelineRunManifest extends KubeObject {
  readonly spec: object;
}

/**
 * It carries no finalizer. One would keep a run from being deleted between its creation and the record of its outcome,
 * a moment in which only its owner's deletion or a person's own hand reaches it; the price would be runs and namespaces
 * that cannot be deleted once the operator is uninstalled.
 */
export function pipelineRunOf(run: NewRun, namespace: string): PipelineRunManifest {
  const { apiVersion, kind, name, uid } = run.owner;
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: {
      name: runNameOf(run.effectKey),
      namespace,
      labels: { [runLabels.turn]: run.turn, [runLabels.effect]: run.effectKey },
      annotations: { [argumentsDigestAnnotation]: run.argumentsDigest },
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    } as KubeObject['metadata'],
    spec: {
      pipelineRef: { name: run.pipeline },
      ...(run.parameters.length > 0 && { params: run.parameters }),
      ...(run.workspaces && run.workspaces.length > 0 && { workspaces: run.workspaces }),
      ...(run.timeouts !== undefined && { timeouts: run.timeouts }),
    },
  };
}
