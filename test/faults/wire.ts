import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request on its way to a backend, and what became of it. */
export interface Crossing {
  readonly method: string;
  /** Path and query, decoded. */
  readonly path: string;
  /** The decision it carries out, in the words of the backend: id of a run, token of a schedule, path of an object. */
  readonly effect: string | undefined;
  readonly arrivedAtMs: number;
  /** Status of the backend's answer; undefined until there is one, and for ever when there is none. */
  status?: number;
  /** When the client was given the answer; undefined until then, and for ever when it was not. */
  answeredAtMs?: number;
  /** Whether the connection broke instead. */
  isLost?: boolean;
}

/** `lost`: the connection breaks. Before the request is passed on, or after the backend has answered. */
export type Fate = 'on' | 'lost';
export type Stage = 'request' | 'answer';
export type Weather = (crossing: Crossing, stage: Stage) => Fate | Promise<Fate>;

export const fair: Weather = () => 'on';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Stands before a backend, writes down every request and lets the weather decide what gets through. A request that was
 * passed on arrives, even when its client is dead by then.
 */
export class Wire {
  readonly crossings: Crossing[] = [];
  weather: Weather = fair;
  readonly #server: Server;
  readonly #upstream: URL;

  private constructor(upstream: string) {
    this.#upstream = new URL(upstream);
    this.#server = createServer((incoming, outgoing) => {
      void this.#serve(incoming, outgoing);
    });
  }

  static async open(upstream: string): Promise<Wire> {
    const wire = new Wire(upstream);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Whatever fails, a backend that is not there above all, breaks the connection. */
  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: await buffer(incoming) };
    const path = decodeURIComponent(url);
    const crossing: Crossing = { method, path, effect: effectOf(request), arrivedAtMs: performance.now() };
    this.crossings.push(crossing);
    try {
      const answer = await this.#carry(request, crossing);
      if (!outgoing.destroyed) crossing.answeredAtMs = performance.now();
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      crossing.isLost = true;
      outgoing.destroy();
    }
  }

  /** @throws when the connection is to break */
  async #carry(request: Received, crossing: Crossing): Promise<Answer> {
    const meet = async (stage: Stage) => {
      if ((await this.weather(crossing, stage)) === 'lost') throw new Error(`${stage} lost`);
    };
    await meet('request');
    const answer = await this.#ask(request);
    crossing.status = answer.status;
    await meet('answer');
    return answer;
  }

  #ask({ method, url, headers, body }: Received): Promise<Answer> {
    const { hostname, port } = this.#upstream;
    return new Promise((resolve, reject) => {
      const forwarded = httpRequest({ hostname, port, method, path: url, headers }, (answer) => {
        buffer(answer).then((content) => {
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: content });
        }, reject);
      });
      forwarded.once('error', reject).end(body);
    });
  }
}

/** What is written into the description of a schedule, whose id KFP chooses. */
const token = /swarm:[a-z2-7]+/;

/** `/bucket/key`, without what the operator writes to find out how the store behaves. */
const objectPath = /^\/[^/]+\/(?!swarm-probe\/)./;

function effectOf({ method, url, body }: Received): string | undefined {
  const [path = ''] = url.split('?');
  switch (`${method} ${path}`) {
    case 'POST /apis/v2beta1/runs':
      return (JSON.parse(body.toString()) as { run_id: string }).run_id;
    case 'POST /apis/v2beta1/recurringruns':
      return token.exec(body.toString())?.[0];
    default:
      return method === 'PUT' && objectPath.test(path) ? decodeURIComponent(path) : undefined;
  }
}
