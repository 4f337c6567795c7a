import type { KnowledgeBase } from '../api/knowledge-base.ts';
import type { RandomSource } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Embedder } from '../retrieval/embedder.ts';
import { createOpenAiEmbedder } from '../retrieval/openai-embedder.ts';
import type { AddressGuard } from './address-guard.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { readSecret } from './secret-reader.ts';

export interface EmbedderParts {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
  readonly guard: AddressGuard;
}

interface Kept {
  readonly generation: number;
  readonly apiKey: string | undefined;
  readonly embedder: Embedder;
  readonly untilMs: number;
}

/** A key that was changed is noticed this late. */
const keptMs = 30_000;

/**
 * The embedding models that knowledge bases name; one is kept, with the vectors it remembers, while its settings and its
 * key stay the same. Undefined for a knowledge base that wants words alone.
 * @throws TerminalError when the key cannot be read.
 */
export function createEmbedders(parts: EmbedderParts): (knowledgeBase: KnowledgeBase) => Promise<Embedder | undefined> {
  const kept = new Map<string, Kept>();
  return async (knowledgeBase) => {
    const { uid, generation } = knowledgeBase.metadata;
    if (!knowledgeBase.spec.embedding) {
      kept.delete(uid);
      return undefined;
    }
    const nowMs = parts.clock.monotonicMs();
    const known = kept.get(uid);
    if (known?.generation === generation && known.untilMs > nowMs) return known.embedder;
    const apiKey = await apiKeyOf(parts.kube, knowledgeBase);
    const isSame = known?.generation === generation && known.apiKey === apiKey;
    const embedder = isSame ? known.embedder : create(parts, knowledgeBase, apiKey);
    kept.set(uid, { generation, apiKey, embedder, untilMs: nowMs + keptMs });
    return embedder;
  };
}

async function apiKeyOf(kube: KubeClient, { metadata, spec }: KnowledgeBase): Promise<string | undefined> {
  const { apiKeySecretRef, baseURL = '' } = spec.embedding ?? {};
  if (!apiKeySecretRef) return undefined;
  const { hostname: host } = new URL(baseURL);
  return readSecret(kube, { namespace: metadata.namespace, ...apiKeySecretRef, host });
}

function create(parts: EmbedderParts, { spec }: KnowledgeBase, apiKey: string | undefined): Embedder {
  const { clock, random, log, guard } = parts;
  if (!spec.embedding) throw new Error('only a knowledge base with an embedding has an embedder');
  return createOpenAiEmbedder({ ...spec.embedding, apiKey, fetch: createGuardedFetch(guard), clock, random, log });
}
