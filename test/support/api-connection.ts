import { readFileSync } from 'node:fs';
import { Agent, request, type RequestOptions } from 'node:https';
import { type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';

interface Kubeconfig {
  readonly clusters: readonly [
    { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } },
  ];
  readonly users: readonly [
    {
      readonly user: {
        readonly token?: string;
        readonly 'client-certificate-data'?: string;
        readonly 'client-key-data'?: string;
      };
    },
  ];
}

export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
}

interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  readonly signal?: AbortSignal;
}

/**
 * The thinnest possible client of an API server: what a load generator may cost. Takes the first cluster and user of
 * the kubeconfig, whose certificates are inline.
 */
export class ApiConnection {
  readonly server: URL;
  readonly #options: RequestOptions;

  constructor(kubeconfigPath: string, maxSockets = 64) {
    const { clusters, users } = parse(readFileSync(kubeconfigPath, 'utf8')) as Kubeconfig;
    const { user } = users[0];
    const decode = (base64: string | undefined) => (base64 === undefined ? undefined : Buffer.from(base64, 'base64'));
    this.server = new URL(clusters[0].cluster.server);
    this.#options = {
      hostname: this.server.hostname,
      port: this.server.port,
      agent: new Agent({ keepAlive: true, maxSockets }),
      ca: decode(clusters[0].cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
      headers: user.token === undefined ? {} : { authorization: `Bearer ${user.token}` },
    };
  }

  async send<T>(method: string, path: string, body?: object): Promise<ApiAnswer<T>> {
    const response = await this.#open({ method, path, body });
    const answer = await text(response);
    const isJson = response.headers['content-type']?.includes('json') === true;
    return { status: response.statusCode ?? 0, body: (isJson ? JSON.parse(answer) : answer) as T };
  }

  /** @throws Error with the API server's words unless the answer is 2xx. */
  async must<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.send<T>(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body).slice(0, 500)}`);
  }

  /** Events of one watch request until it ends or is aborted. */
  async *watch(path: string, signal: AbortSignal): AsyncIterable<{ readonly type: string; readonly object: unknown }> {
    const response = await this.#open({ method: 'GET', path, signal });
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      yield JSON.parse(line) as { type: string; object: unknown };
    }
  }

  close(): void {
    (this.#options.agent as Agent).destroy();
  }

  #open({ method, path, body, signal }: ApiRequest): Promise<IncomingMessage> {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = {
      ...(this.#options.headers as Record<string, string>),
      ...(content === undefined ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(content)) }),
    };
    return new Promise((resolve, reject) => {
      const options = { ...this.#options, method, path, headers, ...(signal === undefined ? {} : { signal }) };
      request(options, resolve).on('error', reject).end(content);
    });
  }
}
