import { type Metrics } from '../base/metrics.ts';
import { ApiRequests } from './api-requests.ts';
import { isNotFound } from './errors.ts';
import {
  type AccountToken,
  type KubeClient,
  type KubeObject,
  type RequestOptions,
  type ResourceType,
  type TokenQuery,
} from './kube-client.ts';
import { type ConnectionSettings } from './connection-settings.ts';
import { KubeConnection } from './kube-connection.ts';
import { collectionPath, objectPath, type QueryParameters, withQuery } from './resource-path.ts';
import { resourceTypes } from './resource-types.ts';

export interface KubeClientOptions extends ConnectionSettings {
  readonly metrics?: Metrics | undefined;
  /** Name and version, for example `swarm-operator/0.1.0`; the name shows up as manager in managedFields. */
  readonly userAgent: string;
  /** Of requests that do not say it themselves; default 30 s. */
  readonly requestTimeoutMs?: number | undefined;
}

export interface ClosableKubeClient extends KubeClient {
  /** The namespace of the kubeconfig's context; in a pod, its own. */
  readonly defaultNamespace: string | undefined;
  /** Name or address of the API server. */
  readonly serverHost: string;
  /** Closes idle connections, so that the process can end. */
  close(): void;
}

interface ListAnswer<T> {
  readonly items: readonly T[] | null;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

/** @throws TerminalError when the kubeconfig cannot be read or names no cluster. Does not connect yet. */
export function createKubeClient(options: KubeClientOptions): ClosableKubeClient {
  const connection = new KubeConnection(options);
  return clientOver(connection, new ApiRequests({ ...options, connection }), options.metrics);
}

/** For those who have more to ask of the same connection. */
export function clientOver(connection: KubeConnection, requests: ApiRequests, metrics?: Metrics): ClosableKubeClient {
  return {
    ...readsOf(requests),
    ...writesOf(requests, metrics),
    requestToken: (account, query, options) => requestToken(requests, { account, query, options }),
    defaultNamespace: connection.namespace,
    serverHost: connection.serverHost,
    close: () => {
      connection.close();
    },
  };
}

function readsOf(requests: ApiRequests): Pick<KubeClient, 'get' | 'list' | 'watch' | 'logs'> {
  return {
    async get(type, key, options) {
      try {
        const text = await requests.send({ method: 'GET', path: objectPath(type, key), options });
        return JSON.parse(text) as KubeObject as never;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async list(type, query = {}, options) {
      const { namespace, labelSelector, fieldSelector, limit, resourceVersion } = query;
      const parameters = { labelSelector, fieldSelector, limit, resourceVersion, continue: query.continueToken };
      const path = withQuery(collectionPath(type, namespace), parameters);
      const { items, metadata } = JSON.parse(
        await requests.send({ method: 'GET', path, options }),
      ) as ListAnswer<never>;
      return {
        items: (items ?? []).map((item) => withType(type, item)),
        resourceVersion: metadata.resourceVersion,
        ...(metadata.continue && { continueToken: metadata.continue }),
      };
    },
    watch(type, { namespace, ...query }, signal) {
      const parameters = { watch: true, allowWatchBookmarks: true, ...query };
      return requests.stream(withQuery(collectionPath(type, namespace), parameters), signal);
    },
    logs(pod, query, options) {
      const path = withQuery(`${objectPath(resourceTypes.pod, pod)}/log`, { ...query });
      return requests.send({ method: 'GET', path, options });
    },
  };
}

type Writes = Pick<KubeClient, 'create' | 'replace' | 'replaceStatus' | 'mergePatch' | 'delete'>;

function writesOf(requests: ApiRequests, metrics: Metrics | undefined): Writes {
  const write = async <T>(target: Target, call: Parameters<ApiRequests['send']>[0]): Promise<T> => {
    const text = await requests.send({ ...call, path: withQuery(call.path, dryRunOf(call.options)) });
    const { type, verb, subresource = '' } = target;
    if (!call.options?.dryRun) metrics?.apiWritesTotal.inc({ resource: type.plural + subresource, verb });
    return JSON.parse(text) as T;
  };
  return {
    create: (type, object, options) =>
      write(
        { type, verb: 'create' },
        {
          method: 'POST',
          path: collectionPath(type, object.metadata.namespace),
          body: withType(type, object),
          options,
        },
      ),
    replace: (type, object, options) =>
      write(
        { type, verb: 'update' },
        { method: 'PUT', path: objectPath(type, object.metadata), body: withType(type, object), options },
      ),
    replaceStatus: (type, object, options) =>
      write(
        { type, verb: 'update', subresource: '/status' },
        { method: 'PUT', path: `${objectPath(type, object.metadata)}/status`, body: withType(type, object), options },
      ),
    // eslint-disable-next-line max-params -- the port's own signature
    mergePatch: (type, key, patch, options) =>
      write({ type, verb: 'patch' }, { method: 'PATCH', path: objectPath(type, key), body: patch, options }),
    async delete(type, key, options) {
      const { uid, propagation } = options ?? {};
      const body = {
        ...(uid !== undefined && { preconditions: { uid } }),
        ...(propagation !== undefined && { propagationPolicy: propagation }),
      };
      try {
        await write({ type, verb: 'delete' }, { method: 'DELETE', path: objectPath(type, key), body, options });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    },
  };
}

interface TokenRequest {
  readonly account: Parameters<KubeClient['requestToken']>[0];
  readonly query: TokenQuery;
  readonly options: RequestOptions | undefined;
}

async function requestToken(requests: ApiRequests, { account, query, options }: TokenRequest): Promise<AccountToken> {
  const text = await requests.send({
    method: 'POST',
    path: `${objectPath(resourceTypes.serviceAccount, account)}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [query.audience], expirationSeconds: query.lifetimeSeconds },
    },
    options,
  });
  const { status } = JSON.parse(text) as { status: { token: string; expirationTimestamp: string } };
  return { token: status.token, expiresAt: new Date(status.expirationTimestamp) };
}

interface Target {
  readonly type: ResourceType;
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly subresource?: '/status';
}

function dryRunOf(options: { readonly dryRun?: boolean } | undefined): QueryParameters {
  return options?.dryRun ? { dryRun: 'All' } : {};
}

/** Items of a list of a built-in kind come without their apiVersion and kind. */
function withType<T extends KubeObject>(type: ResourceType, object: T): T {
  if (object.apiVersion !== undefined && object.kind !== undefined) return object;
  const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
  return { ...object, apiVersion, kind: type.kind };
}
