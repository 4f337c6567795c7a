import type { estypes } from '@elastic/elasticsearch';
import { analyze, contentWords, identifiers, joinedNeighbours, stemOf } from './analyzer.ts';
import { chunkFields } from './elasticsearch-store-mapping.ts';
import type { KnowledgeBaseKey, SearchRequest } from './knowledge-store.ts';

export type Query = NonNullable<estypes.QueryDslQueryContainer>;

/** Stemmed alike, so that they can be searched as one field: BM25F with these weights. */
const stemmedFields = ['title^3', 'headings^2.5', 'path^2', 'text'];
const anyField = ['title', 'headings', 'path', 'text'];

/** How much a name counts that the question may mean: "local queue" written localQueue, or localQueue written apart. */
const nameWeight = 0.2;
/** How much a part of a name counts against a word of the text. */
const partWeight = 0.1;

/** The tenant and the knowledge base are the index already; said again so that a wrong alias shows nothing of others. */
export function filtersOf(key: KnowledgeBaseKey, documentPrefix?: string): Query[] {
  const filters: Query[] = [{ term: { tenant: key.namespace } }, { term: { kb: key.knowledgeBase } }];
  return documentPrefix === undefined ? filters : [...filters, { prefix: { doc: documentPrefix } }];
}

/** By words: the question, its synonyms, and its words as parts of names. */
export function lexicalSearch(filter: Query[], request: SearchRequest): estypes.SearchRequest {
  const { text, limit } = request;
  const parts = new Set([...analyze(text), ...joinedNeighbours(text), ...identifiers(text)]);
  const should: Query[] = [
    ...byWeight(weightedWords(request)),
    ...(parts.size > 0 ? [{ match: { idents: { query: [...parts].join(' '), boost: partWeight } } }] : []),
  ];
  const query: Query = { bool: { should, minimum_should_match: 1, filter } };
  return { query, size: limit, _source: chunkFields, track_total_hits: false };
}

/** Every word that is searched for with the highest weight it has; two words of one stem are one. */
function weightedWords({ text, expansions }: SearchRequest): ReadonlyMap<string, number> {
  const weights = new Map<string, { readonly word: string; readonly weight: number }>();
  const add = (word: string, weight: number) => {
    const stem = stemOf(word);
    if (weight > (weights.get(stem)?.weight ?? 0)) weights.set(stem, { word, weight });
  };
  for (const word of contentWords(text)) add(word, 1);
  for (const name of joinedNeighbours(text)) add(name, nameWeight);
  for (const { text: other, weight } of expansions) {
    const words = contentWords(other);
    // The words of a phrase share its weight, so that a long one does not outweigh the question.
    for (const word of words) add(word, weight / Math.sqrt(words.length));
  }
  return new Map([...weights.values()].map(({ word, weight }) => [word, weight]));
}

function byWeight(words: ReadonlyMap<string, number>): Query[] {
  const groups = Map.groupBy(words, ([, weight]) => weight);
  return [...groups].map(([boost, group]) => {
    const query = group.map(([word]) => word).join(' ');
    return { combined_fields: { query, fields: stemmedFields, boost } };
  });
}

/** By meaning. The filter is inside, so that it narrows before the nearest are taken. */
export function vectorSearch(filter: Query[], request: SearchRequest, vector: Float32Array): estypes.SearchRequest {
  const k = request.limit;
  const knn = { field: 'embedding', query_vector: [...vector], k, num_candidates: Math.max(200, 4 * k), filter };
  return { knn, size: k, _source: chunkFields, track_total_hits: false };
}

/** Counts all chunks, and for each word of the question those it occurs in; the answer's buckets are in this order. */
export function frequencySearch(filter: Query[], words: readonly string[]): estypes.SearchRequest {
  const filters = words.map((word): Query => {
    const inAnyField: Query = { multi_match: { query: word, fields: anyField } };
    return { bool: { should: [inAnyField, { term: { idents: stemOf(word) } }] } };
  });
  return {
    query: { bool: { filter } },
    size: 0,
    track_total_hits: true,
    ...(words.length > 0 && { aggs: { words: { filters: { filters } } } }),
  };
}

/** A score of Elasticsearch is (1 + cosine) / 2, which is never negative. */
export const cosineOf = (score: number) => 2 * score - 1;
