import type { Chunk } from './chunk.ts';

/** One build of one knowledge base. A change of mapping, chunker or embedding model makes a new generation. */
export interface GenerationKey {
  readonly namespace: string;
  readonly knowledgeBase: string;
  /** From 1, growing. */
  readonly generation: number;
}
export type KnowledgeBaseKey = Omit<GenerationKey, 'generation'>;

/** What may not change within a generation. */
export interface GenerationSettings {
  /** Name of the chunker's rules (`chunkerVersion`). */
  readonly chunker: string;
  /** Identity of the embedding model; absent for words alone. */
  readonly embeddingModel?: string | undefined;
  /** Length of the vectors; absent for words alone. */
  readonly dimensions?: number | undefined;
}

/**
 * Where knowledge bases are kept: the embedded index or Elasticsearch. Throws RetryableError when the store does not
 * answer, TerminalError when a person must act.
 */
export interface KnowledgeStore {
  /** `KnowledgeIndex.name` of a generation, whether or not it exists. */
  nameOf(key: GenerationKey): string;
  /** Opens the generation to be filled, and creates it when it is not there. Other settings than before: TerminalError `SettingsDiffer`. */
  open(key: GenerationKey, settings: GenerationSettings): Promise<KnowledgeIndex>;
  /** The generation that answers, or undefined when there is none (never built, or lost with its disk). */
  active(key: KnowledgeBaseKey): Promise<KnowledgeIndex | undefined>;
  /** From now on this generation answers, instead of any other; one atomic step. Doing it twice changes nothing. */
  activate(key: GenerationKey): Promise<void>;
  /** Generations that exist, oldest first. */
  generations(key: KnowledgeBaseKey): Promise<readonly number[]>;
  /** Deletes one generation; one that is not there is no error. */
  drop(key: GenerationKey): Promise<void>;
}

/** One generation: what is in it, how it changes, and how it is searched. */
export interface KnowledgeIndex {
  readonly key: GenerationKey;
  readonly settings: GenerationSettings;
  /** Name a person finds it by in the store; `status.index`. */
  readonly name: string;
  /** What a person should know about this index, for example that the server cannot stem words. */
  readonly notice?: string | undefined;
  counts(): Promise<KnowledgeCounts>;
  /** Paths of all documents, sorted. */
  documents(): Promise<readonly string[]>;
  /** What is there of one document: id → ordinal. Empty when the document is unknown. */
  ordinalsOf(document: string): Promise<ReadonlyMap<string, number>>;
  /**
   * Removes, then writes; a repeat changes nothing. A chunk written without a vector keeps the vector its id has.
   * Seen by searches after `refresh` at the latest.
   */
  apply(changes: ChunkChanges): Promise<void>;
  /** Makes what was applied visible and durable. */
  refresh(): Promise<void>;
  /** Chunks that still lack a vector although the generation has them, at most `limit`, by id. */
  withoutVector(limit: number): Promise<readonly Chunk[]>;
  search(request: SearchRequest): Promise<SearchAnswer>;
}

export interface KnowledgeCounts {
  readonly documents: number;
  readonly chunks: number;
  /** Chunks that have a vector. */
  readonly vectors: number;
}

export interface ChunkChanges {
  /** Ids. */
  readonly remove: readonly string[];
  readonly write: readonly VectorChunk[];
}

export interface VectorChunk {
  readonly chunk: Chunk;
  /** L2-normalised, of the length the generation's settings say. */
  readonly vector?: Float32Array | undefined;
}

/** Both halves of a search at once; how they are fused is decided above the store (rank-pages.ts). */
export interface SearchRequest {
  /** The question in the person's words; the store analyses it as it analyses passages. */
  readonly text: string;
  /** Further words that mean the same, each counting `weight` (0–1) as much as a word of the question. */
  readonly expansions: readonly { readonly text: string; readonly weight: number }[];
  /** Absent: words alone. */
  readonly vector?: Float32Array | undefined;
  /** How many chunks each half returns at most. */
  readonly limit: number;
  /** Only documents whose path begins so. */
  readonly documentPrefix?: string | undefined;
  readonly signal: AbortSignal;
}

export interface ScoredChunk {
  readonly chunk: Chunk;
  /** BM25 or cosine; comparable only within one list of one answer. */
  readonly score: number;
}

export interface SearchAnswer {
  /** By score, then by id. */
  readonly lexical: readonly ScoredChunk[];
  /** By score, then by id; empty without a vector in the request. */
  readonly vector: readonly ScoredChunk[];
  /** Chunks in the generation. */
  readonly chunks: number;
  /** For each word of `contentWords(text)` (analyzer.ts): in how many chunks it occurs, in any field; 0 for unknown words. */
  readonly frequencies: ReadonlyMap<string, number>;
}
