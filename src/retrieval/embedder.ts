/** Turns text into vectors. Throws RetryableError when only time helps, TerminalError when the endpoint or its answer is wrong. */
export interface Embedder {
  /** Identity of the vectors: model and, when set, dimensions. Other identity, other generation. */
  readonly model: string;
  /** Vectors in the order of the texts, L2-normalised, all of one length. Questions and passages may get different prefixes. */
  embed(texts: readonly string[], options: EmbedOptions): Promise<readonly Float32Array[]>;
}

export interface EmbedOptions {
  readonly kind: 'query' | 'passage';
  readonly signal: AbortSignal;
}
