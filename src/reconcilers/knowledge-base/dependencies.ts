import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import type { Clock } from '../../base/clock.ts';
import type { EventRecorder } from '../../kube/events.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Cache } from '../../operator/cache.ts';
import type { Embedder } from '../../retrieval/embedder.ts';
import type { SourcePorts } from '../../retrieval/ingest/create-source.ts';
import type { KnowledgeStore } from '../../retrieval/knowledge-store.ts';

export interface KnowledgeBaseDependencies {
  readonly kube: KubeClient;
  readonly knowledgeBases: Cache<KnowledgeBase>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  /**
   * Where the knowledge bases of a namespace are kept: the Elasticsearch that its SwarmConfig names, else the embedded
   * store. TerminalError or RetryableError when it cannot be used.
   */
  storeFor(scope: StoreScope): Promise<KnowledgeStore>;
  /** From `spec.embedding`; undefined when there is none. TerminalError, for example when its Secret is missing. */
  embedderFor(knowledgeBase: KnowledgeBase, signal: AbortSignal): Promise<Embedder | undefined>;
  readonly objectStore: SourcePorts['objectStore'];
  readonly pages: SourcePorts['pages'];
  readonly pdf: SourcePorts['pdf'];
}

export interface StoreScope {
  readonly namespace: string;
  /** SwarmConfig of the namespace; the default one when absent. */
  readonly configName: string | undefined;
  readonly signal: AbortSignal;
}
