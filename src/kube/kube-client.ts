/** The narrow port to the Kubernetes API that everything of ours uses; `client-node-adapter.ts` fulfils it. */
export interface KubeClient {
  /** @returns undefined when the object does not exist. */
  get<T extends KubeObject>(type: ResourceType, key: ObjectName, options?: RequestOptions): Promise<T | undefined>;
  list<T extends KubeObject>(type: ResourceType, query?: ListQuery, options?: RequestOptions): Promise<ListPage<T>>;
  /** @throws KubeApiError with `reason` AlreadyExists (409) when the name is taken. */
  create<T extends KubeObject>(type: ResourceType, object: T, options?: RequestOptions): Promise<T>;
  /** PUT with the object's resourceVersion. @throws KubeApiError with `reason` Conflict (409) when it is stale. */
  replace<T extends KubeObject>(type: ResourceType, object: T, options?: RequestOptions): Promise<T>;
  /** PUT …/status with the object's resourceVersion: the compare-and-swap of the journal. */
  replaceStatus<T extends KubeObject>(type: ResourceType, object: T, options?: RequestOptions): Promise<T>;
  /** JSON merge patch (RFC 7386). Include metadata.resourceVersion in the patch to make it conditional. */
  mergePatch<T extends KubeObject>(
    type: ResourceType,
    key: ObjectName,
    patch: object,
    options?: RequestOptions,
  ): Promise<T>;
  /** Absent objects are fine: the goal is that it is gone. */
  delete(type: ResourceType, key: ObjectName, options?: DeleteOptions): Promise<void>;
  /** Raw lines of one watch request until the server ends it; the loop around it is src/kube/watch.ts. */
  watch(type: ResourceType, query: WatchQuery, signal: AbortSignal): AsyncIterable<string>;
  /** Text of a container's log. */
  logs(pod: Required<ObjectName>, query: LogQuery, options?: RequestOptions): Promise<string>;
  /** A short-lived token of a ServiceAccount (TokenRequest API). */
  requestToken(account: Required<ObjectName>, query: TokenQuery, options?: RequestOptions): Promise<AccountToken>;
}

export interface ResourceType {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface ObjectName {
  readonly namespace?: string;
  readonly name: string;
}

export interface KubeObject {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  };
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Acts as this user, for example `system:serviceaccount:team-a:swarm-runner`. */
  readonly impersonate?: string;
  readonly dryRun?: boolean;
  /** Total time of the request; default 30 s. */
  readonly timeoutMs?: number;
}

export interface DeleteOptions extends RequestOptions {
  /** Deletes only this very object. */
  readonly uid?: string;
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
}

export interface ListQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continueToken?: string;
  /** `0`: any version the API server has in its cache. */
  readonly resourceVersion?: string;
}

export interface WatchQuery extends Pick<ListQuery, 'namespace' | 'labelSelector' | 'fieldSelector'> {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
}

export interface ListPage<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continueToken?: string;
}

export interface TokenQuery {
  /** Who the token is for; others must not accept it. */
  readonly audience: string;
  /** At least 600; the API server may give less or more. */
  readonly lifetimeSeconds: number;
}

export interface AccountToken {
  readonly token: string;
  readonly expiresAt: Date;
}

export interface LogQuery {
  readonly container?: string;
  readonly tailLines?: number;
  readonly limitBytes?: number;
  readonly previous?: boolean;
}
