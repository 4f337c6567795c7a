import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { messageOf, RetryableError, TerminalError } from '../base/errors.ts';

export interface EmbeddingRequest {
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  readonly dimensions?: number | undefined;
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, 'now' | 'schedule'>;
  readonly signal: AbortSignal;
}

/** The endpoint says that a text is longer than its model takes. */
export class TextTooLongError extends TerminalError {}

const timeoutMs = 60_000;

const answer = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/** One request; vectors in the order of the texts, all of one length, L2-normalised. */
export async function requestEmbeddings(
  texts: readonly string[],
  request: EmbeddingRequest,
): Promise<readonly Float32Array[]> {
  const timeout = new AbortController();
  const stopTimer = request.clock.schedule(timeoutMs, () => {
    timeout.abort(new Error(`no answer within ${timeoutMs / 1000} s`));
  });
  try {
    const response = await post(texts, request, AbortSignal.any([request.signal, timeout.signal]));
    return vectorsOf(await response.json(), texts.length, request);
  } catch (error) {
    if (error instanceof RetryableError || error instanceof TerminalError) throw error;
    request.signal.throwIfAborted();
    throw new RetryableError('EmbeddingUnavailable', `The embedding endpoint does not answer: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    stopTimer();
  }
}

async function post(texts: readonly string[], request: EmbeddingRequest, signal: AbortSignal): Promise<Response> {
  const { baseURL, model, apiKey, dimensions } = request;
  const body = { model, input: texts, encoding_format: 'float', ...(dimensions !== undefined && { dimensions }) };
  const response = await request.fetch(`${baseURL.replace(/\/+$/, '')}/embeddings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await refusal(response, request);
  return response;
}

/** How OpenAI, vLLM, TEI and Ollama put it. */
const saysTooLong =
  /too long|maximum context|max(?:imum)?[ _](?:input|sequence|model|position)?[ _]?(?:len|tokens)|tokens? limit|must have less than/i;

async function refusal(response: Response, { model, clock }: EmbeddingRequest): Promise<Error> {
  const { status } = response;
  const text = (await response.text()).replace(/\s+/g, ' ').slice(0, 300);
  const said = `The embedding endpoint answered ${status}${text === '' ? '' : `: ${text}`}`;
  if (status === 408 || status === 429 || status >= 500) {
    return new RetryableError('EmbeddingUnavailable', said, retryAfterOf(response, clock));
  }
  if (status === 401 || status === 403) {
    return new TerminalError(
      'EmbeddingUnauthorized',
      `${said}. Put a valid key into the Secret that apiKeySecretRef names.`,
    );
  }
  if (status === 413 || saysTooLong.test(text)) {
    return new TextTooLongError(
      'EmbeddingTextTooLong',
      `${said}. Choose a model that takes longer texts than ${model}.`,
    );
  }
  return new TerminalError('EmbeddingRefused', `${said}. Check baseURL and model of the embedding.`);
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterOf(response: Response, clock: Pick<Clock, 'now'>): { retryAfterMs?: number } {
  const value = response.headers.get('retry-after');
  if (value === null) return {};
  const seconds = Number(value);
  const retryAfterMs = Number.isNaN(seconds) ? Date.parse(value) - clock.now().getTime() : seconds * 1000;
  return retryAfterMs >= 0 ? { retryAfterMs } : {};
}

function vectorsOf(body: unknown, count: number, { dimensions }: EmbeddingRequest): readonly Float32Array[] {
  const { success, data: parsed } = answer.safeParse(body);
  if (!success) throw invalid('is not of the form of /v1/embeddings');
  const vectors: (readonly number[])[] = [];
  for (const { index, embedding } of parsed.data) vectors[index] = embedding;
  const length = dimensions ?? vectors[0]?.length ?? 0;
  if (parsed.data.length !== count || Object.keys(vectors).length !== count)
    throw invalid(`has not exactly one vector for each of the ${count} texts`);
  if (vectors.some((vector) => vector.length !== length)) throw invalid(`has vectors of another length than ${length}`);
  return vectors.map(normalised);
}

function normalised(vector: readonly number[]): Float32Array {
  const length = Math.hypot(...vector);
  if (!Number.isFinite(length) || length === 0) throw invalid('has a vector that is zero or not finite');
  return Float32Array.from(vector, (value) => value / length);
}

function invalid(what: string): TerminalError {
  return new TerminalError(
    'EmbeddingInvalid',
    `The answer of the embedding endpoint ${what}; check that it serves an embedding model.`,
  );
}
