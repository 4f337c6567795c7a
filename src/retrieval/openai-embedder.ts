import { backoffMs, type RandomSource } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { canonicalJson, sha256Hex } from '../base/digest.ts';
import { RetryableError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Embedder, EmbedOptions } from './embedder.ts';
import { requestEmbeddings, TextTooLongError } from './embedding-request.ts';
import { VectorCache } from './vector-cache.ts';

export interface OpenAiEmbedderSettings {
  /** Up to and including /v1. */
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Asked of the endpoint only when set: not every one knows the parameter. */
  readonly dimensions?: number | undefined;
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** Decides which addresses may be called and which certificates are trusted. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
}

const maxTextsPerRequest = 64;
const maxCharactersPerRequest = 48_000;
const maxAttempts = 4;
const pauses = { baseMs: 500, maxMs: 8_000 };
/** A Retry-After beyond this is left to whoever reconciles: nothing waits so long with its hands full. */
const longestWaitMs = 30_000;
/** About 250 tokens, which the smallest models in use take. */
const shortTextCharacters = 1_000;

/** Vectors from any endpoint that speaks OpenAI's /v1/embeddings. */
export function createOpenAiEmbedder(settings: OpenAiEmbedderSettings): Embedder {
  return new OpenAiEmbedder(settings);
}

class OpenAiEmbedder implements Embedder {
  readonly model: string;
  readonly #settings: OpenAiEmbedderSettings;
  readonly #cache = new VectorCache(4_096);

  constructor(settings: OpenAiEmbedderSettings) {
    const { model, dimensions } = settings;
    this.model = dimensions === undefined ? model : `${model}@${dimensions}`;
    this.#settings = settings;
  }

  async embed(texts: readonly string[], { kind, signal }: EmbedOptions): Promise<readonly Float32Array[]> {
    const prefix = kind === 'query' ? this.#settings.queryPrefix : this.#settings.passagePrefix;
    const wanted = texts.map((text) => prefix + text);
    const missing = [...new Set(wanted)].filter((text) => this.#cache.get(this.#keyOf(text)) === undefined);
    const fresh = new Map<string, Float32Array>();
    for (const batch of batchesOf(missing)) {
      const vectors = await this.#embedBatch(batch, signal);
      for (const [index, text] of batch.entries()) this.#keep(text, vectors[index], fresh);
    }
    return wanted.map((text) => this.#vectorOf(text, fresh));
  }

  #keep(text: string, vector: Float32Array | undefined, fresh: Map<string, Float32Array>): void {
    if (vector === undefined) return;
    fresh.set(text, vector);
    this.#cache.set(this.#keyOf(text), vector);
  }

  #vectorOf(text: string, fresh: ReadonlyMap<string, Float32Array>): Float32Array {
    const vector = fresh.get(text) ?? this.#cache.get(this.#keyOf(text));
    if (vector === undefined) throw new Error('a text was given no vector and no error');
    return vector;
  }

  async #embedBatch(batch: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    try {
      return await this.#tryOften(batch, signal);
    } catch (error) {
      const long = batch.filter((text) => text.length > shortTextCharacters).length;
      if (!(error instanceof TextTooLongError) || long === 0) throw error;
      this.#settings.log.warn(
        { model: this.model, texts: long },
        'Embedding only the beginning of texts that are too long for the model',
      );
      return this.#tryOften(batch.map((text) => text.slice(0, shortTextCharacters)), signal); // prettier-ignore
    }
  }

  async #tryOften(batch: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]> {
    const { clock, random } = this.#settings;
    for (let failures = 0; ; failures += 1) {
      try {
        return await requestEmbeddings(batch, { ...this.#settings, signal });
      } catch (error) {
        if (!(error instanceof RetryableError) || failures + 1 >= maxAttempts) throw error;
        const waitMs = error.retryAfterMs ?? backoffMs(failures, pauses, random);
        if (waitMs > longestWaitMs) throw error;
        await clock.sleep(waitMs, signal);
      }
    }
  }

  #keyOf(text: string): string {
    return sha256Hex(canonicalJson([this.model, text]));
  }
}

function batchesOf(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let current: string[] = [];
  let characters = 0;
  for (const text of texts) {
    const isFull = current.length >= maxTextsPerRequest || characters + text.length > maxCharactersPerRequest;
    if (isFull && current.length > 0) {
      batches.push(current);
      current = [];
      characters = 0;
    }
    current.push(text);
    characters += text.length;
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
