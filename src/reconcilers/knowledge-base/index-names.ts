import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import type { KnowledgeBaseKey, KnowledgeStore } from '../../retrieval/knowledge-store.ts';

export function keyOfBase({ metadata }: KnowledgeBase): KnowledgeBaseKey {
  return { namespace: metadata.namespace, knowledgeBase: metadata.name };
}

export interface RecordedIndexes {
  /** Generations in this store. */
  readonly own: readonly number[];
  /** Names of indexes in another store, from a time when the SwarmConfig named that one. */
  readonly foreign: readonly string[];
}

/** What `status.indexes` says, as far as this store is concerned. Every name ends in its generation. */
export function recordedIndexes(knowledgeBase: KnowledgeBase, store: KnowledgeStore): RecordedIndexes {
  const key = keyOfBase(knowledgeBase);
  const recorded = (knowledgeBase.status?.indexes ?? []).map((name) => {
    const generation = Number(/\d+$/.exec(name)?.[0] ?? 0);
    return { name, generation, isOwn: store.nameOf({ ...key, generation }) === name };
  });
  return {
    own: recorded.filter(({ isOwn }) => isOwn).map(({ generation }) => generation),
    foreign: recorded.filter(({ isOwn }) => !isOwn).map(({ name }) => name),
  };
}

/** All that there is of it, and what is about to be made: the next `status.indexes`. */
export async function indexNames(
  knowledgeBase: KnowledgeBase,
  store: KnowledgeStore,
  next?: number,
): Promise<readonly string[]> {
  const key = keyOfBase(knowledgeBase);
  const generations = new Set(await store.generations(key));
  if (next !== undefined) generations.add(next);
  const own = [...generations].sort((left, right) => left - right);
  const names = own.map((generation) => store.nameOf({ ...key, generation }));
  return [...recordedIndexes(knowledgeBase, store).foreign, ...names].slice(-maxRecorded);
}

/** As many as the status holds. */
const maxRecorded = 16;
