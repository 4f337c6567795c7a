import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { messageOf } from '../base/errors.ts';
import { KubeApiError } from './errors.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The Status object that the API server sends with a refusal. */
interface StatusObject {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

/** What a proxy in between says may be a whole page. */
const longestMessage = 500;

export function answerError({ status, headers, text }: Answer, now: Date): KubeApiError {
  const object = parseStatus(text);
  const meaning = STATUS_CODES[status] ?? 'Unknown';
  const retryAfterMs = retryAfterOf(headers['retry-after'], now) ?? secondsToMs(object.details?.retryAfterSeconds);
  return new KubeApiError({
    status,
    reason: object.reason ?? meaning.replaceAll(/[^A-Za-z]/g, ''),
    message: object.message ?? `${status} ${meaning}: ${text.slice(0, longestMessage)}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** No answer came, or only a part of it: whether the request was executed is unknown. */
export function connectionError(cause: unknown): KubeApiError {
  const message = `the API server cannot be reached: ${messageOf(cause)}`;
  return new KubeApiError({ status: 0, reason: 'ConnectionFailed', message, cause });
}

export function timeoutError(timeoutMs: number): KubeApiError {
  const message = `the API server did not answer within ${timeoutMs} ms`;
  return new KubeApiError({ status: 0, reason: 'Timeout', message });
}

function parseStatus(text: string): StatusObject {
  try {
    const object = JSON.parse(text) as StatusObject | null;
    return object?.kind === 'Status' ? object : {};
  } catch {
    return {}; // not from the API server itself; the text becomes the message
  }
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const delayMs = new Date(header).getTime() - now.getTime();
  return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs);
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined || seconds === 0 ? undefined : seconds * 1000;
}
