import { APIConnectionError, APIError } from 'openai';
import type { Clock } from '../../base/clock.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { ModelOutputError } from '../language-model.ts';
import { retryAfterMs } from './retry-after.ts';

export interface Endpoint {
  readonly baseURL: string;
  readonly model: string;
  readonly apiKey: string | undefined;
}

type HttpError = APIError<number | undefined, Headers | undefined, object | undefined>;

/** What the caller can do about a failed request, said in one sentence. Errors of our own and bugs pass through. */
export function modelErrorOf(error: unknown, endpoint: Endpoint, clock: Clock): unknown {
  const own = causesOf(error).find((cause) => cause instanceof ModelOutputError);
  if (own !== undefined) return own;
  if (error instanceof APIConnectionError) return connectionError(error, endpoint);
  if (error instanceof APIError) {
    const answered = error as HttpError;
    return answered.status === undefined ? streamedError(answered, endpoint) : statusError(answered, endpoint, clock);
  }
  if (error instanceof SyntaxError) {
    return new ModelOutputError('The model endpoint sent an event that is not JSON.', { cause: error });
  }
  // undici's word for a connection that broke in the middle of the body.
  if (error instanceof TypeError && ['terminated', 'fetch failed'].includes(error.message)) {
    return connectionLost(error, endpoint);
  }
  return error;
}

function statusError(error: HttpError, endpoint: Endpoint, clock: Clock): Error {
  const status = error.status ?? 0;
  if (status === 404) return notFound(error, endpoint);
  if ([408, 409, 425, 429].includes(status) || status >= 500) {
    return error.code === 'insufficient_quota' ? refused(error, endpoint) : busy(error, endpoint, clock);
  }
  return refused(error, endpoint);
}

function busy(error: HttpError, endpoint: Endpoint, clock: Clock): RetryableError {
  const reason = error.status === 429 ? 'ModelRateLimited' : 'ModelUnavailable';
  const delayMs = retryAfterMs(error.headers, clock.now());
  const message = `The model endpoint ${endpoint.baseURL} answered with status ${error.status}${saidBy(error, endpoint)}.`;
  return new RetryableError(reason, message, { cause: error, ...(delayMs !== undefined && { retryAfterMs: delayMs }) });
}

interface Refusal {
  readonly reason: string;
  readonly when: (error: HttpError) => boolean;
  readonly message: (endpoint: Endpoint, error: HttpError) => string;
}

/** In this order; the last one holds for everything else. */
const refusals: readonly Refusal[] = [
  {
    reason: 'ModelEndpointRedirects',
    when: ({ status = 0 }) => status >= 300 && status < 400,
    message: ({ baseURL }) =>
      `The model endpoint ${baseURL} redirects elsewhere, which is not followed; set baseURL to the final address.`,
  },
  {
    reason: 'ModelUnauthorized',
    when: ({ status }) => status === 401 || status === 403,
    message: ({ baseURL }, { status }) =>
      `The model endpoint ${baseURL} refused the API key (status ${status}); check the key and its rights.`,
  },
  {
    reason: 'ModelContextExceeded',
    when: ({ status, code, message }) =>
      status === 413 || code === 'context_length_exceeded' || /context (length|window)/i.test(message),
    message: (endpoint, error) =>
      `The request is larger than the context window of model ${endpoint.model}${saidBy(error, endpoint)}.`,
  },
  {
    reason: 'ModelQuotaExhausted',
    when: ({ code }) => code === 'insufficient_quota',
    message: ({ baseURL, model }) => `The account behind ${baseURL} has no quota left for model ${model}.`,
  },
  {
    reason: 'ModelRequestRefused',
    when: () => true,
    message: (endpoint, error) =>
      `The model endpoint ${endpoint.baseURL} refused the request (status ${error.status})${saidBy(error, endpoint)}.`,
  },
];

function refused(error: HttpError, endpoint: Endpoint): Error {
  const refusal = refusals.find(({ when }) => when(error));
  if (refusal === undefined) return error;
  return new TerminalError(refusal.reason, refusal.message(endpoint, error), { cause: error });
}

function notFound(error: HttpError, { baseURL, model }: Endpoint): TerminalError {
  const named = error.code === 'model_not_found' || error.message.includes(model);
  return named
    ? new TerminalError('ModelNotFound', `The model endpoint ${baseURL} serves no model named ${model}.`, {
        cause: error,
      })
    : new TerminalError(
        'ModelEndpointNotFound',
        `There is no model endpoint at ${baseURL} (status 404); check baseURL, it usually ends in /v1.`,
        { cause: error },
      );
}

/** An error event inside a stream that had begun with status 200; vLLM puts the status into `code`. */
function streamedError(error: HttpError, endpoint: Endpoint): Error {
  const code = Number(error.code);
  const message = `The model endpoint ${endpoint.baseURL} broke off its answer${saidBy(error, endpoint)}.`;
  return code === 429 || code >= 500 || error.type === 'server_error'
    ? new RetryableError('ModelUnavailable', message, { cause: error })
    : new ModelOutputError(message, { cause: error });
}

function connectionError(error: Error, endpoint: Endpoint): Error {
  const code = causesOf(error)
    .map((cause) => (cause as { code?: unknown }).code)
    .find((value) => typeof value === 'string');
  const { host } = new URL(endpoint.baseURL);
  if (code !== undefined && /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) {
    return new TerminalError(
      'ModelCertificateInvalid',
      `The certificate of the model endpoint ${host} is not trusted (${code}).`,
      { cause: error },
    );
  }
  const why = unreachable[code ?? ''];
  if (why === undefined) return connectionLost(error, endpoint);
  return new RetryableError('ModelUnreachable', `The model endpoint ${host} ${why}; check baseURL and that it runs.`, {
    cause: error,
  });
}

const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ENOTFOUND: 'has no address in DNS',
  EAI_AGAIN: 'cannot be resolved by DNS just now',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'does not answer',
};

function connectionLost(error: Error, { baseURL }: Endpoint): RetryableError {
  return new RetryableError('ModelConnectionLost', `The connection to the model endpoint ${baseURL} broke off.`, {
    cause: error,
  });
}

/** The endpoint's own words, short, on one line, and without the key. */
function saidBy(error: HttpError, { apiKey }: Endpoint): string {
  const message = (error.error as { message?: unknown } | undefined)?.message;
  if (typeof message !== 'string' || message === '') return '';
  const line = message.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  const safe = apiKey === undefined ? line : line.replaceAll(apiKey, '***');
  return `: ${safe.slice(0, 200)}`;
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
