import { errors, type estypes } from '@elastic/elasticsearch';
import type { ElasticsearchClient } from '../backends/elasticsearch/elasticsearch-client.ts';
import type { Clock } from '../base/clock.ts';
import { RetryableError } from '../base/errors.ts';
import { contentWords } from './analyzer.ts';
import type { Chunk } from './chunk.ts';
import {
  chunkFields,
  chunkOf,
  type IndexedChunk,
  indexedChunk,
  type IndexMeta,
  indexOf,
} from './elasticsearch-store-mapping.ts';
import {
  cosineOf,
  filtersOf,
  frequencySearch,
  lexicalSearch,
  type Query,
  vectorSearch,
} from './elasticsearch-store-query.ts';
import { writeInBulk } from './elasticsearch-store-bulk.ts';
import type {
  ChunkChanges,
  GenerationKey,
  KnowledgeCounts,
  KnowledgeIndex,
  ScoredChunk,
  SearchAnswer,
  SearchRequest,
} from './knowledge-store.ts';

type Response = estypes.SearchResponseBody<IndexedChunk>;

/** Elasticsearch gives at most this many results at once. */
const pageSize = 1_000;

export interface ElasticsearchIndexParts {
  readonly client: ElasticsearchClient;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly key: GenerationKey;
  readonly meta: IndexMeta;
}

/** One generation that is an index of its own; always asked for by its exact name. */
export function createElasticsearchIndex(parts: ElasticsearchIndexParts): KnowledgeIndex {
  const { clock, key, meta } = parts;
  const client = whileThere(parts.client);
  const name = indexOf(key);
  const hasVectors = meta.dimensions !== undefined;
  const count = async (query: Query) => (await client.request((api) => api.count({ index: name, query }))).count;
  const documents = () => listDocuments(client, name);
  return {
    key,
    name,
    settings: { chunker: meta.chunker, embeddingModel: meta.embeddingModel, dimensions: meta.dimensions },
    notice:
      meta.analyzer === 'english'
        ? undefined
        : 'Elasticsearch has no analyzer for English: words are found as they are.',
    documents,
    counts: async (): Promise<KnowledgeCounts> => {
      const [paths, chunks, vectors] = await Promise.all([
        documents(),
        count({ match_all: {} }),
        hasVectors ? count({ exists: { field: 'embedding' } }) : 0,
      ]);
      return { documents: paths.length, chunks, vectors };
    },
    ordinalsOf: async (document) => {
      const chunks = await scan(client, { index: name, query: { term: { doc: document } }, fields: ['id', 'ord'] });
      return new Map(chunks.map(({ id, ord }) => [id, ord]));
    },
    withoutVector: async (limit) => {
      if (!hasVectors) return [];
      const query = { bool: { must_not: { exists: { field: 'embedding' } } } };
      return (await scan(client, { index: name, query, fields: chunkFields, limit })).map(chunkOf);
    },
    apply: (changes: ChunkChanges) =>
      writeInBulk(
        { client, clock, index: name },
        { remove: changes.remove, write: changes.write.map((chunk) => indexedChunk(key.namespace, chunk)) },
      ),
    refresh: async () => {
      await client.request((api) => api.indices.refresh({ index: name }));
    },
    search: (request) => search(client, { name, filter: filtersOf(key, request.documentPrefix), hasVectors }, request),
  };
}

/** An index that is gone was replaced by its next generation, or deleted by hand: it is there again later. */
function whileThere(client: ElasticsearchClient): ElasticsearchClient {
  return {
    ...client,
    request: async (work) => {
      try {
        return await client.request(work);
      } catch (error) {
        if (!(error instanceof errors.ResponseError) || error.statusCode !== 404) throw error;
        throw new RetryableError('IndexUnavailable', 'The index is not there any more.', { cause: error });
      }
    },
  };
}

async function listDocuments(client: ElasticsearchClient, index: string): Promise<readonly string[]> {
  const paths: string[] = [];
  let after: Record<string, string> | undefined;
  do {
    const sources = [{ doc: { terms: { field: 'doc' } } }];
    const composite = { size: pageSize, sources, ...(after && { after }) };
    const answer = await client.request((api) =>
      api.search<unknown, { documents: estypes.AggregationsCompositeAggregate }>({
        index,
        size: 0,
        aggs: { documents: { composite } },
      }),
    );
    const found = answer.aggregations?.documents;
    for (const { key } of buckets(found)) paths.push(key['doc'] as string);
    after = found?.after_key as Record<string, string> | undefined;
  } while (after);
  return paths.sort();
}

function buckets(found: estypes.AggregationsCompositeAggregate | undefined) {
  return Array.isArray(found?.buckets) ? found.buckets : [];
}

interface Scan {
  readonly index: string;
  readonly query: Query;
  readonly fields: string[];
  readonly limit?: number;
}

/** Everything that matches, by id; there is one writer, so the pages fit together. */
async function scan(client: ElasticsearchClient, { index, query, fields, limit = Infinity }: Scan) {
  const found: IndexedChunk[] = [];
  let last: string | undefined;
  do {
    const size = Math.min(pageSize, limit - found.length);
    const after = last === undefined ? {} : { search_after: [last] };
    const page = await client.request((api) =>
      api.search<IndexedChunk>({ index, query, size, sort: [{ id: 'asc' }], _source: fields, ...after }),
    );
    const sources = page.hits.hits.flatMap(({ _source }) => _source ?? []);
    found.push(...sources);
    last = sources.length < size ? undefined : sources.at(-1)?.id;
  } while (last !== undefined && found.length < limit);
  return found;
}

interface Searched {
  readonly name: string;
  readonly filter: Query[];
  readonly hasVectors: boolean;
}

/** All parts in one request. */
async function search(
  client: ElasticsearchClient,
  { name, filter, hasVectors }: Searched,
  request: SearchRequest,
): Promise<SearchAnswer> {
  const words = contentWords(request.text);
  const vector = hasVectors ? request.vector : undefined;
  const bodies = [
    lexicalSearch(filter, request),
    frequencySearch(filter, words),
    ...(vector ? [vectorSearch(filter, request, vector)] : []),
  ];
  const { signal } = request;
  const { responses } = await client.request((api) =>
    api.msearch<IndexedChunk>({ index: name, searches: bodies.flatMap((body) => [{}, body]) }, { signal }),
  );
  const [lexical, frequencies, nearest] = responses.map(successful);
  const counts = (frequencies?.aggregations?.['words'] as { buckets?: { doc_count: number }[] } | undefined)?.buckets;
  const total = frequencies?.hits.total;
  return {
    lexical: ranked(lexical, (score) => score),
    vector: ranked(nearest, cosineOf),
    chunks: typeof total === 'number' ? total : (total?.value ?? 0),
    frequencies: new Map(words.map((word, index) => [word, counts?.[index]?.doc_count ?? 0])),
  };
}

/** @throws RetryableError: an index that is gone was replaced by its next generation a moment ago. */
function successful(response: estypes.MsearchResponseItem<IndexedChunk>): Response {
  if (!('error' in response)) return response;
  const { reason, type } = response.error;
  const message = `Elasticsearch could not search: ${reason ?? type}`;
  if (response.status === 404 || response.status === 429 || response.status >= 500) {
    throw new RetryableError('IndexUnavailable', message);
  }
  throw new Error(message);
}

function ranked(response: Response | undefined, scoreOf: (score: number) => number): readonly ScoredChunk[] {
  const found = (response?.hits.hits ?? []).flatMap(({ _source, _score }) =>
    _source ? [{ chunk: chunkOf(_source), score: scoreOf(_score ?? 0) }] : [],
  );
  return found.sort((left, right) => right.score - left.score || byId(left.chunk, right.chunk));
}

function byId(left: Chunk, right: Chunk): number {
  return left.id < right.id ? -1 : 1;
}
