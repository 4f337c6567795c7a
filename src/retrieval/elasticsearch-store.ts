import { errors, type estypes } from '@elastic/elasticsearch';
import type { ElasticsearchClient } from '../backends/elasticsearch/elasticsearch-client.ts';
import type { Clock } from '../base/clock.ts';
import { canonicalJson } from '../base/digest.ts';
import { TerminalError } from '../base/errors.ts';
import { createElasticsearchIndex } from './elasticsearch-store-index.ts';
import {
  aliasOf,
  createRequest,
  generationOf,
  type IndexMeta,
  indexOf,
  indexPatternOf,
  metaOf,
  parseMeta,
} from './elasticsearch-store-mapping.ts';
import type { GenerationKey, GenerationSettings, KnowledgeBaseKey, KnowledgeStore } from './knowledge-store.ts';

export interface ElasticsearchStoreDependencies {
  readonly client: ElasticsearchClient;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * Each generation is an index of its own, `swarm-<namespace>.<name>-g000001`; an alias, `swarm-<namespace>.<name>-live`,
 * says which one answers. Asks for nothing beyond the Basic licence.
 */
export function createElasticsearchStore({ client, clock }: ElasticsearchStoreDependencies): KnowledgeStore {
  const indexWith = (key: GenerationKey, meta: IndexMeta) => createElasticsearchIndex({ client, clock, key, meta });
  return {
    nameOf: indexOf,
    open: async (key, settings) => {
      const meta = (await readMeta(client, indexOf(key))) ?? (await create(client, key, settings));
      requireSame(key, settings, meta);
      // What was written before a crash must be seen by whoever looks for what is missing.
      await client.request((api) => api.indices.refresh({ index: indexOf(key) }));
      return indexWith(key, meta);
    },
    active: async (key) => {
      const [index] = await holdersOf(client, key);
      const generation = index === undefined ? undefined : generationOf(key, index);
      if (index === undefined || generation === undefined) return undefined;
      const meta = await readMeta(client, index);
      return meta && indexWith({ ...key, generation }, meta);
    },
    activate: (key) => activate(client, key),
    generations: async (key) => {
      const answer = await client.request((api) => api.indices.getAlias({ index: indexPatternOf(key) }));
      const found = Object.keys(answer).map((index) => generationOf(key, index));
      return found.filter((generation) => generation !== undefined).sort((left, right) => left - right);
    },
    drop: async (key) => {
      await client.request((api) => api.indices.delete({ index: indexOf(key), ignore_unavailable: true }));
    },
  };
}

/** undefined when there is no such index. One that another version made is not ours to fill: its `schema` is 0. */
async function readMeta(client: ElasticsearchClient, index: string): Promise<IndexMeta | undefined> {
  const answer = await unlessAbsent(client.request((api) => api.indices.getMapping({ index })));
  return answer && parseMeta(answer[index]?.mappings._meta);
}

function requireSame(key: GenerationKey, settings: GenerationSettings, meta: IndexMeta): void {
  if (canonicalJson(metaOf(settings, meta.analyzer)) !== canonicalJson(meta)) throw settingsDiffer(key);
}

function settingsDiffer(key: GenerationKey): TerminalError {
  const message = `The index ${indexOf(key)} was made with other settings; build the next generation.`;
  return new TerminalError('SettingsDiffer', message);
}

/** With the analyzer for English, or without where the server has none. */
async function create(
  client: ElasticsearchClient,
  key: GenerationKey,
  settings: GenerationSettings,
): Promise<IndexMeta> {
  for (const analyzer of ['english', 'standard'] as const) {
    const made = await tryToCreate(client, key, metaOf(settings, analyzer));
    if (made) return made;
  }
  // There is one of that name that says nothing about itself which this version understands.
  throw settingsDiffer(key);
}

/** @returns undefined when the server does not know the analyzer. */
async function tryToCreate(
  client: ElasticsearchClient,
  key: GenerationKey,
  meta: IndexMeta,
): Promise<IndexMeta | undefined> {
  try {
    await client.request((api) => api.indices.create(createRequest(indexOf(key), meta)));
    return meta;
  } catch (error) {
    if (!(error instanceof errors.ResponseError)) throw error;
    const type = typeOf(error);
    // Made a moment ago, by the request that an earlier try of ours had lost the answer of.
    if (type === 'resource_already_exists_exception') return readMeta(client, indexOf(key));
    if (type === 'mapper_parsing_exception' && meta.analyzer === 'english') return undefined;
    throw error;
  }
}

/** Names of the indices that the alias points to: one, or none. */
async function holdersOf(client: ElasticsearchClient, key: KnowledgeBaseKey): Promise<readonly string[]> {
  const answer = await unlessAbsent(client.request((api) => api.indices.getAlias({ name: aliasOf(key) })));
  return Object.keys(answer ?? {})
    .sort()
    .reverse();
}

/** One request, so that there is no moment without an index, and none with two. */
async function activate(client: ElasticsearchClient, key: GenerationKey): Promise<void> {
  const index = indexOf(key);
  const alias = aliasOf(key);
  const holders = await holdersOf(client, key);
  const others = holders.filter((holder) => holder !== index);
  if (holders.length === 1 && others.length === 0) return;
  const actions: estypes.IndicesUpdateAliasesAction[] = [
    ...others.map((holder) => ({ remove: { index: holder, alias, must_exist: true } })),
    { add: { index, alias } },
  ];
  await client.request((api) => api.indices.updateAliases({ actions }));
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 404) return undefined;
    throw error;
  }
}

function typeOf(error: errors.ResponseError): string | undefined {
  const { error: cause } = error.body as { error?: { type?: string } };
  return cause?.type;
}
