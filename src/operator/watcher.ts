import { type KubeObject } from '../kube/kube-client.ts';
import { type WatchEvent, watchObjects, type WatchOptions } from '../kube/watch.ts';
import { ObjectCache } from './cache.ts';

export type ChangeKind = 'ADDED' | 'MODIFIED' | 'DELETED';
export type OnChange = (kind: ChangeKind, object: KubeObject) => void;

/** Keeps one cache true and tells of every change, after the cache shows it. */
export class Watcher {
  readonly cache = new ObjectCache<KubeObject>();
  readonly #options: WatchOptions;
  readonly #synced = Promise.withResolvers<undefined>();
  #hasSynced = false;
  #stopped: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  get type(): WatchOptions['type'] {
    return this.#options.type;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves when the first list is in the cache. */
  get synced(): Promise<unknown> {
    return this.#synced.promise;
  }

  /** Resolves when the watch has ended after its signal. */
  get stopped(): Promise<void> {
    return this.#stopped;
  }

  start(onChange: OnChange): void {
    this.#stopped = this.#run(onChange);
  }

  async #run(onChange: OnChange): Promise<void> {
    for await (const event of watchObjects(this.#options)) {
      for (const [kind, object] of this.#apply(event)) this.#tell(onChange, kind, object);
      if (!this.#hasSynced) {
        this.#hasSynced = true;
        this.#synced.resolve(undefined);
      }
    }
  }

  #apply(event: WatchEvent<KubeObject>): readonly (readonly [ChangeKind, KubeObject])[] {
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

  /** A mistake in one source must not end the watch for all the others. */
  #tell(onChange: OnChange, kind: ChangeKind, object: KubeObject): void {
    try {
      onChange(kind, object);
    } catch (error) {
      this.#options.log.error({ err: error, resource: this.type.plural }, 'Mapping a change to keys failed');
    }
  }
}
