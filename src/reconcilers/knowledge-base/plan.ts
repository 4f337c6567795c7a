import { conditionOf, isTrue } from '../../api/conditions.ts';
import { durationMs } from '../../api/duration.ts';
import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { finalizers } from '../../api/names.ts';
import { allowsDeletions, type Observed } from './observed.ts';

/** What the object alone says. */
export type Plan =
  | { readonly kind: 'gone' }
  | { readonly kind: 'release' }
  /** The finalizer comes first: nothing is made that nobody would take away. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'suspend' }
  | { readonly kind: 'work' };

export type Work =
  | { readonly kind: 'sync' }
  | { readonly kind: 'drop'; readonly generations: readonly number[] }
  | { readonly kind: 'rest'; readonly afterMs: number };

/** Searches that were begun on the generation before may end on it. */
const dropAfterMs = 60_000;
/** However short the spec says: other people's sites are read. */
const shortestIntervalMs = 60_000;
/** How soon what went wrong is tried again: the longer it has been wrong, the later. */
const retry = { shortestMs: 10_000, longestMs: 900_000 } as const;

export function planKnowledgeBase({ metadata, spec }: KnowledgeBase): Plan {
  const isHeld = metadata.finalizers?.includes(finalizers.index) ?? false;
  if (metadata.deletionTimestamp !== undefined) return { kind: isHeld ? 'release' : 'gone' };
  if (!isHeld) return { kind: 'hold' };
  return { kind: spec.suspend ? 'suspend' : 'work' };
}

export function planWork(observed: Observed): Work {
  const untilDueMs = dueAtMs(observed) - observed.now.getTime();
  return untilDueMs <= 0 ? { kind: 'sync' } : dropOrRest(observed, untilDueMs);
}

function dropOrRest({ obsolete, lastTry, now }: Observed, untilDueMs: number): Work {
  if (obsolete.length === 0) return { kind: 'rest', afterMs: untilDueMs };
  const untilDropMs = lastTry === undefined ? 0 : lastTry.at.getTime() + dropAfterMs - now.getTime();
  if (untilDropMs <= 0) return { kind: 'drop', generations: obsolete };
  return { kind: 'rest', afterMs: Math.min(untilDropMs, untilDueMs) };
}

function dueAtMs(observed: Observed): number {
  const { knowledgeBase, lastTry, now } = observed;
  const { spec, status } = knowledgeBase;
  const intervalMs = Math.max(durationMs(spec.refreshInterval), shortestIntervalMs);
  if (isCurrent(observed)) return Date.parse(status?.lastSyncTime ?? '') + intervalMs;
  if (!lastTry || isOutdated(observed)) return now.getTime();
  return lastTry.at.getTime() + Math.min(retryAfterMs(knowledgeBase, now), intervalMs);
}

/** Nothing tells when a Secret, a bucket or a site has been put right, so it is tried again and again. */
export function retryAfterMs({ status }: KnowledgeBase, now: Date): number {
  const ready = conditionOf(status?.conditions, 'Ready');
  if (ready?.status === 'True') return retry.shortestMs;
  const wrongForMs = now.getTime() - Date.parse(ready?.lastTransitionTime ?? now.toISOString());
  return Math.min(Math.max(wrongForMs / 4, retry.shortestMs), retry.longestMs);
}

/** All that the spec asks for was read by today's rules, and the index it was read into still answers. */
function isCurrent({ knowledgeBase: { metadata, status }, live, chunker }: Observed): boolean {
  const isRead = status?.observedGeneration === metadata.generation && isTrue(status.conditions, 'Ready');
  const isThere = live !== undefined && live.name === status?.index && live.chunker === chunker;
  return isRead && isThere && status.lastSyncTime !== undefined;
}

/** A person has changed something since the last try. */
function isOutdated({ knowledgeBase, lastTry }: Observed): boolean {
  return (
    lastTry?.generation !== knowledgeBase.metadata.generation ||
    lastTry.allowsDeletions !== allowsDeletions(knowledgeBase)
  );
}
