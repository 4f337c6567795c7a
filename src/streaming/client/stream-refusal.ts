/** The server of the stream has answered, but not with a stream. */
export class StreamRefusal extends Error {
  override readonly name = 'StreamRefusal';
  /** HTTP status code. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Another server than the one that the Turn names. */
export class WrongCertificate extends Error {
  override readonly name = 'WrongCertificate';
}

/** 410: the turn has ended, and its status tells everything. The others will not become better by asking again. */
const lastingStatuses = new Set([400, 401, 403, 410]);

/** Whether this way need not be tried again before the Turn names another place. */
export function isLasting(error: unknown): boolean {
  if (error instanceof WrongCertificate) return true;
  const { status } = error as { readonly status?: unknown };
  return typeof status === 'number' && lastingStatuses.has(status);
}
