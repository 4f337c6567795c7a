import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import { Agent as HttpAgent } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { type Clock } from '../base/clock.ts';
import { messageOf, TerminalError } from '../base/errors.ts';

export interface ConnectionSettings {
  /** Absent: KUBECONFIG, ~/.kube/config, or the ServiceAccount of the pod, in this order. */
  readonly kubeconfig?: string | undefined;
  /** Absent: the current context. */
  readonly context?: string | undefined;
  readonly clock: Clock;
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/** Idle connections are closed before a load balancer or the API server does. */
const idleSocketMs = 45_000;
/** Tokens of ServiceAccounts and exec plugins are renewed on disk or by the plugin; this is how stale ours may be. */
const credentialsMs = 30_000;
const keepAliveProbeMs = 20_000;

/** TLS material and what else `KubeConfig` knows about reaching the API server. */
interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: HttpAgent;
  readonly readMs: number;
}

/**
 * Connections to the API server. Who we are and whom we trust comes from client-node; the transport is ours, because
 * client-node 2 reads the certificates and opens a connection anew for every single request.
 */
export class KubeConnection {
  readonly #config: KubeConfig;
  readonly #clock: Clock;
  readonly #server: URL;
  #credentials: Promise<Credentials> | undefined;
  #expired = false;
  #tlsFingerprint = '';
  #agent: HttpAgent | undefined;

  constructor(settings: ConnectionSettings) {
    this.#clock = settings.clock;
    this.#config = loadConfig(settings);
    const cluster = this.#config.getCurrentCluster();
    if (!cluster) throw new TerminalError('NoCluster', 'the kubeconfig has no current context, or it names no cluster');
    this.#server = new URL(cluster.server);
  }

  /** The namespace of the context: of the pod, when in a cluster. */
  get namespace(): string | undefined {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace;
  }

  /** Name or address of the API server. */
  get serverHost(): string {
    return this.#server.hostname.replace(/^\[|\]$/g, '');
  }

  /** The answer as soon as its headers are there. @throws what the socket or the signal throws. */
  async open({ method, path, headers, body, signal }: HttpRequest): Promise<IncomingMessage> {
    const credentials = await this.#currentCredentials();
    signal.throwIfAborted();
    const { port, protocol, pathname } = this.#server;
    const options: RequestOptions = {
      hostname: this.serverHost,
      port: port || (protocol === 'https:' ? 443 : 80),
      method,
      path: pathname === '/' ? path : pathname.replace(/\/$/, '') + path,
      headers: { ...credentials.headers, ...headers, ...lengthOf(body) },
      agent: credentials.agent,
    };
    const start = protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const request = start(options, resolve);
      const stop = () => request.destroy(signal.reason as Error);
      request.once('error', reject);
      request.once('close', () => {
        signal.removeEventListener('abort', stop);
      });
      signal.addEventListener('abort', stop, { once: true });
      request.end(body);
    });
  }

  /** The server did not accept them: read them again before the next request. */
  renewCredentials(): void {
    this.#expired = true;
  }

  close(): void {
    this.#agent?.destroy();
  }

  async #currentCredentials(): Promise<Credentials> {
    const known = await this.#credentials;
    const isFresh = known && !this.#expired && this.#clock.monotonicMs() - known.readMs < credentialsMs;
    if (isFresh) return known;
    this.#expired = false;
    this.#credentials = this.#readCredentials();
    this.#credentials.catch(() => {
      this.#credentials = undefined;
    });
    return this.#credentials;
  }

  async #readCredentials(): Promise<Credentials> {
    const options: RequestOptions & AgentOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const { ca, cert, key, servername, rejectUnauthorized } = options;
    const tls = definedOnly({ ca, cert, key, servername, rejectUnauthorized });
    const authorization = options.auth
      ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` }
      : {};
    return {
      headers: { ...authorization, ...(options.headers as Record<string, string> | undefined) },
      agent: this.#agentFor(tls, options.agent as HttpAgent),
      readMs: this.#clock.monotonicMs(),
    };
  }

  /** One pool of kept-alive connections until the certificates change. A proxy's agent is client-node's own. */
  #agentFor(tls: AgentOptions, fromConfig: HttpAgent): HttpAgent {
    if (this.#config.getCurrentCluster()?.proxyUrl) return fromConfig;
    const fingerprint = JSON.stringify(tls);
    if (this.#agent && fingerprint === this.#tlsFingerprint) return this.#agent;
    this.#tlsFingerprint = fingerprint;
    const pool = {
      keepAlive: true,
      keepAliveMsecs: keepAliveProbeMs,
      timeout: idleSocketMs,
      scheduling: 'lifo' as const,
    };
    this.#agent = this.#server.protocol === 'https:' ? new HttpsAgent({ ...pool, ...tls }) : new HttpAgent(pool);
    return this.#agent;
  }
}

function loadConfig({ kubeconfig, context }: ConnectionSettings): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    const where = kubeconfig ?? 'the default places';
    throw new TerminalError('InvalidKubeconfig', `cannot read the kubeconfig from ${where}: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (context === undefined) return config;
  if (!config.getContextObject(context)) {
    const names = config.getContexts().map(({ name }) => name);
    throw new TerminalError(
      'NoContext',
      `the kubeconfig has no context ${context}; it has ${names.join(', ') || 'none'}`,
    );
  }
  config.setCurrentContext(context);
  return config;
}

function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

function definedOnly<T extends object>(fields: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const defined = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return defined as { [Name in keyof T]: Exclude<T[Name], undefined> };
}
