import { type RandomSource } from '../base/backoff.ts';
import { type Clock } from '../base/clock.ts';
import { KubeApiError } from './errors.ts';
import { type KubeClient, type KubeObject, type ResourceType } from './kube-client.ts';

export interface WatchSessionOptions {
  readonly client: Pick<KubeClient, 'get' | 'list' | 'watch'>;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly signal: AbortSignal;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface WatchLine {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

/** The server ends each watch after this long, with a bookmark just before: a quiet watch then resumes close to now. */
const sessionSeconds = { least: 30, most: 45 };
/** Longer than any session: a connection that has been silent for so long is dead, even if nobody closed it. */
const idleLimitMs = 55_000;

export class MalformedLine extends Error {
  override readonly name = 'MalformedLine';
}

export class IdleConnection extends Error {
  override readonly name = 'IdleConnection';
}

/**
 * One watch request, from a version until the server ends it.
 * @throws KubeApiError, MalformedLine, IdleConnection, or the reason of the signal.
 */
export async function* watchSession(options: WatchSessionOptions, resourceVersion: string): AsyncGenerator<WatchLine> {
  const { client, type, random, namespace, labelSelector, fieldSelector } = options;
  const { least, most } = sessionSeconds;
  const session = new Session(options);
  const query = {
    resourceVersion,
    timeoutSeconds: Math.round(least + random() * (most - least)),
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector !== undefined && { labelSelector }),
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
  try {
    for await (const text of client.watch(type, query, session.signal)) {
      session.noteLife();
      yield parseLine(text);
    }
  } finally {
    session.end();
  }
}

/** 410: the version is forgotten. 504: it is yet to come, as after a restore of etcd, and the server will not wait for it. */
export function isLost(error: unknown): boolean {
  return error instanceof KubeApiError && (error.status === 410 || error.status === 504);
}

/** The life of one connection: ends with its caller or after too long a silence. */
class Session {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #idle = new AbortController();
  #lastLineMs: number;
  #cancelCheck: () => void;

  constructor({ clock, signal }: WatchSessionOptions) {
    this.#clock = clock;
    this.#lastLineMs = clock.monotonicMs();
    this.signal = AbortSignal.any([signal, this.#idle.signal]);
    this.#cancelCheck = clock.schedule(idleLimitMs, this.#check);
  }

  noteLife(): void {
    this.#lastLineMs = this.#clock.monotonicMs();
  }

  end(): void {
    this.#cancelCheck();
  }

  /** One timer per silence instead of one per line. */
  readonly #check = () => {
    const silentMs = this.#clock.monotonicMs() - this.#lastLineMs;
    if (silentMs >= idleLimitMs) this.#idle.abort(new IdleConnection(`nothing was heard for ${idleLimitMs} ms`));
    else this.#cancelCheck = this.#clock.schedule(idleLimitMs - silentMs, this.#check);
  };
}

/** @throws MalformedLine for what is not an event, KubeApiError for an event of type ERROR. */
function parseLine(text: string): WatchLine {
  let line: { readonly type?: string; readonly object?: unknown } | null;
  try {
    line = JSON.parse(text) as typeof line;
  } catch (cause) {
    throw new MalformedLine('a line of the watch is not JSON', { cause });
  }
  if (line?.type === 'ERROR') throw errorOf(line.object as StatusObject | undefined);
  if (!isEvent(line)) throw new MalformedLine('a line of the watch is not an event');
  return line;
}

function isEvent(line: { readonly type?: string; readonly object?: unknown } | null): line is WatchLine {
  const isKnown = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'].includes(line?.type ?? '');
  const object = line?.object as KubeObject | undefined;
  return isKnown && typeof object?.metadata.resourceVersion === 'string';
}

interface StatusObject {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: { readonly retryAfterSeconds?: number };
}

function errorOf(status: StatusObject = {}): KubeApiError {
  const { code = 500, reason = 'Unknown', message = 'the watch reported an error', details } = status;
  const retryAfterMs = (details?.retryAfterSeconds ?? 0) * 1000;
  return new KubeApiError({ status: code, reason, message, ...(retryAfterMs > 0 && { retryAfterMs }) });
}
