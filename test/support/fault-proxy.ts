import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Agent, type AgentOptions, request as httpsRequest, type RequestOptions } from 'node:https';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ProxiedWatch } from './proxied-watch.ts';

export interface ProxiedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly isWatch: boolean;
}

export type Fault =
  /** The connection breaks before the request reaches the API server. */
  | { readonly kind: 'reset' }
  /** The API server carries the request out; its answer never arrives: execute and time out. */
  | { readonly kind: 'drop-reply' }
  /** Nothing ever comes back, and nobody closes the connection. */
  | { readonly kind: 'freeze' }
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface FaultRule {
  readonly when: (request: ProxiedRequest) => boolean;
  readonly fault: Fault;
  /** How many requests it hits; default 1. */
  readonly times?: number;
}

interface Upstream {
  readonly url: URL;
  readonly trust: AgentOptions;
  readonly identity: AgentOptions;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Stands between a client and a real API server and misbehaves on request. Plain HTTP on loopback towards the client; a
 * client that brings a token acts with it, any other with the rights of the kubeconfig the proxy was started with.
 */
export class FaultProxy {
  /** Every request that arrived, in order. */
  readonly requests: ProxiedRequest[] = [];
  /** How many of them met a fault. */
  faultCount = 0;
  readonly #server: Server;
  readonly #upstream: Upstream;
  readonly #asItself: Agent;
  readonly #asClient: Agent;
  readonly #rules = new Set<{ rule: FaultRule; left: number }>();
  readonly #watches = new Set<ProxiedWatch>();

  private constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#asItself = new Agent({ keepAlive: true, ...upstream.trust, ...upstream.identity });
    this.#asClient = new Agent({ keepAlive: true, ...upstream.trust });
    this.#server = createServer((request, response) => {
      this.#serve(request, response);
    });
  }

  static async start(kubeconfigPath: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(readUpstream(kubeconfigPath));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Path of a kubeconfig that leads through the proxy, with the proxy's own rights or those of a token. */
  writeKubeconfig(token?: string): string {
    const path = join(mkdtempSync(join(tmpdir(), 'swarm-fault-proxy-')), 'kubeconfig');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'proxy', cluster: { server: this.url, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'client', user: token === undefined ? {} : { token } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'client' } }],
      'current-context': 'proxy',
    };
    writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
    return path;
  }

  /** @returns a function that takes the rule back. */
  inject(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? 1 };
    this.#rules.add(entry);
    return () => {
      this.#rules.delete(entry);
    };
  }

  /** Open watches whose path contains the text, for example `/configmaps`. */
  watches(pathPart = ''): readonly ProxiedWatch[] {
    return [...this.#watches].filter((watch) => watch.isOpen && watch.path.includes(pathPart));
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
    this.#asItself.destroy();
    this.#asClient.destroy();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    const proxied: ProxiedRequest = {
      method: request.method ?? 'GET',
      path,
      isWatch: /[?&]watch=true(&|$)/.test(path),
    };
    this.requests.push(proxied);
    const fault = this.#nextFault(proxied);
    if (fault?.kind === 'reset') response.destroy();
    else if (fault?.kind === 'refuse') response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    else if (fault?.kind !== 'freeze') this.#forward({ request, response, proxied, dropReply: fault !== undefined });
  }

  #nextFault(request: ProxiedRequest): Fault | undefined {
    for (const entry of this.#rules) {
      if (entry.left <= 0 || !entry.rule.when(request)) continue;
      entry.left -= 1;
      this.faultCount += 1;
      return entry.rule.fault;
    }
    return undefined;
  }

  #forward(exchange: {
    request: IncomingMessage;
    response: ServerResponse;
    proxied: ProxiedRequest;
    dropReply: boolean;
  }): void {
    const { request, response, proxied, dropReply } = exchange;
    const { url, headers } = this.#upstream;
    const bringsToken = request.headers.authorization !== undefined;
    const options: RequestOptions = {
      hostname: url.hostname,
      port: url.port,
      method: proxied.method,
      path: proxied.path,
      headers: { ...request.headers, host: url.host, ...(bringsToken ? {} : headers) },
      agent: bringsToken ? this.#asClient : this.#asItself,
    };
    const upstream = httpsRequest(options, (answer) => {
      if (dropReply) {
        answer.resume().once('end', () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!proxied.isWatch || answer.statusCode !== 200) {
        answer.pipe(response);
        return;
      }
      response.flushHeaders();
      const watch = new ProxiedWatch(proxied.path, { answer, response });
      this.#watches.add(watch);
      response.once('close', () => this.#watches.delete(watch));
    });
    upstream.once('error', () => response.destroy());
    response.once('close', () => upstream.destroy());
    request.pipe(upstream);
  }
}

interface Kubeconfig {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

/** Takes the first cluster and user, whose certificates are inline. */
function readUpstream(kubeconfigPath: string): Upstream {
  const { clusters, users } = parse(readFileSync(kubeconfigPath, 'utf8')) as Kubeconfig;
  const { cluster } = clusters[0];
  const { user } = users[0];
  const decode = (base64: string | undefined) => (base64 === undefined ? undefined : Buffer.from(base64, 'base64'));
  return {
    url: new URL(cluster['server'] ?? ''),
    trust: { ca: decode(cluster['certificate-authority-data']) },
    identity: { cert: decode(user['client-certificate-data']), key: decode(user['client-key-data']) },
    headers: user['token'] === undefined ? {} : { authorization: `Bearer ${user['token']}` },
  };
}
