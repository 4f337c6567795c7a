import { type KubeObject } from '../kube/kube-client.ts';
import { type WatchEvent, watchObjects, type WatchOptions } from '../kube/watch.ts';
import { type CacheChange, ObjectCache } from './cache.ts';

/** Keeps one cache true and tells of every change, after the cache shows it. */
export class Watcher {
  readonly cache = new ObjectCache<KubeObject>();
  readonly #options: WatchOptions;
  /** Resolves when the first list is in the cache. */
  readonly synced: Promise<void>;
  #markSynced: () => void = () => undefined;
  #hasSynced = false;
  #stopped: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
    this.synced = new Promise((resolve) => (this.#markSynced = resolve));
  }

  get type(): WatchOptions['type'] {
    return this.#options.type;
  }

  get labelSelector(): string | undefined {
    return this.#options.labelSelector;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves when the watch has ended after its signal. */
  get stopped(): Promise<void> {
    return this.#stopped;
  }

  start(onChange: (change: CacheChange<KubeObject>) => void): void {
    this.#stopped = this.#run(onChange);
  }

  async #run(onChange: (change: CacheChange<KubeObject>) => void): Promise<void> {
    for await (const event of watchObjects(this.#options)) {
      for (const change of this.#apply(event)) {
        try {
          onChange(change);
        } catch (error) {
          // A mistake in the mapping of one object must not end the watch for all the others.
          this.#options.log.error({ err: error, resource: this.type.plural }, 'Mapping a change to keys failed');
        }
      }
      this.#hasSynced = true;
      this.#markSynced();
    }
  }

  #apply(event: WatchEvent<KubeObject>): readonly CacheChange<KubeObject>[] {
    switch (event.kind) {
      case 'listed':
        return this.cache.replaceAll(event.objects, event.resourceVersion);
      case 'put':
        return [[this.cache.put(event.object) ? 'MODIFIED' : 'ADDED', event.object]];
      case 'removed':
        this.cache.remove(event.object);
        return [['DELETED', event.object]];
    }
  }
}
