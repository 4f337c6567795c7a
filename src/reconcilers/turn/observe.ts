import type { Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import type { Intent } from '../../api/intent.ts';
import type { Turn } from '../../api/turn.ts';
import type { Cache } from '../../operator/cache.ts';
import type { KubeObject, ResourceType } from '../../kube/kube-client.ts';
import { nameOf, objectKey } from '../../operator/object-key.ts';
import type { ObjectKey } from '../../operator/reconciler.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { comesBefore, isFinished, type Observed, type Owner } from './observed.ts';

/** Reads from the caches, but the journal live where the cache may be behind what others have recorded. */
export class TurnObserver {
  readonly #dependencies: TurnReconcilerDependencies;
  /** Turns whose journal this process has read live, or has seen from the beginning. */
  readonly #known = new Set<string>();
  readonly #doubted = new Set<string>();

  constructor(dependencies: TurnReconcilerDependencies) {
    this.#dependencies = dependencies;
  }

  /** A write was refused or its reply was lost: the next observation is a live one. */
  doubt(turn: Turn): void {
    this.#known.delete(turn.metadata.uid);
    this.#doubted.add(turn.metadata.uid);
  }

  /** @returns undefined when the Turn is gone. */
  async observe(key: ObjectKey): Promise<Observed | undefined> {
    const { caches, clock } = this.#dependencies;
    const turn = await this.#turn(key);
    if (!turn) return undefined;
    if (isFinished(turn)) this.#known.delete(turn.metadata.uid);
    const siblings = caches.turns.byIndex('owner', turn.spec.owner.uid).filter((other) => comesBefore(other, turn));
    return {
      turn,
      owner: isFinished(turn) ? undefined : await this.#owner(turn),
      earlier: siblings.toSorted((left, right) => (comesBefore(left, right) ? -1 : 1)),
      approvals: caches.approvals.byIndex('turn', turn.metadata.uid),
      now: clock.now(),
    };
  }

  async #turn(key: ObjectKey): Promise<Turn | undefined> {
    const { caches, kube, startedAt } = this.#dependencies;
    const cached = caches.turns.get(key);
    if (!cached || isFinished(cached) || this.#known.has(cached.metadata.uid)) return cached;
    const { uid, creationTimestamp } = cached.metadata;
    const isNew = cached.status === undefined && new Date(creationTimestamp) > startedAt && !this.#doubted.has(uid);
    const turn = isNew ? cached : await kube.get<Turn>(kinds.turn, nameOf(key));
    this.#doubted.delete(uid);
    if (turn) this.#known.add(turn.metadata.uid);
    return turn;
  }

  async #owner({ metadata, spec }: Turn): Promise<Owner | undefined> {
    const { conversations, intents } = this.#dependencies.caches;
    const key = objectKey(metadata.namespace, spec.owner.name);
    if (spec.owner.kind === 'Conversation') {
      const isIt = ({ metadata: { uid } }: Conversation) => uid === spec.owner.uid;
      const object = await this.#find(kinds.conversation, { cache: conversations, key, isIt });
      return object && { kind: 'Conversation', object };
    }
    // Where outcomes are reused, the next Intent of that name takes the Turn over.
    const isIt = (intent: Intent) => intent.metadata.uid === spec.owner.uid || intent.spec.reuseWithin !== undefined;
    const object = await this.#find(kinds.intent, { cache: intents, key, isIt });
    return object && { kind: 'Intent', object };
  }

  /** That something is gone is believed only when the API server says so: its cache may be behind ours. */
  async #find<T extends KubeObject>(
    type: ResourceType,
    { cache, key, isIt }: { cache: Cache<T>; key: ObjectKey; isIt: (object: T) => boolean },
  ): Promise<T | undefined> {
    const cached = cache.get(key);
    if (cached && isIt(cached)) return cached;
    const live = await this.#dependencies.kube.get<T>(type, nameOf(key));
    return live && isIt(live) ? live : undefined;
  }
}
