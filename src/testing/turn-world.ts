import { z } from 'zod';
import type { Agent } from '../agents/agent.ts';
import { defineTool, type Effect, type Tool, type ToolContext, type ToolResult } from '../agents/tool.ts';
import type { Approval } from '../api/approval.ts';
import type { Conversation } from '../api/conversation.ts';
import { kinds } from '../api/group.ts';
import type { Intent } from '../api/intent.ts';
import { swarmConfigSpec } from '../api/swarm-config.ts';
import type { Turn } from '../api/turn.ts';
import { createMetrics } from '../base/metrics.ts';
import type { KubeClient, KubeObject, ResourceType } from '../kube/kube-client.ts';
import type { LanguageModel } from '../models/language-model.ts';
import { ObjectCache } from '../operator/cache.ts';
import { keyOf } from '../operator/object-key.ts';
import type { ObjectKey, Outcome } from '../operator/reconciler.ts';
import {
  approvalIndexes,
  type LiveTurns,
  type ModelNotReady,
  type TeamSettings,
  turnIndexes,
  type TurnReconcilerDependencies,
} from '../reconcilers/turn/dependencies.ts';
import { createTurnReconciler } from '../reconcilers/turn/turn-reconciler.ts';
import { createAgentRegistry } from '../turns/agent-registry.ts';
import type { TurnHooks, TurnMutations } from '../turns/boundaries.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeKube } from './fake-kube.ts';
import { silentLog } from './tool-context.ts';

/** What outside receivers were asked, and what they did: by tool and key. */
export class Receiver {
  readonly receipts: { readonly tool: string; readonly key: string; readonly digest: string }[] = [];
  /** Effects that exist, by key; a named receiver does nothing the second time. */
  readonly applied = new Map<string, number>();

  named(tool: string, { effectKey, argumentsDigest }: ToolContext): void {
    this.receipts.push({ tool, key: effectKey, digest: argumentsDigest });
    this.applied.set(effectKey, 1);
  }

  keyless(tool: string, { effectKey, argumentsDigest }: ToolContext): void {
    this.receipts.push({ tool, key: effectKey, digest: argumentsDigest });
    this.applied.set(effectKey, (this.applied.get(effectKey) ?? 0) + 1);
  }
}

export type Execute = (input: Record<string, unknown>, context: ToolContext) => ToolResult | Promise<ToolResult>;

/** A tool with optional arguments `value` and `pipeline`, whose execution the test says. */
export function aTool(
  name: string,
  effect: Effect,
  { execute, ...extra }: Partial<Omit<Tool, 'execute'>> & { readonly execute: Execute },
): Tool {
  const input = z.strictObject({ value: z.string().optional(), pipeline: z.string().optional() });
  const declared = {
    name,
    description: `${name} for tests.`,
    effect,
    input,
    output: z.unknown(),
    access: [],
    examples: [],
    display: 'text' as const,
    execute: async (given: Record<string, unknown>, context: ToolContext) => execute(given, context),
  };
  return { ...defineTool(declared), ...extra };
}

export function anAgent(name: string, tools: readonly Tool[], delegates: readonly string[] = []): Agent {
  return { name, purpose: `Works on ${name}.`, instructions: `You are ${name}.`, tools, delegates };
}

export interface TurnWorldOptions {
  readonly agents: readonly Agent[];
  readonly model: LanguageModel | (() => LanguageModel | ModelNotReady);
  readonly kube?: FakeKube;
  /** How this process reaches the API server, for faults between them; the fake itself when absent. */
  readonly client?: KubeClient;
  readonly clock?: FakeClock;
  readonly settings?: Partial<TeamSettings>;
  readonly hooks?: TurnHooks;
  readonly mutations?: TurnMutations;
  readonly maxConcurrentTurns?: number;
  readonly live?: LiveTurns;
}

/** One operator process, as far as turns are concerned, over an API server in memory. */
export class TurnWorld {
  readonly kube: FakeKube;
  readonly clock: FakeClock;
  readonly metrics = createMetrics();
  readonly events: { readonly type: string; readonly reason: string; readonly message: string }[] = [];
  readonly queue = new Set<ObjectKey>();
  readonly turns = new ObjectCache<Turn>();
  readonly conversations = new ObjectCache<Conversation>();
  readonly intents = new ObjectCache<Intent>();
  readonly approvals = new ObjectCache<Approval>();
  readonly reconciler: ReturnType<typeof createTurnReconciler>;
  readonly #stop = new AbortController();

  constructor(options: TurnWorldOptions) {
    this.clock = options.clock ?? new FakeClock('2026-11-25T08:00:00Z');
    this.kube = options.kube ?? new FakeKube({ clock: this.clock });
    this.turns.addIndex('owner', turnIndexes.owner);
    this.turns.addIndex('awaitedRun', turnIndexes.awaitedRun);
    this.approvals.addIndex('turn', approvalIndexes.turn);
    this.reconciler = createTurnReconciler(this.#dependencies(options));
  }

  /** Every cache as the watches would have filled it by now. */
  sync(): void {
    const fill = <T extends KubeObject>(cache: ObjectCache<T>, type: ResourceType) => {
      cache.replaceAll(this.kube.all<T>(type), '0');
    };
    fill(this.turns, kinds.turn);
    fill(this.conversations, kinds.conversation);
    fill(this.intents, kinds.intent);
    fill(this.approvals, kinds.approval);
  }

  /** One reconcile with caches that are up to date. */
  reconcile(turn: Pick<Turn, 'metadata'>): Promise<Outcome> {
    this.sync();
    return this.reconcileFromCache(turn);
  }

  reconcileFromCache(turn: Pick<Turn, 'metadata'>): Promise<Outcome> {
    return this.reconciler.reconcile(keyOf(turn), { signal: this.#stop.signal, log: silentLog });
  }

  /** Reconciles until there is nothing to do at once. */
  async settle(turn: Pick<Turn, 'metadata'>): Promise<Outcome> {
    for (let steps = 0; steps < 100; steps++) {
      const outcome = await this.reconcile(turn);
      if (outcome.kind !== 'again') return outcome;
    }
    throw new Error('the turn does not come to rest');
  }

  read(turn: Pick<Turn, 'metadata'>): Turn {
    const found = this.kube.all<Turn>(kinds.turn).find(({ metadata }) => metadata.name === turn.metadata.name);
    if (!found) throw new Error(`there is no Turn ${turn.metadata.name}`);
    return found;
  }

  /** What a watch would bring, for the sources of the reconciler. */
  keysFor(type: ResourceType, object: KubeObject): readonly ObjectKey[] {
    return this.reconciler.sources.filter((source) => source.type === type).flatMap((source) => source.keysOf(object));
  }

  /** Writes to Turns so far. */
  get turnWrites(): number {
    return this.kube.requests.filter(({ verb, plural }) => verb === 'replaceStatus' && plural === 'turns').length;
  }

  stop(): void {
    this.#stop.abort(new Error('the process ends'));
  }

  #dependencies(options: TurnWorldOptions): TurnReconcilerDependencies {
    const {
      agents: [...agents],
      model,
      settings,
      hooks,
      mutations,
      maxConcurrentTurns = 8,
      live,
    } = options;
    const { turns, conversations, intents, approvals } = this;
    const { policy } = swarmConfigSpec.parse({});
    const choose = typeof model === 'function' ? model : () => model;
    return {
      kube: options.client ?? this.kube,
      caches: { turns, conversations, intents, approvals },
      agents: createAgentRegistry(agents),
      modelFor: () => {
        const chosen = choose();
        return Promise.resolve('notReady' in chosen ? chosen : { model: chosen });
      },
      policyFor: () => ({ agents: [], policy, ...settings }),
      clock: this.clock,
      startedAt: this.clock.now(),
      random: () => 0,
      metrics: this.metrics,
      events: { record: (event) => this.events.push(event) },
      enqueue: (key) => this.queue.add(key),
      epoch: () => 1,
      maxConcurrentTurns,
      ...(live && { live }),
      ...(hooks && { hooks }),
      ...(mutations && { mutations }),
    };
  }
}
