import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * - `lose-answer`: the store carries the request out, and its answer never arrives.
 * - `lose-request`: the connection breaks before the store sees anything.
 * - `cut-answer`: half of the content arrives, then the connection breaks.
 */
export type Trouble = 'lose-answer' | 'lose-request' | 'cut-answer';

interface ProxySettings {
  readonly upstream: string;
  /** Speaks TLS with these. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Stands before a real store and misbehaves when told to. Signatures stay right, because the host is passed on. */
export class TroublesomeProxy {
  readonly #server: Server;
  readonly #secure: boolean;
  #trouble: { readonly trouble: Trouble; readonly method: string } | undefined;

  constructor({ upstream, tls }: ProxySettings) {
    const { hostname, port } = new URL(upstream);
    const handle = (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const trouble = this.#next(incoming.method ?? '');
      if (trouble === 'lose-request') {
        incoming.socket.destroy();
        return;
      }
      const { method, url, headers } = incoming;
      const forwarded = httpRequest({ hostname, port, method, path: url, headers }, (answer) => {
        if (trouble === 'lose-answer') {
          answer.resume();
          answer.on('end', () => incoming.socket.destroy());
          return;
        }
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        if (trouble === 'cut-answer')
          answer.once('data', (chunk: Buffer) => {
            outgoing.write(chunk.subarray(0, Math.ceil(chunk.byteLength / 2)), () => incoming.socket.destroy());
            answer.destroy();
          });
        else answer.pipe(outgoing);
      });
      forwarded.on('error', () => incoming.socket.destroy());
      outgoing.on('close', () => forwarded.destroy());
      incoming.pipe(forwarded);
    };
    this.#secure = tls !== undefined;
    this.#server = tls ? createTlsServer(tls, handle) : createServer(handle);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next request of this method meets the trouble. */
  arrange(method: string, trouble: Trouble): void {
    this.#trouble = { method, trouble };
  }

  #next(method: string): Trouble | undefined {
    if (this.#trouble?.method !== method) return undefined;
    const { trouble } = this.#trouble;
    this.#trouble = undefined;
    return trouble;
  }
}
