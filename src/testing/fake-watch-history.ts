import { type WatchQuery } from '../kube/kube-client.ts';
import { KubeApiError } from '../kube/errors.ts';
import { type StoredObject } from './fake-kube-objects.ts';
import { matchesQuery } from './selector-match.ts';

interface Change {
  readonly version: number;
  readonly resource: string;
  readonly before: StoredObject | undefined;
  readonly after: StoredObject | undefined;
}

/** The versions of FakeKube and the events that lead from one to the next. */
export class FakeWatchHistory {
  readonly #changes: Change[] = [];
  readonly #wakeUps = new Set<() => void>();
  #oldest = 0;
  #generation = 0;
  version = 0;

  nextVersion(): string {
    this.version += 1;
    return String(this.version);
  }

  record(resource: string, change: { before: StoredObject | undefined; after: StoredObject | undefined }): void {
    this.#changes.push({ version: this.version, resource, ...change });
    this.#wakeAll();
  }

  drop(): void {
    this.#generation += 1;
    this.#wakeAll();
  }

  compact(): void {
    this.#changes.length = 0;
    this.#oldest = this.version;
    this.drop();
  }

  /** Lines of one watch until it is dropped or aborted. */
  async *follow(resource: string, query: WatchQuery, signal: AbortSignal): AsyncGenerator<string> {
    const generation = this.#generation;
    let seen = Number(query.resourceVersion);
    if (seen < this.#oldest) {
      throw new KubeApiError({
        status: 410,
        reason: 'Expired',
        message: `too old resource version: ${seen} (${this.#oldest})`,
      });
    }
    while (generation === this.#generation && !signal.aborted) {
      const next = this.#changes.find((change) => change.version > seen);
      if (!next) {
        await this.#nextChange(signal);
        continue;
      }
      seen = next.version;
      const line = next.resource === resource ? eventLine(next, query) : undefined;
      if (line !== undefined) yield line;
    }
    signal.throwIfAborted();
  }

  #nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#wakeUps.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wakeUps.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#wakeUps]) wake();
  }
}

/** An object that leaves the selection is DELETED for this watch, one that enters it ADDED. */
function eventLine({ before, after }: Change, query: WatchQuery): string | undefined {
  const was = before !== undefined && matchesQuery(before, query);
  const is = after !== undefined && matchesQuery(after, query);
  if (is) return JSON.stringify({ type: was ? 'MODIFIED' : 'ADDED', object: after });
  return was ? JSON.stringify({ type: 'DELETED', object: after ?? before }) : undefined;
}
