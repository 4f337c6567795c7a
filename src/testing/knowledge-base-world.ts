import type { KnowledgeBase, KnowledgeBaseSpecInput, KnowledgeBaseStatus } from '../api/knowledge-base.ts';
import { conditionOf } from '../api/conditions.ts';
import type { ConditionType } from '../api/conditions.ts';
import { kinds } from '../api/group.ts';
import { createPdfReader } from '../backends/pdf/sandboxed-pdf-reader.ts';
import { RetryableError } from '../base/errors.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { ObjectCache } from '../operator/cache.ts';
import type { Outcome, Reconciler } from '../operator/reconciler.ts';
import { createKnowledgeBaseReconciler } from '../reconcilers/knowledge-base/knowledge-base-reconciler.ts';
import type { Embedder } from '../retrieval/embedder.ts';
import { createPageFetcher } from '../retrieval/ingest/page-fetcher.ts';
import type { KnowledgeIndex, KnowledgeStore } from '../retrieval/knowledge-store.ts';
import { aKnowledgeBase } from './builders.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeKube } from './fake-kube.ts';
import { FakeObjectStore } from './fake-object-store.ts';
import { FakeSite } from './fake-site.ts';
import { MemoryKnowledgeStore } from './memory-knowledge-store.ts';
import { silentLog } from './tool-context.ts';

const key = 'team-a/handbook';
const base = { namespace: 'team-a', knowledgeBase: 'handbook' };

/** The process died here. */
export class Crash extends Error {}

/** Vectors of three numbers that say little, from an endpoint that can fail. */
export class FakeEmbedder implements Embedder {
  model = 'tiny';
  dimensions = 3;
  failure: Error | undefined;
  /** Texts it was given, without those that only asked for the length. */
  readonly embedded: string[] = [];

  embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    if (this.failure) return Promise.reject(this.failure);
    if (texts[0] !== 'How long is a vector?') this.embedded.push(...texts);
    const first = Float32Array.from({ length: this.dimensions }, (_, axis) => (axis === 0 ? 1 : 0));
    return Promise.resolve(texts.map(() => first));
  }
}

/** A knowledge base, its reconciler, and everything it reads from and writes to. */
export class KnowledgeBaseWorld {
  readonly clock = new FakeClock('2026-11-25T08:00:00.000Z');
  readonly kube = new FakeKube({ clock: this.clock });
  readonly objects = new FakeObjectStore({ clock: this.clock });
  readonly site = new FakeSite();
  readonly embedder = new FakeEmbedder();
  readonly events: { readonly reason: string; readonly message: string }[] = [];
  store: KnowledgeStore;
  /** Thrown by whoever asks for the store. */
  storeFailure: Error | undefined;
  /** Boundaries that may still be crossed before the process dies. */
  crashAfter = Number.POSITIVE_INFINITY;
  readonly crossed: string[] = [];
  readonly #cache = new ObjectCache<KnowledgeBase>();
  #reconciler: Reconciler;

  constructor(store: KnowledgeStore = new MemoryKnowledgeStore()) {
    this.store = store;
    this.#reconciler = this.#start();
  }

  /** Another process, which knows nothing of the one before. */
  restart(): void {
    this.crashAfter = Number.POSITIVE_INFINITY;
    this.#reconciler = this.#start();
  }

  #start(): Reconciler {
    const kube: KubeClient = guarded(this.kube, ['replaceStatus', 'mergePatch'], (name) => {
      this.#boundary(name);
    });
    return createKnowledgeBaseReconciler({
      kube,
      knowledgeBases: this.#cache,
      clock: this.clock,
      events: {
        record: (event) => {
          this.events.push(event);
        },
      },
      storeFor: () => (this.storeFailure ? Promise.reject(this.storeFailure) : Promise.resolve(this.#guardedStore())),
      embedderFor: ({ spec }) => Promise.resolve(spec.embedding && this.embedder),
      objectStore: this.objects,
      pages: createPageFetcher({ fetch: this.site.fetch, clock: this.clock, delayMs: 0 }),
      pdf: createPdfReader({ clock: this.clock }),
    });
  }

  #boundary(name: string): void {
    this.crossed.push(name);
    if (this.crashAfter-- <= 0) throw new Crash('the process died');
  }

  #guardedStore(): KnowledgeStore {
    const boundary = (name: string) => {
      this.#boundary(name);
    };
    const index = (found: KnowledgeIndex) => guarded(found, ['apply', 'refresh'], boundary);
    const { store } = this;
    const acting = guarded(store, ['activate', 'drop'], boundary);
    return {
      nameOf: (generation) => store.nameOf(generation),
      generations: (of) => store.generations(of),
      activate: (generation) => acting.activate(generation),
      drop: (generation) => acting.drop(generation),
      open: async (generation, settings) => {
        boundary('before open');
        const opened = await store.open(generation, settings);
        boundary('after open');
        return index(opened);
      },
      active: async (of) => {
        const found = await store.active(of);
        return found && index(found);
      },
    };
  }

  // --- the hands of everybody else ----------------------------------------------------------------------------------

  apply(spec: Partial<KnowledgeBaseSpecInput> = {}): void {
    this.kube.seed(kinds.knowledgeBase, aKnowledgeBase({ spec }));
  }

  async edit(spec: Partial<KnowledgeBaseSpecInput>): Promise<void> {
    await this.kube.mergePatch(kinds.knowledgeBase, this.knowledgeBase.metadata, { spec });
  }

  async annotate(annotations: Readonly<Record<string, string>>): Promise<void> {
    await this.kube.mergePatch(kinds.knowledgeBase, this.knowledgeBase.metadata, { metadata: { annotations } });
  }

  /** Content of the ConfigMap that the knowledge base reads. */
  pages(data: Readonly<Record<string, string>>, name = 'handbook'): void {
    this.kube.seed(resourceTypes.configMap, {
      metadata: { name, namespace: 'team-a', uid: `uid-${name}` },
      data,
    } as never);
  }

  // --- what happens -------------------------------------------------------------------------------------------------

  async reconcile(): Promise<Outcome> {
    const { items, resourceVersion } = await this.kube.list<KnowledgeBase>(kinds.knowledgeBase);
    this.#cache.replaceAll(items, resourceVersion);
    return this.#reconciler.reconcile(key, { signal: new AbortController().signal, log: silentLog });
  }

  /** Until it wants to wait. @returns for how long, undefined when for nothing. */
  async settle(): Promise<number | undefined> {
    for (let round = 0; round < 20; round++) {
      const outcome = await this.reconcile();
      if (outcome.kind === 'settled') return undefined;
      if (outcome.kind === 'later') return outcome.afterMs;
    }
    throw new Error('it does not come to rest');
  }

  /** Time goes by, and what falls due meanwhile is done. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.settle();
  }

  // --- the state of the world ---------------------------------------------------------------------------------------

  get knowledgeBase(): KnowledgeBase {
    const [found] = this.kube.all<KnowledgeBase>(kinds.knowledgeBase);
    if (!found) throw new Error('the knowledge base is gone');
    return found;
  }

  get isGone(): boolean {
    return this.kube.all(kinds.knowledgeBase).length === 0;
  }

  get status(): KnowledgeBaseStatus {
    return this.knowledgeBase.status ?? {};
  }

  /** `status/reason`, for example True/Synced. */
  is(type: ConditionType): string | undefined {
    const condition = conditionOf(this.status.conditions, type);
    return condition && `${condition.status}/${condition.reason}`;
  }

  messageOf(type: ConditionType): string {
    return conditionOf(this.status.conditions, type)?.message ?? '';
  }

  get live(): Promise<KnowledgeIndex | undefined> {
    return this.store.active(base);
  }

  get generations(): Promise<readonly number[]> {
    return this.store.generations(base);
  }

  /** Paths of the documents that are found. */
  async documents(): Promise<readonly string[]> {
    return (await (await this.live)?.documents()) ?? [];
  }

  /** Documents found by a word. */
  async find(text: string): Promise<readonly string[]> {
    const index = await this.live;
    const answer = await index?.search({ text, expansions: [], limit: 10, signal: new AbortController().signal });
    return (answer?.lexical ?? []).map(({ chunk }) => chunk.document);
  }
}

export const unavailable = () => new RetryableError('Unavailable', 'The endpoint does not answer.');

/** The object, with a boundary before and after each of these methods. */
function guarded<T extends object>(object: T, methods: readonly (keyof T)[], boundary: (name: string) => void): T {
  return new Proxy(object, {
    get: (target, property) => {
      const value = Reflect.get(target, property) as unknown;
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...given: readonly unknown[]) => unknown;
      if (!methods.includes(property as keyof T)) return call;
      return async (...given: readonly unknown[]) => {
        boundary(`before ${String(property)}`);
        const answer = await call(...given);
        boundary(`after ${String(property)}`);
        return answer;
      };
    },
  });
}
