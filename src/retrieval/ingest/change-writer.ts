import { RetryableError, TerminalError } from '../../base/errors.ts';
import type { Chunk } from '../chunk.ts';
import type { Embedder } from '../embedder.ts';
import type { KnowledgeIndex, VectorChunk } from '../knowledge-store.ts';
import { passageText } from './passage-text.ts';

/** So many passages go to the embedder and to the store together. */
const batchChunks = 128;

export interface DocumentChanges {
  /** Ids. */
  readonly remove: readonly string[];
  /** Passages that the index does not have. */
  readonly added: readonly Chunk[];
  /** Passages that it has at another position: they keep their vector. */
  readonly moved: readonly Chunk[];
  /** Called once all of it is in the index. */
  readonly onWritten: () => void;
}

/**
 * Gathers the changes of many documents into few requests. An embedder that fails is not asked again: words alone are
 * better than nothing, and the vectors are added later.
 */
export class ChangeWriter {
  readonly #index: KnowledgeIndex;
  readonly #signal: AbortSignal;
  #embedder: Embedder | undefined;
  #trouble: RetryableError | TerminalError | undefined;
  #waiting: DocumentChanges[] = [];
  #size = 0;

  constructor(index: KnowledgeIndex, embedder: Embedder | undefined, signal: AbortSignal) {
    this.#index = index;
    this.#embedder = embedder;
    this.#signal = signal;
  }

  /** Why vectors are missing. */
  get trouble(): RetryableError | TerminalError | undefined {
    return this.#trouble;
  }

  async add(changes: DocumentChanges): Promise<void> {
    this.#waiting.push(changes);
    this.#size += changes.remove.length + changes.added.length + changes.moved.length;
    if (this.#size >= batchChunks) await this.flush();
  }

  async flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    if (batch.length === 0) return;
    this.#signal.throwIfAborted();
    const added = await this.#withVectors(batch.flatMap((changes) => changes.added));
    const moved = batch.flatMap((changes) => changes.moved.map((chunk) => ({ chunk })));
    await this.#index.apply({ remove: batch.flatMap(({ remove }) => remove), write: [...added, ...moved] });
    for (const { onWritten } of batch) onWritten();
  }

  /** Adds the vectors that are missing from an earlier time. */
  async backfill(carryOn: () => boolean): Promise<void> {
    let before: string | undefined;
    while (this.#embedder && carryOn()) {
      this.#signal.throwIfAborted();
      const missing = await this.#index.withoutVector(4 * batchChunks);
      if (missing.length === 0 || missing[0]?.id === before) return;
      before = missing[0]?.id;
      for (let start = 0; start < missing.length; start += batchChunks) {
        const write = await this.#withVectors(missing.slice(start, start + batchChunks));
        await this.#index.apply({ remove: [], write: write.filter(({ vector }) => vector !== undefined) });
      }
      await this.#index.refresh();
    }
  }

  async #withVectors(chunks: readonly Chunk[]): Promise<readonly VectorChunk[]> {
    const vectors = await this.#vectorsOf(chunks);
    return chunks.map((chunk, position) => ({ chunk, vector: vectors[position] }));
  }

  async #vectorsOf(chunks: readonly Chunk[]): Promise<readonly Float32Array[]> {
    if (!this.#embedder || chunks.length === 0) return [];
    try {
      const vectors = await this.#embedder.embed(chunks.map(passageText), { kind: 'passage', signal: this.#signal });
      this.#requireDimensions(vectors);
      return vectors;
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof RetryableError) && !(error instanceof TerminalError)) throw error;
      this.#trouble = error;
      this.#embedder = undefined;
      return [];
    }
  }

  /** @throws TerminalError when the model behind the name was exchanged. */
  #requireDimensions(vectors: readonly Float32Array[]): void {
    const { dimensions } = this.#index.settings;
    const other = vectors.find(({ length }) => length !== dimensions);
    if (!other) return;
    throw new TerminalError(
      'EmbeddingUnavailable',
      `The embedding model now gives vectors of length ${other.length} instead of ${dimensions ?? 'none'}; name the model it is in spec.embedding.`,
    );
  }
}
