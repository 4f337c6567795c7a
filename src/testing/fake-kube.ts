import { canonicalJson } from '../base/digest.ts';
import { type Clock } from '../base/clock.ts';
import {
  type AccountToken,
  type DeleteOptions,
  type KubeClient,
  type KubeObject,
  type ListPage,
  type ListQuery,
  type LogQuery,
  type ObjectName,
  type RequestOptions,
  type ResourceType,
  type TokenQuery,
  type WatchQuery,
} from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import { FakeClock } from './fake-clock.ts';
import {
  alreadyExists,
  apiVersionOf,
  applyMergePatch,
  conflict,
  type NamedKey,
  notFound,
  pathOf,
  requireSameVersion,
  resourceOf,
  sameButVersion,
  type StoredObject,
  wholeSeconds,
} from './fake-kube-objects.ts';
import { FakeWatchHistory } from './fake-watch-history.ts';
import { matchesQuery } from './selector-match.ts';

export type FakeVerb =
  'get' | 'list' | 'create' | 'replace' | 'replaceStatus' | 'mergePatch' | 'delete' | 'watch' | 'logs' | 'requestToken';

export interface FakeRequest {
  readonly verb: FakeVerb;
  readonly plural: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly impersonate?: string;
  readonly dryRun?: boolean;
}

interface FakeCall {
  readonly verb: FakeVerb;
  readonly type: ResourceType;
  readonly key: Partial<NamedKey>;
  readonly options: RequestOptions | undefined;
}

/** What a fault makes of a request: refuse it, or carry it out and lose the answer. */
export interface FakeFault {
  readonly matches: (request: FakeRequest) => boolean;
  readonly error: Error;
  /** The request is executed before the error is thrown, as when a connection breaks before the answer. */
  readonly afterExecution?: boolean;
  /** How many requests it hits; default 1. */
  readonly times?: number;
}

/**
 * An API server in memory, as far as the KubeClient port shows one: versions and conflicts, uid, generation, the status
 * subresource, finalizers, dry run, paging and watches. No validation, admission or garbage collection of owned objects.
 */
export class FakeKube implements KubeClient {
  /** Every request, in order. */
  readonly requests: FakeRequest[] = [];
  readonly #clock: Clock;
  readonly #objects = new Map<string, StoredObject>();
  #tokens = 0;
  readonly #logs = new Map<string, string>();
  readonly #faults: { fault: FakeFault; left: number }[] = [];
  readonly #history = new FakeWatchHistory();
  #uids = 0;

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? new FakeClock();
  }

  // --- what tests prepare and look at -------------------------------------------------------------------------------

  /** Stores an object with its status, as if it had been there all along. */
  seed<T extends KubeObject>(type: ResourceType, object: T): T {
    return this.#store(type, this.#born(type, object));
  }

  /** Writes the status without a version check, as the object's own controller would. */
  setStatus(type: ResourceType, key: ObjectName, status: object): void {
    this.#store(type, { ...this.#existing(type, key), status });
  }

  /** Everything of one kind, sorted by namespace and name. */
  all<T extends KubeObject>(type: ResourceType): T[] {
    return this.#select(type, {}).map((object) => structuredClone(object) as unknown as T);
  }

  setLogs(pod: Required<ObjectName>, container: string, text: string): void {
    this.#logs.set(`${pod.namespace}/${pod.name}/${container}`, text);
  }

  fail(fault: FakeFault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** Ends every open watch, as an API server does when it restarts. */
  dropWatches(): void {
    this.#history.drop();
  }

  /** Forgets old events: a watch from before now is answered with 410. */
  compact(): void {
    this.#history.compact();
  }

  // --- KubeClient ---------------------------------------------------------------------------------------------------

  get<T extends KubeObject>(type: ResourceType, key: ObjectName, options?: RequestOptions): Promise<T | undefined> {
    return this.#request({ verb: 'get', type, key, options }, () => {
      const stored = this.#objects.get(pathOf(type, key));
      return stored && (structuredClone(stored) as unknown as T);
    });
  }

  list<T extends KubeObject>(
    type: ResourceType,
    query: ListQuery = {},
    options?: RequestOptions,
  ): Promise<ListPage<T>> {
    return this.#request({ verb: 'list', type, key: onlyNamespace(query), options }, () => {
      const found = this.#select(type, query);
      const start = Number(query.continueToken ?? 0);
      const end = query.limit === undefined ? found.length : start + query.limit;
      return {
        items: found.slice(start, end).map((object) => structuredClone(object) as unknown as T),
        resourceVersion: String(this.#history.version),
        ...(end < found.length && { continueToken: String(end) }),
      };
    });
  }

  create<T extends KubeObject>(type: ResourceType, object: T, options?: RequestOptions): Promise<T> {
    return this.#request({ verb: 'create', type, key: object.metadata, options }, () => {
      if (this.#objects.has(pathOf(type, object.metadata))) throw alreadyExists(type, object.metadata);
      const born = this.#born(type, object);
      delete (born as { status?: unknown }).status;
      return this.#write(type, born, options);
    });
  }

  replace<T extends KubeObject>(type: ResourceType, object: T, options?: RequestOptions): Promise<T> {
    return this.#request({ verb: 'replace', type, key: object.metadata, options }, () => {
      const before = this.#existing(type, object.metadata);
      requireSameVersion(type, before, object);
      return this.#write(type, this.#merged(before, object) as unknown as T, options);
    });
  }

  replaceStatus<T extends KubeObject>(type: ResourceType, object: T, options?: RequestOptions): Promise<T> {
    return this.#request({ verb: 'replaceStatus', type, key: object.metadata, options }, () => {
      const before = this.#existing(type, object.metadata);
      requireSameVersion(type, before, object);
      const status = structuredClone((object as StoredObject).status);
      return this.#write(type, { ...before, status } as unknown as T, options);
    });
  }

  // eslint-disable-next-line max-params -- the port's own signature
  mergePatch<T extends KubeObject>(
    type: ResourceType,
    key: ObjectName,
    patch: object,
    options?: RequestOptions,
  ): Promise<T> {
    return this.#request({ verb: 'mergePatch', type, key, options }, () => {
      const before = this.#existing(type, key);
      const patched = applyMergePatch(before, structuredClone(patch)) as StoredObject;
      requireSameVersion(type, before, patched);
      return this.#write(type, this.#merged(before, patched) as unknown as T, options);
    });
  }

  delete(type: ResourceType, key: ObjectName, options: DeleteOptions = {}): Promise<void> {
    return this.#request({ verb: 'delete', type, key, options }, () => {
      const stored = this.#objects.get(pathOf(type, key));
      if (!stored) return;
      if (options.uid !== undefined && options.uid !== stored.metadata.uid) {
        throw conflict(type, key, `the UID in the precondition (${options.uid}) does not match`);
      }
      if (options.dryRun) return;
      if ((stored.metadata.finalizers ?? []).length === 0) this.#erase(type, stored);
      else if (!stored.metadata.deletionTimestamp) this.#markDeleted(type, stored);
    });
  }

  async *watch(type: ResourceType, query: WatchQuery, signal: AbortSignal): AsyncIterable<string> {
    await this.#request({ verb: 'watch', type, key: onlyNamespace(query), options: undefined }, () => undefined);
    yield* this.#history.follow(resourceOf(type), query, signal);
  }

  logs(pod: Required<ObjectName>, query: LogQuery, options?: RequestOptions): Promise<string> {
    return this.#request({ verb: 'logs', type: resourceTypes.pod, key: pod, options }, () => {
      const text = this.#logs.get(`${pod.namespace}/${pod.name}/${query.container ?? ''}`);
      if (text === undefined) throw notFound(resourceTypes.pod, pod);
      return query.tailLines === undefined ? text : text.split('\n').slice(-query.tailLines).join('\n');
    });
  }

  /** Counts, so that a renewed token is another one. */
  requestToken(account: Required<ObjectName>, query: TokenQuery, options?: RequestOptions): Promise<AccountToken> {
    return this.#request({ verb: 'requestToken', type: resourceTypes.serviceAccount, key: account, options }, () => ({
      token: `${account.namespace}/${account.name} for ${query.audience} ${(this.#tokens += 1)}`,
      expiresAt: new Date(this.#clock.now().getTime() + query.lifetimeSeconds * 1000),
    }));
  }

  // --- storage ------------------------------------------------------------------------------------------------------

  async #request<T>(call: FakeCall, execute: () => T): Promise<T> {
    await Promise.resolve();
    call.options?.signal?.throwIfAborted();
    const request = describeRequest(call);
    this.requests.push(request);
    const fault = this.#nextFault(request);
    if (fault && !fault.afterExecution) throw fault.error;
    const result = execute();
    if (fault) throw fault.error;
    return result;
  }

  #nextFault(request: FakeRequest): FakeFault | undefined {
    const entry = this.#faults.find(({ fault, left }) => left > 0 && fault.matches(request));
    if (entry) entry.left -= 1;
    return entry?.fault;
  }

  #born<T extends KubeObject>(type: ResourceType, object: T): StoredObject & T {
    if (type.namespaced && !object.metadata.namespace)
      throw new Error(`${type.kind} ${object.metadata.name} lacks a namespace`);
    const copy = structuredClone(object);
    return {
      ...copy,
      apiVersion: apiVersionOf(type),
      kind: type.kind,
      metadata: {
        creationTimestamp: wholeSeconds(this.#clock.now()),
        uid: `00000000-0000-4000-8000-${String(++this.#uids).padStart(12, '0')}`,
        generation: 1,
        ...copy.metadata,
      },
    };
  }

  /** A write to the main resource: identity and status stay, the generation counts changes of the spec. */
  #merged(before: StoredObject, object: KubeObject): StoredObject {
    const { creationTimestamp, uid, generation = 1, deletionTimestamp } = before.metadata;
    const next = structuredClone(object) as StoredObject;
    const changed = canonicalJson(next.spec) !== canonicalJson(before.spec);
    return {
      ...next,
      apiVersion: before.apiVersion,
      kind: before.kind,
      metadata: {
        ...next.metadata,
        uid,
        generation: generation + (changed ? 1 : 0),
        ...(creationTimestamp !== undefined && { creationTimestamp }),
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
      },
      ...(before.status !== undefined && { status: before.status }),
    };
  }

  #write<T extends KubeObject>(type: ResourceType, object: T, options: RequestOptions | undefined): T {
    return options?.dryRun ? structuredClone(object) : this.#store(type, object);
  }

  #store<T extends KubeObject>(type: ResourceType, object: T): T {
    const stored = object as unknown as StoredObject;
    const path = pathOf(type, object.metadata);
    const before = this.#objects.get(path);
    if (before && sameButVersion(before, stored)) return structuredClone(before) as unknown as T;
    if (stored.metadata.deletionTimestamp && (stored.metadata.finalizers ?? []).length === 0) {
      return this.#erase(type, stored) as unknown as T;
    }
    const version = this.#history.nextVersion();
    const next = { ...stored, metadata: { ...stored.metadata, resourceVersion: version } };
    this.#objects.set(path, next);
    this.#history.record(resourceOf(type), { before, after: next });
    return structuredClone(next) as unknown as T;
  }

  #erase(type: ResourceType, object: StoredObject): StoredObject {
    this.#objects.delete(pathOf(type, object.metadata));
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: this.#history.nextVersion() } };
    this.#history.record(resourceOf(type), { before: last, after: undefined });
    return structuredClone(last);
  }

  #markDeleted(type: ResourceType, object: StoredObject): void {
    const deletionTimestamp = wholeSeconds(this.#clock.now());
    this.#store(type, { ...object, metadata: { ...object.metadata, deletionTimestamp } });
  }

  #existing(type: ResourceType, key: NamedKey): StoredObject {
    const stored = this.#objects.get(pathOf(type, key));
    if (!stored) throw notFound(type, key);
    return stored;
  }

  #select(type: ResourceType, query: ListQuery): StoredObject[] {
    const prefix = `${resourceOf(type)}/`;
    return [...this.#objects]
      .filter(([path, object]) => path.startsWith(prefix) && matchesQuery(object, query))
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([, object]) => object);
  }
}

function onlyNamespace(query: ListQuery): Partial<NamedKey> {
  return query.namespace === undefined ? {} : { namespace: query.namespace };
}

function describeRequest({ verb, type, key, options = {} }: FakeCall): FakeRequest {
  const { impersonate, dryRun } = options;
  const fields = { verb, plural: type.plural, name: key.name, namespace: key.namespace, impersonate, dryRun };
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as unknown as FakeRequest;
}
