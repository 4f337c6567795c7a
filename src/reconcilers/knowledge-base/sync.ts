import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { TerminalError } from '../../base/errors.ts';
import type { ReconcileContext } from '../../operator/reconciler.ts';
import { createSource } from '../../retrieval/ingest/create-source.ts';
import type { SyncReport } from '../../retrieval/ingest/sync-report.ts';
import { largestRemovedShare, syncSources } from '../../retrieval/ingest/sync-sources.ts';
import type { VersionMemory } from '../../retrieval/ingest/version-memory.ts';
import type { GenerationKey, KnowledgeIndex, KnowledgeStore } from '../../retrieval/knowledge-store.ts';
import { generationFor, type Wanted, wantedSettings } from './choose-index.ts';
import { configMapReader } from './config-maps.ts';
import type { KnowledgeBaseDependencies } from './dependencies.ts';
import { indexNames, keyOfBase } from './index-names.ts';
import { allowsDeletions, type Synced } from './observed.ts';

export interface SyncStep {
  readonly knowledgeBase: KnowledgeBase;
  readonly store: KnowledgeStore;
  /** Versions of the documents in an index. */
  readonly versionsOf: (index: string) => VersionMemory;
  /** False once the object has changed: the reading ends, and begins again with the new spec. */
  readonly carryOn: () => boolean;
  /** Writes down what is about to be made. */
  readonly announce: (indexes: readonly string[]) => Promise<void>;
}

/**
 * Reads the sources into the index that answers or, when that was made with other settings, into the next generation,
 * which takes its place only when it is whole. Every step may be the last one of this process: repeated from the
 * beginning, it comes to the same end.
 * @returns undefined when the object has changed meanwhile.
 */
export async function syncKnowledgeBase(
  dependencies: KnowledgeBaseDependencies,
  step: SyncStep,
  { signal, log }: ReconcileContext,
): Promise<Synced | undefined> {
  const { knowledgeBase, store, carryOn } = step;
  const key = keyOfBase(knowledgeBase);
  const live = await store.active(key);
  const findEmbedder = () => dependencies.embedderFor(knowledgeBase, signal);
  const wanted = await wantedSettings(knowledgeBase, live, { findEmbedder, signal });
  const atLeast = knowledgeBase.status?.indexGeneration ?? 0;
  const target = await generationFor(store, key, { live, settings: wanted.settings, atLeast });
  await step.announce(await indexNames(knowledgeBase, store, target.generation));
  const index = await openTarget(step, target, wanted);
  log.info(
    { index: index.name, documents: (await index.counts()).documents },
    'Reading the sources of a knowledge base',
  );
  const report = await syncSources({
    index,
    sources: sourcesOf(dependencies, knowledgeBase),
    embedder: wanted.embedder,
    versions: step.versionsOf(index.name),
    allowDeletions: allowsDeletions(knowledgeBase),
    carryOn,
    signal,
  });
  if (report.interrupted) return undefined;
  const withTrouble = { ...report, embeddingTrouble: wanted.trouble ?? report.embeddingTrouble };
  return finish(step, { index, live }, withTrouble);
}

/** A build that was begun with other settings is given up. */
async function openTarget(step: SyncStep, target: GenerationKey, wanted: Wanted): Promise<KnowledgeIndex> {
  const { knowledgeBase, store, announce } = step;
  try {
    return await store.open(target, wanted.settings);
  } catch (error) {
    if (!(error instanceof TerminalError) || error.reason !== 'SettingsDiffer') throw error;
    await store.drop(target);
    const next = { ...target, generation: target.generation + 1 };
    await announce(await indexNames(knowledgeBase, store, next.generation));
    return store.open(next, wanted.settings);
  }
}

function sourcesOf(dependencies: KnowledgeBaseDependencies, knowledgeBase: KnowledgeBase) {
  const { kube, objectStore, pages, pdf } = dependencies;
  const { metadata, spec } = knowledgeBase;
  const owner = {
    namespace: metadata.namespace,
    knowledgeBase: metadata.name,
    serviceAccountName: spec.serviceAccountName,
    configName: spec.configRef?.name,
  };
  const ports = { configMaps: configMapReader(kube, knowledgeBase), objectStore, pages, pdf };
  return spec.sources.map((source) => createSource(source, owner, ports));
}

interface Indexes {
  /** What was read into. */
  readonly index: KnowledgeIndex;
  /** What has answered so far. */
  readonly live: KnowledgeIndex | undefined;
}

async function finish(step: SyncStep, indexes: Indexes, report: SyncReport): Promise<Synced> {
  const { knowledgeBase, store } = step;
  const { index, live } = indexes;
  const isWhole = report.sources.every(({ isComplete }) => isComplete);
  const missing = isWhole && !allowsDeletions(knowledgeBase) ? await missingIn(indexes) : 0;
  const answering = live && (!isWhole || missing > 0) ? live : index;
  await activate(store, answering, live);
  return {
    kind: 'synced',
    report,
    ...(await describe(knowledgeBase, answering)),
    withheld: missing > 0 ? { missing } : undefined,
    indexes: await indexNames(knowledgeBase, store),
  };
}

/** An empty index never answers before it has documents. */
async function activate(store: KnowledgeStore, index: KnowledgeIndex, live: KnowledgeIndex | undefined): Promise<void> {
  const isLive = index.key.generation === live?.key.generation;
  if (!isLive && (await index.counts()).documents > 0) await store.activate(index.key);
}

/** Documents that a new build lacks, when they are too many to be a matter of course. */
async function missingIn({ index, live }: Indexes): Promise<number> {
  if (!live || index.key.generation === live.key.generation) return 0;
  const [before, after] = [(await live.counts()).documents, (await index.counts()).documents];
  return before - after > largestRemovedShare * before ? before - after : 0;
}

async function describe({ spec }: KnowledgeBase, index: KnowledgeIndex | undefined) {
  const counts = await index?.counts();
  if (!index || !counts || counts.documents === 0) return { live: undefined };
  const { name, key, settings, notice } = index;
  const live = { name, generation: key.generation, chunker: settings.chunker, counts, notice };
  return spec.embedding ? { live, withoutVector: counts.chunks - counts.vectors } : { live };
}
