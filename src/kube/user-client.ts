import { type Duplex, type Readable } from 'node:stream';
import { type IncomingHttpHeaders } from 'node:http';
import { type RandomSource } from '../base/backoff.ts';
import { type AccessAnswer, type AccessQuestion, canI, serverVersion, type UserInfo, whoAmI } from './access.ts';
import { ApiRequests } from './api-requests.ts';
import { type ClosableKubeClient, clientOver } from './client-node-adapter.ts';
import { type ConnectionSettings } from './connection-settings.ts';
import {
  type KubeObject,
  type LogQuery,
  type ObjectName,
  type RequestOptions,
  type ResourceType,
} from './kube-client.ts';
import { KubeConnection } from './kube-connection.ts';
import { openPortForward, type PortForwardTarget } from './port-forward.ts';
import { objectPath, pathSegment, withQuery } from './resource-path.ts';
import { resourceTypes } from './resource-types.ts';
import { watchObject } from './watch-object.ts';

export interface UserClientOptions extends ConnectionSettings {
  readonly userAgent: string;
  readonly random: RandomSource;
  /** Of requests that do not say it themselves; default 30 s. */
  readonly requestTimeoutMs?: number | undefined;
}

export interface FollowLogQuery extends Omit<LogQuery, 'previous'> {
  readonly sinceSeconds?: number;
}

export interface ProxyRequest {
  readonly namespace: string;
  /** `[https:]name[:port name or number]`. */
  readonly service: string;
  /** With its leading slash and its query. */
  readonly path: string;
  /** The API server takes Authorization for itself. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** What a person's program asks of a cluster, with that person's rights. */
export interface UserClient extends ClosableKubeClient {
  readonly serverUrl: string;
  /** Of the kubeconfig, as is the user's name. */
  readonly contextName: string;
  readonly userName: string | undefined;
  canI(question: AccessQuestion, options?: RequestOptions): Promise<AccessAnswer>;
  whoAmI(options?: RequestOptions): Promise<UserInfo>;
  serverVersion(options?: RequestOptions): Promise<string>;
  /** One object, now and after each change; see watch-object.ts. */
  watchObject<T extends KubeObject>(
    type: ResourceType,
    key: ObjectName,
    signal: AbortSignal,
  ): AsyncIterable<T | 'gone'>;
  /** Lines of a container's log as they are written, until the container ends. */
  followLogs(pod: Required<ObjectName>, query: FollowLogQuery, signal: AbortSignal): AsyncIterable<string>;
  /** See port-forward.ts. */
  openPortForward(target: PortForwardTarget, signal: AbortSignal): Promise<Duplex>;
  /** GET from a Service through the API server. @throws KubeApiError for everything but 2xx, whoever has said it. */
  proxyRequest(request: ProxyRequest, signal: AbortSignal): Promise<ProxyAnswer>;
}

/** @throws TerminalError for a kubeconfig that does not serve. Does not connect yet. */
export function createUserClient(options: UserClientOptions): UserClient {
  const { clock, random, userAgent } = options;
  const connection = new KubeConnection(options);
  const requests = new ApiRequests({ ...options, connection });
  const client = clientOver(connection, requests);
  return {
    ...client,
    serverUrl: connection.serverUrl,
    contextName: connection.contextName,
    userName: connection.userName,
    canI: (question, requestOptions) => canI(requests, question, requestOptions),
    whoAmI: (requestOptions) => whoAmI(requests, requestOptions),
    serverVersion: (requestOptions) => serverVersion(requests, requestOptions),
    watchObject: (type, key, signal) => watchObject({ client, type, key, clock, random, signal }),
    followLogs: (pod, query, signal) => followLogs(requests, { pod, query }, signal),
    openPortForward: (target, signal) => openPortForward({ connection, clock, userAgent }, target, signal),
    proxyRequest: (request, signal) => proxyRequest(requests, request, signal),
  };
}

async function* followLogs(
  requests: ApiRequests,
  { pod, query }: { pod: Required<ObjectName>; query: FollowLogQuery },
  signal: AbortSignal,
): AsyncGenerator<string> {
  const path = withQuery(`${objectPath(resourceTypes.pod, pod)}/log`, { ...query, follow: true });
  yield* requests.stream(path, signal);
}

async function proxyRequest(requests: ApiRequests, request: ProxyRequest, signal: AbortSignal): Promise<ProxyAnswer> {
  const { namespace, service, path, headers } = request;
  const services = `/api/v1/namespaces/${pathSegment(namespace)}/services/${pathSegment(service)}`;
  const body = await requests.openStream({ method: 'GET', path: `${services}/proxy${path}`, headers }, signal);
  return { status: body.statusCode ?? 0, headers: body.headers, body };
}
