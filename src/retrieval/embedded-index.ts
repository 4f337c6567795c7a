import { setImmediate } from 'node:timers/promises';
import { ChunkAnalyzer } from './analyze-chunk.ts';
import type { Chunk } from './chunk.ts';
import type { GenerationContent } from './generation-file.ts';
import type {
  ChunkChanges,
  GenerationKey,
  GenerationSettings,
  KnowledgeCounts,
  KnowledgeIndex,
  SearchAnswer,
  SearchRequest,
  VectorChunk,
} from './knowledge-store.ts';
import { SearchableChunks, type StoredChunk } from './searchable-chunks.ts';

/** About 10 ms of work; then other turns get their share of the process. */
const chunksPerSlice = 128;

/** Makes a state of the index durable. */
export type Save = (content: GenerationContent) => Promise<void>;

export function embeddedIndexName({ namespace, knowledgeBase, generation }: GenerationKey): string {
  return `${namespace}/${knowledgeBase}/${generation}`;
}

/** A generation in memory. Searches see the state of the last refresh. */
export class EmbeddedIndex implements KnowledgeIndex {
  readonly key: GenerationKey;
  readonly settings: GenerationSettings;
  readonly name: string;
  readonly #save: Save;
  readonly #analyzer = new ChunkAnalyzer();
  readonly #stored = new Map<string, StoredChunk>();
  readonly #documents = new Map<string, Map<string, number>>();
  #searchable: SearchableChunks;

  private constructor(key: GenerationKey, settings: GenerationSettings, save: Save) {
    this.key = key;
    this.settings = settings;
    this.name = embeddedIndexName(key);
    this.#save = save;
    this.#searchable = new SearchableChunks([], this.#analyzer.terms);
  }

  /** With what was saved before, ready to be searched. */
  static async from(key: GenerationKey, content: GenerationContent, save: Save): Promise<EmbeddedIndex> {
    const index = new EmbeddedIndex(key, content.settings, save);
    await index.apply({ remove: [], write: content.chunks });
    index.#seal();
    return index;
  }

  counts(): Promise<KnowledgeCounts> {
    let vectors = 0;
    for (const { vector } of this.#stored.values()) if (vector !== undefined) vectors += 1;
    return Promise.resolve({ documents: this.#documents.size, chunks: this.#stored.size, vectors });
  }

  documents(): Promise<readonly string[]> {
    return Promise.resolve([...this.#documents.keys()].sort());
  }

  ordinalsOf(document: string): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map(this.#documents.get(document)));
  }

  async apply({ remove, write }: ChunkChanges): Promise<void> {
    for (const id of remove) this.#remove(id);
    for (let start = 0; start < write.length; start += chunksPerSlice) {
      for (const entry of write.slice(start, start + chunksPerSlice)) this.#write(entry);
      await setImmediate();
    }
  }

  async refresh(): Promise<void> {
    this.#seal();
    const chunks = this.#inOrder().map(({ chunk, vector }) => ({ chunk, vector }));
    await this.#save({ settings: this.settings, chunks });
  }

  withoutVector(limit: number): Promise<readonly Chunk[]> {
    if (this.settings.dimensions === undefined) return Promise.resolve([]);
    const missing = this.#inOrder().filter(({ vector }) => vector === undefined);
    return Promise.resolve(missing.slice(0, limit).map(({ chunk }) => chunk));
  }

  search(request: SearchRequest): Promise<SearchAnswer> {
    return Promise.resolve(this.#searchable.search(request));
  }

  #write({ chunk, vector }: VectorChunk): void {
    const before = this.#stored.get(chunk.id);
    const analyzed = before?.analyzed ?? this.#analyzer.analyze(chunk);
    this.#stored.set(chunk.id, { chunk, analyzed, vector: vector ?? before?.vector });
    const ordinals = this.#documents.get(chunk.document) ?? new Map<string, number>();
    this.#documents.set(chunk.document, ordinals.set(chunk.id, chunk.ordinal));
  }

  #remove(id: string): void {
    const document = this.#stored.get(id)?.chunk.document;
    if (document === undefined) return;
    this.#stored.delete(id);
    const ordinals = this.#documents.get(document);
    ordinals?.delete(id);
    if (ordinals?.size === 0) this.#documents.delete(document);
  }

  #seal(): void {
    this.#searchable = new SearchableChunks(this.#inOrder(), this.#analyzer.terms);
  }

  #inOrder(): StoredChunk[] {
    return [...this.#stored.values()].sort((left, right) => (left.chunk.id < right.chunk.id ? -1 : 1));
  }
}
