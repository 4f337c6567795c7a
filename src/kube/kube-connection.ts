import { type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import { Agent as HttpAgent } from 'node:http';
import { type KubeConfig } from '@kubernetes/client-node';
import { type Clock } from '../base/clock.ts';
import { type ConnectionSettings, type Impersonation } from './connection-settings.ts';
import { definedOnly } from './defined-only.ts';
import { loadKubeconfig } from './kubeconfig.ts';

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
  readonly #settings: ConnectionSettings;
  readonly #server: URL;
  #credentials: Promise<Credentials> | undefined;
  #expired = false;
  #tlsFingerprint = '';
  #agent: HttpAgent | undefined;

  constructor(settings: ConnectionSettings) {
    this.#clock = settings.clock;
    this.#settings = settings;
    this.#config = loadKubeconfig(settings);
    this.#server = new URL(this.#config.getCurrentCluster()?.server ?? '');
  }

  get contextName(): string {
    return this.#config.getCurrentContext();
  }

  /** Name of the user in the kubeconfig, which need not be what the API server calls them. */
  get userName(): string | undefined {
    return this.#config.getCurrentUser()?.name;
  }

  get serverUrl(): string {
    return this.#server.href.replace(/\/$/, '');
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
    const options = await this.requestOptions(path, { ...headers, ...lengthOf(body) });
    signal.throwIfAborted();
    const start = this.isSecure ? httpsRequest : httpRequest;
    const startMs = this.#clock.monotonicMs();
    return new Promise((resolve, reject) => {
      let status = 0;
      const request = start({ ...options, method }, (response) => {
        status = response.statusCode ?? 0;
        this.noteRequest({ method, path, status, startMs });
        resolve(response);
      });
      const stop = () => request.destroy(signal.reason as Error);
      request.once('error', (error) => {
        if (status === 0) this.noteRequest({ method, path, status, startMs });
        reject(error);
      });
      request.once('close', () => {
        signal.removeEventListener('abort', stop);
      });
      signal.addEventListener('abort', stop, { once: true });
      request.end(body);
    });
  }

  get isSecure(): boolean {
    return this.#server.protocol === 'https:';
  }

  /** How to reach a path of the API server as the one we are. */
  async requestOptions(path: string, headers: OutgoingHttpHeaders): Promise<RequestOptions> {
    const credentials = await this.#currentCredentials();
    const { port, pathname } = this.#server;
    const impersonation = headers['impersonate-user'] === undefined ? headersOf(this.#settings.impersonate) : {};
    return {
      hostname: this.serverHost,
      port: port || (this.isSecure ? 443 : 80),
      path: pathname === '/' ? path : pathname.replace(/\/$/, '') + path,
      headers: { ...credentials.headers, ...impersonation, ...headers },
      agent: credentials.agent,
    };
  }

  noteRequest({ startMs, path, ...record }: { method: string; path: string; status: number; startMs: number }): void {
    const durationMs = this.#clock.monotonicMs() - startMs;
    this.#settings.onRequest?.({ ...record, url: this.serverUrl + path, durationMs });
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
    this.#agent = this.isSecure ? new HttpsAgent({ ...pool, ...tls }) : new HttpAgent(pool);
    return this.#agent;
  }
}

function headersOf(impersonate: Impersonation | undefined): OutgoingHttpHeaders {
  if (!impersonate) return {};
  const { user, groups = [], uid } = impersonate;
  return {
    'impersonate-user': user,
    ...(groups.length > 0 && { 'impersonate-group': [...groups] }),
    ...(uid !== undefined && { 'impersonate-uid': uid }),
  };
}

function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}
