import { isTrue, conditionOf } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { finalizers } from '../../api/names.ts';
import { attempt } from '../../base/attempt.ts';
import { canonicalJson } from '../../base/digest.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { nameOf } from '../../operator/object-key.ts';
import {
  again,
  later,
  type ObjectKey,
  type Outcome,
  type ReconcileContext,
  type Reconciler,
  settled,
} from '../../operator/reconciler.ts';
import { chunkerVersion } from '../../retrieval/chunk-document.ts';
import type { KnowledgeStore } from '../../retrieval/knowledge-store.ts';
import type { KnowledgeBaseDependencies } from './dependencies.ts';
import { keyOfBase } from './index-names.ts';
import { KnowledgeBaseMemory } from './memory.ts';
import { allowsDeletions, type LiveIndex, type Observed, type Result } from './observed.ts';
import { planKnowledgeBase, planWork, retryAfterMs } from './plan.ts';
import { releaseIndexes } from './release.ts';
import { knowledgeBaseStatus } from './status.ts';
import { syncKnowledgeBase } from './sync.ts';

/** Keeps the index of each knowledge base as its sources are. */
export function createKnowledgeBaseReconciler(dependencies: KnowledgeBaseDependencies): Reconciler {
  const reconciliation = new Reconciliation(dependencies);
  return { name: 'knowledge-base', reconcile: (key, context) => reconciliation.reconcile(key, context) };
}

interface Step {
  readonly key: ObjectKey;
  readonly knowledgeBase: KnowledgeBase;
  readonly context: ReconcileContext;
}

class Reconciliation {
  readonly #dependencies: KnowledgeBaseDependencies;
  readonly #memory = new KnowledgeBaseMemory();

  constructor(dependencies: KnowledgeBaseDependencies) {
    this.#dependencies = dependencies;
  }

  async reconcile(key: ObjectKey, context: ReconcileContext): Promise<Outcome> {
    const knowledgeBase = this.#dependencies.knowledgeBases.get(key);
    const plan = knowledgeBase ? planKnowledgeBase(knowledgeBase) : undefined;
    if (!knowledgeBase || !plan || plan.kind === 'gone') {
      this.#memory.forget(key);
      return settled;
    }
    switch (plan.kind) {
      case 'release':
        return releaseIndexes(this.#dependencies, knowledgeBase, context);
      case 'hold':
        await this.#hold(knowledgeBase);
        return again;
      case 'suspend':
        await this.#write(knowledgeBase, { kind: 'suspended' });
        return settled;
      case 'work':
        return this.#work({ key, knowledgeBase, context });
    }
  }

  /** What goes wrong is said in the status and tried again; only mistakes of ours are thrown. */
  async #work(step: Step): Promise<Outcome> {
    const { knowledgeBase, context } = step;
    const worked = await attempt(() => this.#workWithStore(step));
    if (worked.ok) return worked.value;
    const { error } = worked;
    context.signal.throwIfAborted();
    if (!(error instanceof RetryableError) && !(error instanceof TerminalError)) throw error;
    const { reason, message } = error;
    const timeMayHelp = error instanceof RetryableError;
    const written = await this.#write(knowledgeBase, { kind: 'failed', reason, message, timeMayHelp });
    return later(retryAfterMs(written ?? knowledgeBase, this.#dependencies.clock.now()));
  }

  async #workWithStore(step: Step): Promise<Outcome> {
    const { knowledgeBase, context } = step;
    const { namespace } = knowledgeBase.metadata;
    const configName = knowledgeBase.spec.configRef?.name;
    const store = await this.#dependencies.storeFor({ namespace, configName, signal: context.signal });
    const observed = await this.#observe(step, store);
    const work = planWork(observed);
    switch (work.kind) {
      case 'rest':
        return later(work.afterMs);
      case 'drop':
        return this.#drop(step, store, work.generations);
      case 'sync':
        return this.#sync(step, store);
    }
  }

  async #observe({ key, knowledgeBase }: Step, store: KnowledgeStore): Promise<Observed> {
    const base = keyOfBase(knowledgeBase);
    const index = await store.active(base);
    const generations = await store.generations(base);
    const live: LiveIndex | undefined = index && {
      name: index.name,
      generation: index.key.generation,
      chunker: index.settings.chunker,
    };
    return {
      knowledgeBase,
      live,
      obsolete: generations.filter((generation) => live !== undefined && generation < live.generation),
      lastTry: this.#memory.lastTry(key, knowledgeBase.metadata.uid),
      chunker: chunkerVersion,
      now: this.#dependencies.clock.now(),
    };
  }

  async #drop(
    { knowledgeBase, context }: Step,
    store: KnowledgeStore,
    generations: readonly number[],
  ): Promise<Outcome> {
    context.log.info({ generations }, 'Deleting generations of a knowledge base that were replaced');
    for (const generation of generations) await store.drop({ ...keyOfBase(knowledgeBase), generation });
    return again;
  }

  async #sync(step: Step, store: KnowledgeStore): Promise<Outcome> {
    const { key, knowledgeBase, context } = step;
    const { uid, generation } = knowledgeBase.metadata;
    const { clock } = this.#dependencies;
    const synced = await attempt(() =>
      syncKnowledgeBase(
        this.#dependencies,
        {
          knowledgeBase,
          store,
          versionsOf: (index) => this.#memory.versions(key, uid, index),
          carryOn: () => this.#isUnchanged(key, knowledgeBase),
          announce: async (indexes) => {
            await this.#write(knowledgeBase, { kind: 'started', indexes });
          },
        },
        context,
      ),
    );
    this.#memory.noteTry(key, uid, { at: clock.now(), generation, allowsDeletions: allowsDeletions(knowledgeBase) });
    if (!synced.ok) throw synced.error;
    // The change that ended it is in the queue already.
    if (!synced.value) return settled;
    const written = await this.#write(knowledgeBase, synced.value);
    if (!written) return settled;
    const next = planWork(await this.#observe({ ...step, knowledgeBase: written }, store));
    return next.kind === 'rest' ? later(next.afterMs) : again;
  }

  #isUnchanged(key: ObjectKey, { metadata }: KnowledgeBase): boolean {
    const current = this.#dependencies.knowledgeBases.get(key)?.metadata;
    const isSame = current?.uid === metadata.uid && current.generation === metadata.generation;
    return isSame && current.deletionTimestamp === undefined;
  }

  async #hold({ metadata }: KnowledgeBase): Promise<void> {
    const { kube, knowledgeBases } = this.#dependencies;
    const all = [...(metadata.finalizers ?? []), finalizers.index];
    const patch = { metadata: { resourceVersion: metadata.resourceVersion, finalizers: all } };
    knowledgeBases.noteWritten(await kube.mergePatch<KnowledgeBase>(kinds.knowledgeBase, metadata, patch));
  }

  /**
   * A reading takes minutes, in which labels and annotations may change: the status is written onto the newest version.
   * @returns undefined when the object is gone, or asks for something else by now.
   */
  async #write({ metadata }: KnowledgeBase, result: Result): Promise<KnowledgeBase | undefined> {
    const { kube, knowledgeBases, clock } = this.#dependencies;
    const current = await kube.get<KnowledgeBase>(
      kinds.knowledgeBase,
      nameOf(`${metadata.namespace}/${metadata.name}`),
    );
    if (current?.metadata.uid !== metadata.uid || current.metadata.generation !== metadata.generation) return undefined;
    const status = knowledgeBaseStatus(current, result, clock.now());
    if (canonicalJson(status) === canonicalJson(current.status)) return current;
    const written = await kube.replaceStatus<KnowledgeBase>(kinds.knowledgeBase, { ...current, status });
    knowledgeBases.noteWritten(written);
    this.#announce(current, written);
    return written;
  }

  /** That a person must act is told once, when it comes up. */
  #announce(before: KnowledgeBase, after: KnowledgeBase): void {
    const stalled = conditionOf(after.status?.conditions, 'Stalled');
    if (stalled?.status !== 'True' || isTrue(before.status?.conditions, 'Stalled')) return;
    const { reason, message } = stalled;
    this.#dependencies.events.record({ regarding: after, type: 'Warning', reason, message });
  }
}
