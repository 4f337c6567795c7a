import type { Agent } from '../agents/agent.ts';
import type { Approval } from '../api/approval.ts';
import type { Conversation } from '../api/conversation.ts';
import { kinds } from '../api/group.ts';
import type { Intent } from '../api/intent.ts';
import type { KnowledgeBase } from '../api/knowledge-base.ts';
import type { SwarmConfig } from '../api/swarm-config.ts';
import type { Turn } from '../api/turn.ts';
import type { RandomSource } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { KubeClient, KubeObject } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import type { LanguageModel } from '../models/language-model.ts';
import type { Controller } from '../operator/controller.ts';
import type { Cache } from '../operator/cache.ts';
import { keyOf } from '../operator/object-key.ts';
import type { ObjectKey } from '../operator/reconciler.ts';
import type { SwarmOperator } from '../operator/swarm-operator.ts';
import { createConversationReconciler } from '../reconcilers/conversation/conversation-reconciler.ts';
import { createIntentReconciler } from '../reconcilers/intent/intent-reconciler.ts';
import { keptTurnIndex } from '../reconcilers/intent/observe.ts';
import { runIndex } from '../reconcilers/runs.ts';
import { createKnowledgeBaseReconciler } from '../reconcilers/knowledge-base/knowledge-base-reconciler.ts';
import { createSwarmConfigReconciler } from '../reconcilers/swarm-config/swarm-config-reconciler.ts';
import { approvalIndexes, type LiveTurns, turnIndexes, type TurnEvents } from '../reconcilers/turn/dependencies.ts';
import { createTurnReconciler } from '../reconcilers/turn/turn-reconciler.ts';
import { createPageFetcher } from '../retrieval/ingest/page-fetcher.ts';
import { createAgentRegistry } from '../turns/agent-registry.ts';
import type { TurnHooks, TurnMutations } from '../turns/boundaries.ts';
import { createAgents } from './agents.ts';
import { createBackends, type SwarmBackends } from './backends.ts';
import type { AddressGuard } from './address-guard.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { createModelSource } from './model-source.ts';
import { combineRuns, createKfpRuns } from './kfp-runs.ts';
import { createProbes } from './probes.ts';
import { holderSources } from './sources.ts';
import { teamSettings, type TeamSources } from './team-settings.ts';
import { createTektonRuns } from './tekton-runs.ts';

export interface ControllerParts {
  readonly operator: SwarmOperator;
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly events: TurnEvents;
  readonly builtin: LanguageModel;
  readonly ownModel: LanguageModel;
  readonly guard: AddressGuard;
  readonly maxConcurrentTurns: number;
  /** Shows turns while they run. */
  readonly live: LiveTurns;
  /** For indexes of documents and for data sets in work. */
  readonly dataDirectory: string;
  /** When this process began to lead. */
  readonly leadingSince: () => Date;
  /** Changes the list of agents; tests add their own. */
  readonly agents?: ((own: readonly Agent[]) => readonly Agent[]) | undefined;
  readonly hooks?: TurnHooks | undefined;
  readonly mutations?: TurnMutations | undefined;
}

const concurrency = { conversation: 32, intent: 16, swarmConfig: 8, knowledgeBase: 4 } as const;

/** Gives every kind its reconciler, with caches they share and ports to what they may not import. */
export function addControllers(parts: ControllerParts): void {
  const caches = createCaches(parts.operator);
  parts.metrics.approvals.pending = () =>
    caches.turns.list().reduce((sum, { status }) => sum + (status?.pendingApprovals?.length ?? 0), 0);
  const backends = createBackends({ ...parts, ...caches });
  const { operator, kube, clock, events, log } = parts;
  const runs = combineRuns({
    tekton: createTektonRuns({ kube, tekton: backends.tekton, pipelineRuns: caches.pipelineRuns }),
    kfp: createKfpRuns({ kfp: backends.kfp, clock, log }),
  });
  const wiring = { parts, caches, backends };
  addTurnController(wiring);
  addKnowledgeBaseController(wiring);
  operator.addController({
    reconciler: createConversationReconciler({ kube, clock, events, runs, ...caches }),
    concurrency: concurrency.conversation,
    sources: holderSources(kinds.conversation, caches.conversations),
  });
  operator.addController({
    reconciler: createIntentReconciler({ kube, clock, events, runs, ...caches }),
    concurrency: concurrency.intent,
    sources: holderSources(kinds.intent, caches.intents),
  });
}

function createCaches(operator: SwarmOperator) {
  return {
    conversations: operator.cacheOf<Conversation>(kinds.conversation, { indexes: { run: runIndex } }),
    intents: operator.cacheOf<Intent>(kinds.intent, { indexes: { run: runIndex } }),
    turns: operator.cacheOf<Turn>(kinds.turn, { indexes: { ...turnIndexes, ...keptTurnIndex } }),
    approvals: operator.cacheOf<Approval>(kinds.approval, { indexes: approvalIndexes }),
    configs: operator.cacheOf<SwarmConfig>(kinds.swarmConfig),
    knowledgeBases: operator.cacheOf<KnowledgeBase>(kinds.knowledgeBase, { indexes: { namespace: namespaceIndex } }),
    // A cluster without Tekton has no runs; the watch begins when it is installed.
    pipelineRuns: operator.cacheOf<KubeObject>(resourceTypes.pipelineRun, { optional: true }),
  };
}

const namespaceIndex = ({ metadata }: KubeObject): readonly string[] => [metadata.namespace ?? ''];

interface Wiring {
  readonly parts: ControllerParts;
  readonly caches: ReturnType<typeof createCaches>;
  readonly backends: SwarmBackends;
}

/** Turns and SwarmConfigs go together: the models that turns ask are those that the probes look at. */
function addTurnController({ parts, caches, backends }: Wiring): void {
  const { operator, kube, clock, random, metrics, events, maxConcurrentTurns, hooks, mutations } = parts;
  const { configs, knowledgeBases } = caches;
  const own = createAgents({ ...backends, knowledge: backends.knowledge.source });
  const models = createModelSource({ ...parts, configs });
  const team: TeamSources = {
    configs,
    hasKnowledge: (namespace) => knowledgeBases.byIndex('namespace', namespace).length > 0,
  };
  const reconciler = createTurnReconciler({
    kube,
    caches,
    clock,
    random,
    metrics,
    events,
    maxConcurrentTurns,
    live: parts.live,
    agents: createAgentRegistry(parts.agents?.(own) ?? own),
    modelFor: (namespace, configName) => models.modelFor(namespace, configName),
    policyFor: (namespace, configName) => teamSettings(team, namespace, configName),
    get startedAt() {
      return parts.leadingSince();
    },
    enqueue: (key) => {
      controller.enqueue(key);
    },
    epoch: () => operator.epoch(),
    ...(hooks && { hooks }),
    ...(mutations && { mutations }),
  });
  const controller: Controller = operator.addController({
    reconciler,
    concurrency: reconciler.concurrency,
    sources: reconciler.sources,
  });
  operator.addController({
    reconciler: createSwarmConfigReconciler({ kube, configs, clock, probes: createProbes({ models, ...backends }) }),
    concurrency: concurrency.swarmConfig,
    sources: [{ type: kinds.swarmConfig, keysOf: (object) => [keyOf(object)] }],
  });
}

function addKnowledgeBaseController({ parts, caches, backends }: Wiring): void {
  const { operator, kube, clock, events, guard } = parts;
  const { knowledgeBases } = caches;
  operator.addController({
    reconciler: createKnowledgeBaseReconciler({
      kube,
      knowledgeBases,
      events,
      clock,
      storeFor: (place) => backends.knowledge.storeFor(place),
      embedderFor: (knowledgeBase) => backends.knowledge.embedderFor(knowledgeBase),
      objectStore: backends.store,
      pdf: backends.pdf,
      pages: createPageFetcher({ fetch: createGuardedFetch(guard), clock }),
    }),
    concurrency: concurrency.knowledgeBase,
    sources: [
      { type: kinds.knowledgeBase, keysOf: (object) => [keyOf(object)] },
      { type: kinds.swarmConfig, keysOf: ({ metadata }) => inNamespace(knowledgeBases, metadata.namespace) },
    ],
  });
}

/** Their store may be another one now; those for which nothing has changed see so at once. */
function inNamespace(knowledgeBases: Cache<KnowledgeBase>, namespace = ''): readonly ObjectKey[] {
  return knowledgeBases.byIndex('namespace', namespace).map(keyOf);
}
