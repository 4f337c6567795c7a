import { kinds } from '../../api/group.ts';
import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { finalizers } from '../../api/names.ts';
import { attempt } from '../../base/attempt.ts';
import { messageOf, TerminalError } from '../../base/errors.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { type Outcome, type ReconcileContext, settled } from '../../operator/reconciler.ts';
import type { KnowledgeBaseDependencies } from './dependencies.ts';
import { keyOfBase, recordedIndexes } from './index-names.ts';

/** A store that is down gets this long, counted from the deletion. */
const graceMs = 300_000;

/**
 * The end of a knowledge base: its indexes are deleted by their exact names, then it is let go. It always is, in time,
 * so that a namespace can be deleted together with the Secret of its Elasticsearch; what is left behind is said.
 */
export async function releaseIndexes(
  dependencies: KnowledgeBaseDependencies,
  knowledgeBase: KnowledgeBase,
  { signal, log }: ReconcileContext,
): Promise<Outcome> {
  const { kube, events, clock } = dependencies;
  const dropped = await attempt(() => dropAll(dependencies, knowledgeBase, signal));
  if (!dropped.ok) {
    signal.throwIfAborted();
    const { metadata, status } = knowledgeBase;
    const elapsedMs = clock.now().getTime() - Date.parse(metadata.deletionTimestamp ?? '');
    const isHopeless = dropped.error instanceof TerminalError || !(elapsedMs < graceMs);
    if (!isHopeless) throw dropped.error;
    log.error({ error: messageOf(dropped.error), indexes: status?.indexes }, 'Leaving indexes behind');
    const left = status?.indexes?.join(', ') ?? 'its indexes';
    const message = `What is left of ${left} is to be deleted by hand: ${messageOf(dropped.error)}`;
    events.record({ regarding: knowledgeBase, type: 'Warning', reason: 'Deleting', message });
  }
  await letGo(kube, knowledgeBase, signal);
  return settled;
}

/** @throws TerminalError when some of them cannot be reached any more. */
async function dropAll(
  dependencies: KnowledgeBaseDependencies,
  knowledgeBase: KnowledgeBase,
  signal: AbortSignal,
): Promise<void> {
  const key = keyOfBase(knowledgeBase);
  const configName = knowledgeBase.spec.configRef?.name;
  const store = await dependencies.storeFor({ namespace: key.namespace, configName, signal });
  const { own, foreign } = recordedIndexes(knowledgeBase, store);
  for (const generation of new Set([...own, ...(await store.generations(key))])) {
    await store.drop({ ...key, generation });
  }
  if (foreign.length === 0) return;
  throw new TerminalError('IndexUnavailable', `The SwarmConfig no longer names the store of ${foreign.join(', ')}.`);
}

async function letGo(kube: KubeClient, { metadata }: KnowledgeBase, signal: AbortSignal): Promise<void> {
  const remaining = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== finalizers.index);
  const patch = { metadata: { resourceVersion: metadata.resourceVersion, finalizers: remaining } };
  try {
    await kube.mergePatch(kinds.knowledgeBase, metadata, patch, { signal });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
