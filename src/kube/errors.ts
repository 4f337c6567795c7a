/** Any answer of the API server that is not 2xx, with the fields of its Status object. */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  /** HTTP status code; 0 when the connection failed before an answer. */
  readonly status: number;
  /** `reason` of the Status object: NotFound, AlreadyExists, Conflict, Invalid, Forbidden, Expired, … */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(answer: { status: number; reason: string; message: string; retryAfterMs?: number; cause?: unknown }) {
    super(answer.message, { cause: answer.cause });
    this.status = answer.status;
    this.reason = answer.reason;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** Somebody else wrote first: read again and decide anew. */
export function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 409 && error.reason === 'Conflict';
}

export function isAlreadyExists(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 409 && error.reason === 'AlreadyExists';
}

export function isNotFound(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404;
}

export function isForbidden(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 403;
}
