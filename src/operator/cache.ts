import { type KubeObject } from '../kube/kube-client.ts';
import { keyOf, namespaceOf } from './object-key.ts';
import { type ObjectKey } from './reconciler.ts';

/** Values under which an object is found by `byIndex`. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** What the watches have brought so far. Objects are shared: never change one. managedFields are left out. */
export interface Cache<T extends KubeObject> {
  get(key: ObjectKey): T | undefined;
  /** Without a namespace: of all of them. */
  list(namespace?: string): readonly T[];
  byIndex(name: string, value: string): readonly T[];
  /** Takes in what a write of our own returned, unless the watch is past it: the next reconcile then reads its own write. */
  noteWritten(object: T): void;
}

export type CacheChange<T> = readonly [kind: 'ADDED' | 'MODIFIED' | 'DELETED', object: T];

/** The cache with its writing side, which only the watcher uses. */
export class ObjectCache<T extends KubeObject> implements Cache<T> {
  readonly #objects = new Map<ObjectKey, T>();
  readonly #namespaces = new Map<string, Set<ObjectKey>>();
  readonly #indexes = new Map<string, { readonly of: IndexFunction<T>; readonly keys: Map<string, Set<ObjectKey>> }>();
  /** The newest version the watch has brought; what is older and absent has been deleted. */
  #watchedVersion = 0n;

  /** The same function may be added again; another function under a taken name is a mistake. */
  addIndex(name: string, of: IndexFunction<T>): void {
    const existing = this.#indexes.get(name);
    if (existing?.of === of) return;
    if (existing) throw new Error(`index ${name} is declared twice`);
    const index = { of, keys: new Map<string, Set<ObjectKey>>() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) link(index.keys, of(object), key);
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    if (namespace === undefined) return [...this.#objects.values()];
    return this.#resolve(this.#namespaces.get(namespace));
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`there is no index ${name}`);
    return this.#resolve(index.keys.get(value));
  }

  noteWritten(object: T): void {
    const version = versionOf(object);
    const cached = this.#objects.get(keyOf(object));
    const known = cached ? versionOf(cached) : this.#watchedVersion;
    if (version > known) this.#set(withoutManagedFields(object));
  }

  /** @returns the object that was there before. */
  put(object: T): T | undefined {
    const version = versionOf(object);
    this.sawVersion(version);
    const before = this.#objects.get(keyOf(object));
    if (!before || versionOf(before) < version || version === 0n) this.#set(withoutManagedFields(object));
    return before;
  }

  /** Ignored when a newer object of the same name is already known: it was re-created since. */
  remove(object: T): void {
    const version = versionOf(object);
    this.sawVersion(version);
    const key = keyOf(object);
    const cached = this.#objects.get(key);
    if (cached && versionOf(cached) <= version) this.#drop(key, cached);
  }

  /**
   * Takes a whole list.
   * @returns what that changed; of objects that went away, the last known state.
   */
  replaceAll(objects: readonly T[], resourceVersion: string): readonly CacheChange<T>[] {
    const listed = new Map(objects.map((object) => [keyOf(object), object]));
    const listVersion = toVersion(resourceVersion);
    // A list is a quorum read: only a restored etcd answers with the past. Then everything known is void.
    if (listVersion < this.#watchedVersion) return this.#startOver(objects, listVersion);
    const gone = [...this.#objects].filter(([key, object]) => !listed.has(key) && versionOf(object) <= listVersion);
    const changed = [...listed].filter(([key, object]) => {
      const cached = this.#objects.get(key);
      return !cached || versionOf(cached) !== versionOf(object) || versionOf(object) === 0n;
    });
    for (const [key, object] of gone) this.#drop(key, object);
    const removals = gone.map(([, object]) => ['DELETED', object] as const);
    const additions = changed.map(([, object]) => [this.put(object) ? 'MODIFIED' : 'ADDED', object] as const);
    this.sawVersion(listVersion);
    return [...removals, ...additions];
  }

  #startOver(objects: readonly T[], listVersion: bigint): readonly CacheChange<T>[] {
    const before = [...this.#objects];
    for (const [key, object] of before) this.#drop(key, object);
    this.#watchedVersion = listVersion;
    for (const object of objects) this.#set(withoutManagedFields(object));
    return [
      ...before.map(([, object]) => ['DELETED', object] as const),
      ...objects.map((object) => ['ADDED', object] as const),
    ];
  }

  sawVersion(version: bigint): void {
    if (version > this.#watchedVersion) this.#watchedVersion = version;
  }

  #set(object: T): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before) this.#unlink(key, before);
    this.#objects.set(key, object);
    link(this.#namespaces, [namespaceOf(key)], key);
    for (const { of, keys } of this.#indexes.values()) link(keys, of(object), key);
  }

  #drop(key: ObjectKey, object: T): void {
    this.#objects.delete(key);
    this.#unlink(key, object);
  }

  #unlink(key: ObjectKey, object: T): void {
    unlink(this.#namespaces, [namespaceOf(key)], key);
    for (const { of, keys } of this.#indexes.values()) unlink(keys, of(object), key);
  }

  #resolve(keys: ReadonlySet<ObjectKey> = new Set()): readonly T[] {
    return [...keys].flatMap((key) => this.#objects.get(key) ?? []);
  }
}

/** Resource versions of one kind are ordered integers (KEP-5504); 0 for anything else, which then never hides an event. */
export function toVersion(resourceVersion: string | undefined): bigint {
  return resourceVersion !== undefined && /^\d+$/.test(resourceVersion) ? BigInt(resourceVersion) : 0n;
}

function versionOf(object: KubeObject): bigint {
  return toVersion(object.metadata.resourceVersion);
}

/** They are often half of an object, and nobody here reads them. A PUT without them keeps the server's. */
function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!('managedFields' in object.metadata)) return object;
  const metadata: KubeObject['metadata'] & { managedFields?: unknown } = { ...object.metadata };
  delete metadata.managedFields;
  return { ...object, metadata };
}

function link(index: Map<string, Set<ObjectKey>>, values: readonly string[], key: ObjectKey): void {
  for (const value of values) {
    const keys = index.get(value);
    if (keys) keys.add(key);
    else index.set(value, new Set([key]));
  }
}

function unlink(index: Map<string, Set<ObjectKey>>, values: readonly string[], key: ObjectKey): void {
  for (const value of values) {
    const keys = index.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.delete(value);
  }
}
