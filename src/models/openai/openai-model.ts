import { OpenAI } from 'openai';
import { type Clock, systemClock } from '../../base/clock.ts';
import { TerminalError } from '../../base/errors.ts';
import type { LanguageModel, ModelRequest, ModelResponse } from '../language-model.ts';
import { Assembly } from './assembly.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type Endpoint, modelErrorOf } from './model-error.ts';
import { requestBody } from './request-body.ts';

export interface OpenAiModelSettings {
  /** Up to and with the version, for example `https://api.openai.com/v1` or `http://vllm.models:8000/v1`. */
  readonly baseURL: string;
  /** The model's name at that endpoint. */
  readonly model: string;
  /** Absent: no Authorization header is sent. */
  readonly apiKey?: string;
  /** From sending the request to the last byte of the answer. Default 300,000. */
  readonly totalTimeoutMs?: number;
  /** Longest silence between two events of the answer, the first included. Default 60,000. */
  readonly idleTimeoutMs?: number;
  /** Larger answers are refused. Default 4 MiB. */
  readonly maxResponseBytes?: number;
  readonly temperature?: number;
  readonly clock?: Clock;
  /** How the endpoint is reached; the place for address checks and proxies. Default: the global fetch. */
  readonly fetch?: typeof fetch;
}

/**
 * Any endpoint that speaks OpenAI's chat completions: OpenAI, Azure (`/openai/v1`), vLLM, Ollama, KServe, llama.cpp.
 * It sends each request once: retries belong to the caller, who has the backoff and the budget.
 */
export function createOpenAiModel(settings: OpenAiModelSettings): LanguageModel {
  const client = openAiClient(settings);
  return {
    name: settings.model,
    respond: (request) =>
      withDeadline(settings, request.signal, async (deadline) => complete({ client, settings, request, deadline })),
  };
}

/**
 * Names of the models that the endpoint serves; for a probe before the first question.
 * @throws like `respond`: RetryableError, TerminalError, ModelOutputError.
 */
export function listOpenAiModels(settings: OpenAiModelSettings, signal: AbortSignal): Promise<readonly string[]> {
  const client = openAiClient(settings);
  return withDeadline(settings, signal, async (deadline) => {
    const page = await client.models.list({ signal: deadline.signal });
    return page.data.map(({ id }) => id);
  });
}

async function complete(exchange: {
  client: OpenAI;
  settings: OpenAiModelSettings;
  request: ModelRequest;
  deadline: Deadline;
}): Promise<ModelResponse> {
  const { client, settings, request, deadline } = exchange;
  const stream = await client.chat.completions.create(requestBody(request, settings), { signal: deadline.signal });
  const assembly = new Assembly(request);
  for await (const chunk of stream) {
    deadline.touch();
    const text = assembly.add(chunk);
    if (text !== '') request.onDelta?.(text);
  }
  // The client ends an aborted stream as if it were complete.
  deadline.signal.throwIfAborted();
  return assembly.response();
}

async function withDeadline<T>(
  settings: OpenAiModelSettings,
  signal: AbortSignal,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const endpoint: Endpoint = { baseURL: settings.baseURL, model: settings.model, apiKey: settings.apiKey };
  const clock = settings.clock ?? systemClock;
  if (!/^https?:$/.test(URL.parse(settings.baseURL)?.protocol ?? '')) {
    throw new TerminalError('ModelUrlInvalid', `The model's baseURL "${settings.baseURL}" is no http or https URL.`);
  }
  signal.throwIfAborted();
  const { totalTimeoutMs = 300_000, idleTimeoutMs = 60_000 } = settings;
  const deadline = startDeadline({ clock, signal, totalTimeoutMs, idleTimeoutMs });
  try {
    return await work(deadline);
  } catch (error) {
    // Whoever aborted or ran out of time knows the reason better than the connection that broke because of it.
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw modelErrorOf(error, endpoint, clock);
  } finally {
    deadline.stop();
  }
}

/** The package's own defaults from the environment are switched off: settings are the only source. */
function openAiClient(settings: OpenAiModelSettings): OpenAI {
  const { apiKey, baseURL, maxResponseBytes = 4 * 1024 * 1024 } = settings;
  return new OpenAI({
    baseURL,
    apiKey: apiKey ?? 'none',
    ...(apiKey === undefined ? { defaultHeaders: { Authorization: null } } : {}),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    // Ours end first; the package's own timer must not cut a long answer.
    timeout: (settings.totalTimeoutMs ?? 300_000) + 60_000,
    logLevel: 'off',
    fetch: boundedFetch(settings.fetch ?? fetch, maxResponseBytes),
  });
}
