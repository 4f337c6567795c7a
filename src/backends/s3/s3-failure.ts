import type { IncomingMessage } from 'node:http';
import { parseFailure } from './parse-answers.ts';

/** An answer of the store that says no; what it means depends on what was asked. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure';
  readonly status: number;
  /** The store's own word, such as NoSuchKey; empty when the answer has none (HEAD, proxies). */
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(answer: { status: number; code: string; message: string; retryAfterMs?: number | undefined }) {
    super(answer.message);
    this.status = answer.status;
    this.code = answer.code;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

const maxFailureBytes = 64 * 1024;

/** Reads the answer to its end, so that its connection can be used again. */
export async function failureOf(incoming: IncomingMessage): Promise<S3Failure> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming) {
    sizeBytes += (chunk as Buffer).byteLength;
    if (sizeBytes <= maxFailureBytes) chunks.push(chunk as Buffer);
  }
  const status = incoming.statusCode ?? 0;
  const told = parseFailure(Buffer.concat(chunks).toString('utf8'));
  // Answers to HEAD have no body; MinIO says in headers what it would have said there.
  const code = told?.code ?? headerOf(incoming, 'x-minio-error-code');
  const message = told?.message ?? headerOf(incoming, 'x-minio-error-desc');
  const seconds = Number(headerOf(incoming, 'retry-after'));
  return new S3Failure({
    status,
    code: code.replace(/^"|"$/g, ''),
    message: message === '' ? `HTTP ${status}` : message.slice(0, 500),
    ...(seconds > 0 && { retryAfterMs: seconds * 1_000 }),
  });
}

function headerOf(incoming: IncomingMessage, name: string): string {
  const value = incoming.headers[name];
  return typeof value === 'string' ? value : '';
}
