import { backoffMs } from '../../base/backoff.ts';
import { RetryableError, TerminalError, messageOf } from '../../base/errors.ts';
import { answerError, notKfp } from './answer-error.ts';
import { readBounded } from './bounded-body.ts';
import type { KfpSettings } from './kfp-settings.ts';
import { retryAfterMs } from './retry-after.ts';

const defaultTimeoutMs = 20_000;
/** Lists embed tasks and specifications: 200 runs of a large pipeline are some megabytes. */
const answerLimitBytes = 32 * 1024 * 1024;
const errorLimitBytes = 64 * 1024;
const attempts = 4;
const pauses = { baseMs: 250, maxMs: 4_000 };

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface KfpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** From `/apis` on; ids in it are encoded already. */
  readonly path: string;
  readonly query?: Query;
  readonly json?: object;
  readonly form?: FormData;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

/** Requests to one endpoint as one identity. Only reads are repeated, and all repeats fit into one total time. */
export interface KfpTransport {
  /** The parsed JSON of the answer. */
  send(request: KfpRequest): Promise<unknown>;
  /** The text of an answer of any type. */
  text(request: KfpRequest & { readonly maxBytes: number }): Promise<string>;
}

export function createKfpTransport(settings: KfpSettings): KfpTransport {
  const perform = async (request: KfpRequest, maxBytes: number): Promise<{ text: string; type: string }> => {
    const deadline = startDeadline(settings, request);
    try {
      return await repeat(settings, request, () => once(settings, { ...request, signal: deadline.signal }, maxBytes));
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw error;
    } finally {
      deadline.stop();
    }
  };
  return {
    send: async (request) => {
      const { text, type } = await perform(request, answerLimitBytes);
      // Only uploads answer JSON under another type.
      if (type !== 'application/json' && type !== 'text/plain') throw notKfp(`it sends ${type || 'no content type'}`);
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw notKfp('its answer is no JSON');
      }
    },
    text: async ({ maxBytes, ...request }) => (await perform(request, maxBytes)).text,
  };
}

async function once(settings: KfpSettings, request: KfpRequest, maxBytes: number) {
  const response = await open(settings, request);
  if (!response.ok) {
    throw answerError({
      status: response.status,
      body: await readBounded(response, { maxBytes: errorLimitBytes, beyond: 'cut' }),
      retryAfterMs: retryAfterMs(response.headers, settings.clock.now()),
    });
  }
  const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  return { text: await readBounded(response, { maxBytes, beyond: 'refuse' }), type };
}

async function open(settings: KfpSettings, request: KfpRequest): Promise<Response> {
  const headers = new Headers({ accept: 'application/json' });
  if (settings.token) headers.set('authorization', `Bearer ${await settings.token()}`);
  if (request.json) headers.set('content-type', 'application/json');
  const body = request.form ?? (request.json && JSON.stringify(request.json));
  try {
    return await settings.fetch(addressOf(settings.url, request), {
      method: request.method,
      headers,
      signal: request.signal,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
  } catch (error) {
    throw connectionError(error);
  }
}

function addressOf(url: string, { path, query = {} }: KfpRequest): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${url.replace(/\/+$/, '')}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}

const certificateProblem = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ALTNAME/;

function connectionError(error: unknown): Error {
  if (error instanceof TerminalError || error instanceof RetryableError) return error;
  const root = rootOf(error);
  const { code } = root as { code?: unknown };
  if (typeof code === 'string' && certificateProblem.test(code)) {
    return new TerminalError(
      'KfpCertificateNotTrusted',
      `The certificate of Kubeflow Pipelines is not trusted (${messageOf(root)}); give its authority in backends.kfp.caSecretRef.`,
      { cause: error },
    );
  }
  return new RetryableError('KfpUnreachable', `Kubeflow Pipelines cannot be reached: ${messageOf(root)}`, {
    cause: error,
  });
}

/** fetch wraps what really happened. */
function rootOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? rootOf(error.cause) : (error ?? {});
}

const passing = new Set(['KfpUnavailable', 'KfpUnreachable']);

async function repeat<T>(settings: KfpSettings, request: KfpRequest, work: () => Promise<T>): Promise<T> {
  const { clock, random } = settings;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isPassing = error instanceof RetryableError && passing.has(error.reason);
      if (request.method !== 'GET' || !isPassing || attempt + 1 >= attempts) throw error;
      const pauseMs = error.retryAfterMs ?? backoffMs(attempt, pauses, random);
      // A long wait is the caller's business: nothing is held open for it.
      if (pauseMs > pauses.maxMs) throw error;
      await clock.sleep(pauseMs, request.signal);
    }
  }
}

function startDeadline(settings: KfpSettings, request: KfpRequest) {
  const limitMs = request.timeoutMs ?? settings.timeoutMs ?? defaultTimeoutMs;
  const timeout = new AbortController();
  const stop = settings.clock.schedule(limitMs, () => {
    const seconds = Math.round(limitMs / 1_000);
    timeout.abort(new RetryableError('KfpTimeout', `Kubeflow Pipelines gave no answer within ${seconds} s.`));
  });
  return { signal: AbortSignal.any([request.signal, timeout.signal]), stop };
}
