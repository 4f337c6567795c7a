import { z } from 'zod';
import type { estypes } from '@elastic/elasticsearch';
import { analyze, identifiers } from './analyzer.ts';
import type { Chunk } from './chunk.ts';
import type { GenerationKey, GenerationSettings, KnowledgeBaseKey, VectorChunk } from './knowledge-store.ts';

/** Grows with every change of the mapping; another number is another generation. */
const schemaVersion = 1;

/**
 * `swarm-<namespace>.<name>`. A namespace has no dot in its name, so no two knowledge bases meet, and `swarm-<namespace>.*`
 * is a pattern for an API key that lets nobody else's index in.
 */
const baseName = ({ namespace, knowledgeBase }: KnowledgeBaseKey) => `swarm-${namespace}.${knowledgeBase}`;

export const aliasOf = (key: KnowledgeBaseKey) => `${baseName(key)}-live`;

export const indexOf = (key: GenerationKey) => `${baseName(key)}-g${String(key.generation).padStart(6, '0')}`;

export const indexPatternOf = (key: KnowledgeBaseKey) => `${baseName(key)}-g*`;

/** undefined for the index of another knowledge base that the pattern matches as well. */
export function generationOf(key: KnowledgeBaseKey, index: string): number | undefined {
  const prefix = `${baseName(key)}-g`;
  const digits = index.startsWith(prefix) ? index.slice(prefix.length) : '';
  return /^\d{6,}$/.test(digits) ? Number.parseInt(digits, 10) : undefined;
}

/** What an index says about itself, for whoever opens it later. */
const indexMeta = z.object({
  schema: z.number(),
  chunker: z.string(),
  embeddingModel: z.string().optional(),
  dimensions: z.number().optional(),
  analyzer: z.enum(['english', 'standard']),
});
export type IndexMeta = z.output<typeof indexMeta>;

export function metaOf(settings: GenerationSettings, analyzer: IndexMeta['analyzer']): IndexMeta {
  const { chunker, embeddingModel, dimensions } = settings;
  return { schema: schemaVersion, chunker, embeddingModel, dimensions, analyzer };
}

/** undefined for an index that this version did not make. */
export function parseMeta(meta: unknown): IndexMeta | undefined {
  const parsed = indexMeta.safeParse(meta);
  return parsed.success && parsed.data.schema === schemaVersion ? parsed.data : undefined;
}

export function createRequest(index: string, meta: IndexMeta): estypes.IndicesCreateRequest {
  const { analyzer, dimensions } = meta;
  const text = { type: 'text', analyzer } as const;
  const textAndWords = { ...text, fields: { std: { type: 'text', analyzer: 'standard' } } } as const;
  const keyword = { type: 'keyword' } as const;
  const stored = { type: 'keyword', index: false, doc_values: false } as const;
  return {
    index,
    settings: {
      number_of_shards: 1,
      auto_expand_replicas: '0-1',
      refresh_interval: '30s',
      similarity: { default: { type: 'BM25', k1: 1.4, b: 0.4 } },
    },
    mappings: {
      dynamic: 'strict',
      _meta: { ...meta },
      properties: {
        id: keyword,
        tenant: keyword,
        kb: keyword,
        doc: keyword,
        url: stored,
        anchor: stored,
        hash: stored,
        ord: { type: 'integer' },
        total: { type: 'integer', index: false },
        title: textAndWords,
        headings: text,
        path: text,
        text: textAndWords,
        idents: { type: 'text', analyzer: 'whitespace' },
        // Exact enough, and small enough, for what a knowledge base holds; the server's own default changes with the length.
        ...(dimensions !== undefined && {
          embedding: {
            type: 'dense_vector',
            dims: dimensions,
            index: true,
            similarity: 'cosine',
            index_options: { type: 'int8_hnsw' },
          },
        }),
      },
    },
  };
}

/** A chunk as it lies in the index. */
export interface IndexedChunk {
  readonly id: string;
  readonly tenant: string;
  readonly kb: string;
  readonly doc: string;
  readonly url: string;
  readonly anchor: string;
  readonly hash: string;
  readonly ord: number;
  readonly total: number;
  readonly title: string;
  readonly headings: readonly string[];
  readonly path: string;
  readonly text: string;
  readonly idents: string;
  readonly embedding?: readonly number[];
}

/** Fields that a chunk is made of again. */
export const chunkFields = ['id', 'kb', 'doc', 'url', 'anchor', 'hash', 'ord', 'total', 'title', 'headings', 'text'];

export function indexedChunk(namespace: string, { chunk, vector }: VectorChunk): IndexedChunk {
  const { id, knowledgeBase, document, url, anchor, hash, ordinal, total, title, headings, text } = chunk;
  return {
    id,
    tenant: namespace,
    kb: knowledgeBase,
    doc: document,
    url,
    anchor,
    hash,
    ord: ordinal,
    total,
    title,
    headings,
    path: document.replace(/[^\p{L}\p{N}]+/gu, ' ').trim(),
    text,
    idents: [title, ...headings, text].flatMap(namesIn).join(' '),
    ...(vector && { embedding: [...vector] }),
  };
}

/** Elasticsearch takes these for one word. */
const dotted = /[A-Za-z0-9]+(?:[_.][A-Za-z0-9]+)+/g;

function namesIn(text: string): string[] {
  return [...identifiers(text), ...(text.match(dotted) ?? []).flatMap((name) => analyze(name))];
}

export function chunkOf(source: IndexedChunk): Chunk {
  const { id, kb, doc, url, anchor, hash, ord, total, title, headings, text } = source;
  return { id, knowledgeBase: kb, document: doc, url, anchor, hash, ordinal: ord, total, title, headings, text };
}
