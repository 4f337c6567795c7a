import { backoffMs } from '../base/backoff.ts';
import { messageOf } from '../base/errors.ts';
import { type Log } from '../base/log.ts';
import { type Metrics } from '../base/metrics.ts';
import { isForbidden, KubeApiError } from './errors.ts';
import { type KubeObject, type ListPage } from './kube-client.ts';
import { IdleConnection, isLost, MalformedLine, watchSession, type WatchSessionOptions } from './watch-session.ts';

export type WatchEvent<T> =
  /** Everything there is: the start, or a repair after versions were lost. What is absent here is gone. */
  | { readonly kind: 'listed'; readonly objects: readonly T[]; readonly resourceVersion: string }
  | { readonly kind: 'put'; readonly object: T }
  | { readonly kind: 'removed'; readonly object: T };

export interface WatchOptions extends WatchSessionOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  /** A cluster that does not serve this kind counts as one without objects, until it does. */
  readonly optional?: boolean | undefined;
}

const pageSize = 500;
/** A session that ended sooner than this without a word counts as a failure, so that it cannot be repeated at once. */
const shortSessionMs = 1_000;
const resumeBackoff = { baseMs: 100, maxMs: 30_000 };
/** The same version leads to a broken line again and again: a new list steps over it. */
const malformedLimit = 3;

type ResumeCause = 'ended' | 'expired' | 'idle' | 'malformed' | 'failed';

/**
 * Lists once and follows the changes until the signal fires. It never ends otherwise and never throws: whatever breaks
 * is resumed from the last version seen, and only a lost version (410) leads to a new list.
 */
export async function* watchObjects<T extends KubeObject>(options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
  const { signal, clock, metrics, type } = options;
  const position = new Position();
  while (!signal.aborted) {
    const startMs = clock.monotonicMs();
    try {
      if (position.version === undefined) {
        metrics.watchListsTotal.inc({ resource: type.plural });
        const { items, resourceVersion } = await listAll<T>(options);
        position.begin(resourceVersion);
        yield { kind: 'listed', objects: items, resourceVersion };
      }
      yield* followSession<T>(options, position);
      const lastedMs = clock.monotonicMs() - startMs;
      if (lastedMs < shortSessionMs && !position.hasMoved) throw new Error('the watch ended as soon as it had begun');
      noteResume(options, 'ended');
    } catch (error) {
      if (hasFired(signal)) return;
      if (options.optional && isAbsentKind(error)) {
        position.lose();
        yield { kind: 'listed', objects: [], resourceVersion: '' };
      }
      position.fail(error);
      noteResume(options, causeOf(error), error);
      noteRefusal(options, position, error);
      await pauseAfter(error, options, position);
    }
  }
}

/** As a function, because the compiler takes the loop's condition for granted across awaits. */
function hasFired(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Where a watch stands between its sessions. */
class Position {
  /** Last version seen; undefined before the first list and after its loss. */
  version: string | undefined;
  /** Sessions and lists in a row that brought nothing. */
  failures = 0;
  hasMoved = false;
  #malformed = 0;

  begin(version: string): void {
    this.version = version;
    this.#malformed = 0;
  }

  advance(version: string): void {
    this.version = version;
    this.failures = 0;
    this.#malformed = 0;
    this.hasMoved = true;
  }

  lose(): void {
    this.version = undefined;
  }

  fail(error: unknown): void {
    this.failures += 1;
    if (error instanceof MalformedLine) this.#malformed += 1;
    if (isLost(error) || this.#malformed >= malformedLimit) this.lose();
  }
}

async function listAll<T extends KubeObject>(options: WatchOptions): Promise<ListPage<T>> {
  const { client, type, signal, namespace, labelSelector } = options;
  const scope = {
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector !== undefined && { labelSelector }),
  };
  const items: T[] = [];
  let page: ListPage<T> | undefined;
  do {
    const continueToken = page?.continueToken;
    const query = { ...scope, limit: pageSize, ...(continueToken !== undefined && { continueToken }) };
    page = await client.list<T>(type, query, { signal });
    for (const item of page.items) items.push(item);
  } while (page.continueToken !== undefined);
  return { items, resourceVersion: page.resourceVersion };
}

/** One watch request, from the position's version until the server ends it, it breaks, or it falls silent. */
async function* followSession<T extends KubeObject>(
  options: WatchOptions,
  position: Position,
): AsyncGenerator<WatchEvent<T>> {
  position.hasMoved = false;
  for await (const line of watchSession(options, position.version ?? '')) {
    position.advance(line.object.metadata.resourceVersion ?? '');
    const object = line.object as T;
    if (line.type === 'DELETED') yield { kind: 'removed', object };
    else if (line.type !== 'BOOKMARK') yield { kind: 'put', object };
  }
}

function isAbsentKind(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 404;
}

function causeOf(error: unknown): ResumeCause {
  if (isLost(error)) return 'expired';
  if (error instanceof IdleConnection) return 'idle';
  return error instanceof MalformedLine ? 'malformed' : 'failed';
}

function noteResume({ log, metrics, type }: WatchOptions, cause: ResumeCause, error?: unknown): void {
  metrics.watchResumesTotal.inc({ resource: type.plural, cause });
  if (cause === 'ended') return;
  log.debug({ resource: type.plural, cause, error: messageOf(error) }, 'Resuming a watch');
}

/** A right that is missing needs a person: said once, however often it is tried again. */
function noteRefusal({ log, type }: WatchOptions, { failures }: Position, error: unknown): void {
  if (!isForbidden(error) || failures > 1) return;
  log.warn(
    { resource: type.plural, error: messageOf(error) },
    'A kind may not be watched; it is tried again more and more seldom',
  );
}

/** Spread by chance, so that all watches of all operators do not come back in the same moment. */
async function pauseAfter(error: unknown, { clock, random, signal }: WatchOptions, position: Position): Promise<void> {
  const askedMs = error instanceof KubeApiError ? (error.retryAfterMs ?? 0) : 0;
  const delayMs = Math.max(askedMs, backoffMs(position.failures - 1, resumeBackoff, random));
  await clock.sleep(delayMs, signal).catch(() => undefined);
}
