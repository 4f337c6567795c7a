import { backoffMs } from '../base/backoff.ts';
import { KubeApiError } from './errors.ts';
import { type KubeObject, type ObjectName } from './kube-client.ts';
import { isLost, watchSession, type WatchSessionOptions } from './watch-session.ts';

export interface ObjectWatchOptions extends Omit<WatchSessionOptions, 'namespace' | 'labelSelector' | 'fieldSelector'> {
  readonly key: ObjectName;
}

const resumeBackoff = { baseMs: 100, maxMs: 10_000 };

/**
 * One object, now and after each change; `gone` when it is not there (or another one of its name is), and then the end.
 * Needs `get` and `watch` only, and repairs itself.
 * @throws KubeApiError for what no patience helps: 401 and 403.
 */
export async function* watchObject<T extends KubeObject>(options: ObjectWatchOptions): AsyncGenerator<T | 'gone'> {
  const place = new Place();
  while (!place.isGone) {
    try {
      yield* newsOf(changesSince<T>(options, place), place);
      place.failures = 0;
    } catch (error) {
      options.signal.throwIfAborted();
      if (isFinal(error)) throw error;
      if (isLost(error)) place.lose();
      const delayMs = backoffMs(place.failures++, resumeBackoff, options.random);
      await options.clock.sleep(delayMs, options.signal);
    }
  }
  yield 'gone';
}

async function* newsOf<T extends KubeObject>(seen: AsyncIterable<T | undefined>, place: Place): AsyncGenerator<T> {
  for await (const object of seen) if (place.shows(object)) yield object;
}

/** What is seen until a session ends; undefined: there is no such object. */
async function* changesSince<T extends KubeObject>(
  options: ObjectWatchOptions,
  place: Place,
): AsyncGenerator<T | undefined> {
  const { client, type, key, signal } = options;
  signal.throwIfAborted();
  if (place.isLost) {
    const object = await client.get<T>(type, key, { signal });
    place.resumeAt(object);
    yield object;
  }
  const { namespace, name } = key;
  const query = { ...options, fieldSelector: `metadata.name=${name}`, ...(namespace !== undefined && { namespace }) };
  if (place.isGone) return;
  for await (const line of watchSession(query, place.version)) {
    place.failures = 0;
    place.version = line.object.metadata.resourceVersion ?? '';
    if (line.type === 'BOOKMARK') continue;
    yield line.type === 'DELETED' ? undefined : (line.object as T);
    if (hasEnded(place)) return;
  }
}

/** As a function, because the compiler does not expect the consumer to change it. */
function hasEnded(place: Place): boolean {
  return place.isGone;
}

/** How far one object has been followed. */
class Place {
  /** Empty: whatever the server has; it then sends the object first. */
  version = '';
  isLost = true;
  isGone = false;
  failures = 0;
  #shown: { readonly uid: string | undefined; readonly resourceVersion: string | undefined } | undefined;
  #isTooOld = false;

  lose(): void {
    this.isLost = true;
    this.#isTooOld = true;
  }

  /** An object that nobody changed for long has a version that the server cannot watch from. */
  resumeAt(object: KubeObject | undefined): void {
    this.version = this.#isTooOld ? '' : (object?.metadata.resourceVersion ?? '');
    this.isLost = false;
    this.#isTooOld = false;
  }

  /** @returns whether it is news; notes the end when it is not the object that was followed so far. */
  shows<T extends KubeObject>(object: T | undefined): object is T {
    const { uid, resourceVersion } = object?.metadata ?? {};
    this.isGone = !object || (this.#shown !== undefined && this.#shown.uid !== uid);
    if (this.isGone || this.#shown?.resourceVersion === resourceVersion) return false;
    this.#shown = { uid, resourceVersion };
    return true;
  }
}

function isFinal(error: unknown): boolean {
  return error instanceof KubeApiError && (error.status === 401 || error.status === 403);
}
