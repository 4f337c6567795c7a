import { join } from 'node:path';
import type { ElasticsearchClient } from '../backends/elasticsearch/elasticsearch-client.ts';
import { defaultConfigName } from '../api/names.ts';
import type { KnowledgeBase } from '../api/knowledge-base.ts';
import type { Backends, SwarmConfig } from '../api/swarm-config.ts';
import { attempt } from '../base/attempt.ts';
import type { RandomSource } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf, RetryableError, TerminalError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Cache } from '../operator/cache.ts';
import { objectKey } from '../operator/object-key.ts';
import { createEmbeddedStore } from '../retrieval/embedded-store.ts';
import type { Embedder } from '../retrieval/embedder.ts';
import { createKnowledgeSource } from '../retrieval/knowledge-search.ts';
import type { KnowledgeScope, KnowledgeSource } from '../retrieval/knowledge-source.ts';
import type { KnowledgeIndex, KnowledgeStore } from '../retrieval/knowledge-store.ts';
import type { AddressGuard } from './address-guard.ts';
import { configNotFound } from './config-not-found.ts';
import { createEmbedders } from './embedders.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { keptPerConfig } from './kept-per-config.ts';
import { readSecret } from './secret-reader.ts';

export interface KnowledgeParts {
  readonly kube: KubeClient;
  readonly configs: Cache<SwarmConfig>;
  /** With an index `namespace`. */
  readonly knowledgeBases: Cache<KnowledgeBase>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
  readonly guard: AddressGuard;
  /** Where the embedded indexes are kept. */
  readonly dataDirectory: string;
}

export interface KnowledgeServices {
  readonly source: KnowledgeSource;
  /** Elasticsearch where the SwarmConfig names it, the embedded index otherwise. */
  storeFor(place: { readonly namespace: string; readonly configName?: string | undefined }): Promise<KnowledgeStore>;
  /** Undefined when the knowledge base wants words alone. */
  embedderFor(knowledgeBase: KnowledgeBase): Promise<Embedder | undefined>;
  /** Made anew from the settings as they are, for looking whether they are right; undefined when they name none. */
  elasticsearchOf(config: SwarmConfig): Promise<ElasticsearchClient | undefined>;
}

/** The documents of the namespaces: where they are kept, how they are embedded, and how they are searched. */
export function createKnowledge(parts: KnowledgeParts): KnowledgeServices {
  const { clock, knowledgeBases, log, dataDirectory } = parts;
  const embedded = createEmbeddedStore({ directory: join(dataDirectory, 'knowledge'), log });
  const stores = keptPerConfig(parts, async (config) => {
    const client = await elasticsearchOf(parts, config);
    if (!client) return embedded;
    const { createElasticsearchStore } = await import('../retrieval/elasticsearch-store.ts');
    return createElasticsearchStore({ client, clock });
  });

  const storeFor: KnowledgeServices['storeFor'] = async ({ namespace, configName }) => {
    const isMissing = parts.configs.get(objectKey(namespace, configName ?? defaultConfigName)) === undefined;
    if (isMissing && configName !== undefined) throw configNotFound(namespace, configName);
    return (await stores.of(namespace, configName)) ?? embedded;
  };
  const embedderFor = createEmbedders(parts);
  const basesOf = async ({ namespace }: KnowledgeScope) => {
    // One that was never read completely would say that nothing is known.
    const built = knowledgeBases
      .byIndex('namespace', namespace)
      .filter(({ status }) => status?.lastSyncTime !== undefined && status.indexGeneration !== undefined);
    const bases = await Promise.all(built.map((one) => readyBase(one, { storeFor, embedderFor })));
    const ready = bases.flatMap((base) => base ?? []);
    if (ready.length === 0) throw nothingToSearch(namespace);
    return ready;
  };
  return {
    source: createKnowledgeSource({ basesOf }),
    storeFor,
    embedderFor,
    elasticsearchOf: (config) => elasticsearchOf(parts, config),
  };
}

async function readyBase(
  knowledgeBase: KnowledgeBase,
  { storeFor, embedderFor }: Pick<KnowledgeServices, 'storeFor' | 'embedderFor'>,
) {
  const { namespace, name } = knowledgeBase.metadata;
  const store = await storeFor({ namespace, configName: knowledgeBase.spec.configRef?.name });
  const index = await store.active({ namespace, knowledgeBase: name });
  if (!index) return undefined;
  const embedder = await attempt(() => embedderFor(knowledgeBase));
  return { name, index, embedder: embedder.ok ? embedder.value : unusable(index, embedder.error) };
}

/** Words are searched all the same, and the answer says why vectors were not. */
function unusable({ settings }: KnowledgeIndex, cause: unknown): Embedder {
  const error = new RetryableError('EmbeddingUnavailable', messageOf(cause), { cause });
  return { model: settings.embeddingModel ?? '', embed: () => Promise.reject(error) };
}

/** Its client takes some 40 MB, so it is loaded where somebody has an Elasticsearch. */
async function elasticsearchOf(
  { kube, guard }: KnowledgeParts,
  { metadata, spec }: SwarmConfig,
): Promise<ElasticsearchClient | undefined> {
  const settings = spec.backends.elasticsearch;
  if (!settings) return undefined;
  const { namespace } = metadata;
  const ca = settings.caSecretRef && (await readSecret(kube, { namespace, ...settings.caSecretRef }));
  const credentials = await credentialsOf(kube, namespace, settings);
  const { createElasticsearchClient } = await import('../backends/elasticsearch/elasticsearch-client.ts');
  return createElasticsearchClient({
    nodes: settings.nodes,
    fetch: createGuardedFetch({ ...guard, ca }),
    ...(credentials && { credentials }),
  });
}

/** An API key where the Secret has one, else a name and a password; every node may be sent them. */
async function credentialsOf(
  kube: KubeClient,
  namespace: string,
  { secretRef, nodes }: NonNullable<Backends['elasticsearch']>,
) {
  if (!secretRef) return undefined;
  const hosts = [...new Set(nodes.map((node) => new URL(node).hostname))];
  const read = async (key: string) => {
    const values = await Promise.all(hosts.map((host) => readSecret(kube, { namespace, ...secretRef, key, host })));
    return values[0] ?? '';
  };
  try {
    return { apiKey: await read('apiKey') };
  } catch (error) {
    if (!(error instanceof TerminalError && error.reason === 'SecretKeyMissing')) throw error;
    return { username: await read('username'), password: await read('password') };
  }
}

function nothingToSearch(namespace: string): TerminalError {
  const message = `No KnowledgeBase of namespace ${namespace} can be searched yet; kubectl -n ${namespace} get knowledgebases tells why.`;
  return new TerminalError('NoKnowledgeBase', message);
}
