import type { Approval } from '../../api/approval.ts';
import type { Conversation } from '../../api/conversation.ts';
import type { Intent } from '../../api/intent.ts';
import type { SwarmConfigSpec } from '../../api/swarm-config.ts';
import type { Turn } from '../../api/turn.ts';
import type { LiveAnswer, TurnStream } from '../../api/turn-stream.ts';
import type { RandomSource } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Metrics } from '../../base/metrics.ts';
import type { KubeClient, KubeObject, ObjectName } from '../../kube/kube-client.ts';
import type { Cache } from '../../operator/cache.ts';
import type { ObjectKey } from '../../operator/reconciler.ts';
import type { AgentRegistry } from '../../turns/agent-registry.ts';
import type { AnswerSource } from '../../turns/answer-listener.ts';
import type { TurnHooks, TurnMutations } from '../../turns/boundaries.ts';
import type { ModelChoice } from '../../turns/model-choice.ts';

export interface TurnReconcilerDependencies {
  readonly kube: KubeClient;
  readonly caches: TurnCaches;
  readonly agents: AgentRegistry;
  /**
   * The model for turns of this namespace; `configName` absent: the SwarmConfig named default, else the operator's own.
   * NotReady when a person must act first; asked again when the SwarmConfig changes, and slowly.
   */
  modelFor(namespace: string, configName: string | undefined): Promise<ModelChoice | ModelNotReady>;
  /** Settings of the SwarmConfig; an agent without a configured backend is disabled here. */
  policyFor(namespace: string, configName: string | undefined): TeamSettings;
  readonly clock: Clock;
  /** Time after which this process began to lead, for the live read of journals that others wrote. */
  readonly startedAt: Date;
  readonly random: RandomSource;
  readonly metrics: Pick<
    Metrics,
    'turnsTotal' | 'turnDurationSeconds' | 'modelRequestsTotal' | 'modelTokensTotal' | 'toolCallsTotal'
  >;
  readonly events: TurnEvents;
  /** Reconciles this Turn soon: a place became free. */
  enqueue(key: ObjectKey): void;
  /** Fencing number of the lease held; 0 without election. */
  epoch(): number;
  readonly maxConcurrentTurns: number;
  readonly live?: LiveTurns;
  readonly hooks?: TurnHooks;
  readonly mutations?: TurnMutations;
}

export interface TurnCaches {
  /** With `turnIndexes`. */
  readonly turns: Cache<Turn>;
  readonly conversations: Cache<Conversation>;
  readonly intents: Cache<Intent>;
  /** With `approvalIndexes`. */
  readonly approvals: Cache<Approval>;
}

export const turnIndexes = {
  /** By UID of the owner. */
  owner: (turn: Turn) => [turn.spec.owner.uid],
  /** By namespace and name of the runs that its calls wait for. */
  awaitedRun: (turn: Turn) =>
    (turn.status?.steps ?? [])
      .flatMap((step) => step.calls ?? [])
      .flatMap(({ outcome }) => (outcome?.state === 'Waiting' && outcome.waitingFor ? [outcome.waitingFor.name] : []))
      .map((name) => `${turn.metadata.namespace}/${name}`),
};
/** By UID of the Turn it decides about. */
export const approvalIndexes = { turn: (approval: Approval) => [approval.spec.turn.uid] };

export type TeamSettings = Pick<SwarmConfigSpec, 'agents' | 'policy'>;

export interface ModelNotReady {
  /** One of the reasons of conditions: ConfigNotFound, SecretNotFound, SecretNotAllowed, … */
  readonly notReady: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Shows turns to people while they run. Nothing of it decides anything, and none of it may fail. */
export interface LiveTurns {
  /** Where the events of a turn can be read now; it changes with the certificate. */
  address(): TurnStream;
  /** This status was read when work began, or has been written. */
  recorded(turn: Turn): void;
  gone(name: ObjectName): void;
  /** An answer begins. @returns what takes its pieces. */
  answering(turn: Turn, source: AnswerSource): (text: string) => void;
  /** The answer in the making, when nobody reads the events of that turn. */
  unread(turn: Turn): LiveAnswer | undefined;
}

/** The part of the event recorder that turns need. */
export interface TurnEvents {
  record(event: {
    readonly regarding: KubeObject;
    readonly type: 'Normal' | 'Warning';
    readonly reason: string;
    readonly message: string;
  }): void;
}
