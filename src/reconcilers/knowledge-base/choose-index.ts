import type { KnowledgeBase } from '../../api/knowledge-base.ts';
import { attempt } from '../../base/attempt.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { chunkerVersion } from '../../retrieval/chunk-document.ts';
import type { Embedder } from '../../retrieval/embedder.ts';
import type {
  GenerationKey,
  GenerationSettings,
  KnowledgeBaseKey,
  KnowledgeIndex,
  KnowledgeStore,
} from '../../retrieval/knowledge-store.ts';

export interface Wanted {
  readonly settings: GenerationSettings;
  /** The embedder whose vectors fit the settings, when it answers. */
  readonly embedder?: Embedder | undefined;
  readonly trouble?: RetryableError | TerminalError | undefined;
}

type FindEmbedder = () => Promise<Embedder | undefined>;

/**
 * What the index is to be made with. An embedding endpoint that is down is no reason to build without vectors what has
 * them already; where there is nothing yet, words alone are better than nothing.
 */
export async function wantedSettings(
  { spec }: KnowledgeBase,
  live: KnowledgeIndex | undefined,
  ports: { readonly findEmbedder: FindEmbedder; readonly signal: AbortSignal },
): Promise<Wanted> {
  const words: GenerationSettings = { chunker: chunkerVersion };
  if (!spec.embedding) return { settings: words };
  const usable = live?.settings.chunker === chunkerVersion ? live.settings : undefined;
  const found = await attempt(() => embedderAndLength(ports, usable));
  if (found.ok) {
    const { embedder, dimensions } = found.value;
    return { settings: { ...words, embeddingModel: embedder.model, dimensions }, embedder };
  }
  const { error } = found;
  ports.signal.throwIfAborted();
  if (!(error instanceof RetryableError) && !(error instanceof TerminalError)) throw error;
  return { settings: usable ?? words, trouble: error };
}

/** The length of the vectors is asked for once; from then on the index knows it. */
async function embedderAndLength(
  { findEmbedder, signal }: { readonly findEmbedder: FindEmbedder; readonly signal: AbortSignal },
  usable: GenerationSettings | undefined,
) {
  const embedder = await findEmbedder();
  if (!embedder) throw new Error('spec.embedding gave no embedder');
  if (usable?.embeddingModel === embedder.model && usable.dimensions !== undefined) {
    return { embedder, dimensions: usable.dimensions };
  }
  const [vector] = await embedder.embed(['How long is a vector?'], { kind: 'passage', signal });
  if (!vector) throw new TerminalError('EmbeddingUnavailable', 'The embedding endpoint gives no vectors.');
  return { embedder, dimensions: vector.length };
}

/**
 * The generation to read into: the one that answers while its settings are the wanted ones; else the build that was
 * begun before, also by a process that is gone; else the next one.
 */
export async function generationFor(
  store: KnowledgeStore,
  key: KnowledgeBaseKey,
  choice: {
    readonly live: KnowledgeIndex | undefined;
    readonly settings: GenerationSettings;
    readonly atLeast: number;
  },
): Promise<GenerationKey> {
  const { live, settings, atLeast } = choice;
  if (live && isSame(live.settings, settings)) return live.key;
  const newest = Math.max(atLeast, ...(await store.generations(key)));
  return { ...key, generation: newest > (live?.key.generation ?? 0) ? newest : newest + 1 };
}

function isSame(left: GenerationSettings, right: GenerationSettings): boolean {
  return (
    left.chunker === right.chunker &&
    left.embeddingModel === right.embeddingModel &&
    left.dimensions === right.dimensions
  );
}
