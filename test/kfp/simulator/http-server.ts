import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { EmptyIdentityError } from './api/access.ts';
import { ApiRequest, RawAnswer } from './api/api-request.ts';
import { type Json } from './api/answers.ts';
import { Router } from './api/router.ts';
import { type Route } from './api/routes.ts';
import { type Fault, type Faults } from './faults.ts';
import { parseQuery } from './protocol/go-text.ts';
import { codes, GatewayError, httpStatusOf, KfpError } from './protocol/kfp-error.ts';

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number | undefined;
}

/** Thrown where the server dies: nobody is answered any more. */
export class ServerDied extends Error {
  override readonly name = 'ServerDied';
}

const jsonType = 'application/json';

/** The REST side of the simulator. */
export class HttpServer {
  readonly #server: Server;
  readonly #router: Router;
  readonly #faults: Faults;
  readonly #onBug: (error: unknown) => void;
  readonly requests: SeenRequest[] = [];
  #isDead = false;

  constructor(routes: readonly Route[], surroundings: { faults: Faults; onBug: (error: unknown) => void }) {
    this.#router = new Router(routes);
    this.#faults = surroundings.faults;
    this.#onBug = surroundings.onBug;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.#onBug(error);
        response.destroy();
      });
    });
  }

  /** @returns the port */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Breaks every connection. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Stops answering at once, in the middle of everything. */
  die(): void {
    this.#isDead = true;
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receivedFrom(request);
    const { method, rawPath: path, query } = received;
    const answer = await this.#outcome(received, response);
    this.requests.push({ method, path, query, status: answer?.status });
    if (answer) send(response, answer, method === 'HEAD');
    else if (this.#isDead) response.destroy();
  }

  /** @returns undefined when the client gets no answer of ours */
  async #outcome(received: Received, response: ServerResponse): Promise<Answer | undefined> {
    const fault = this.#faults.take(received.method, received.rawPath);
    const [before, after] = fault?.afterExecution ? [undefined, fault] : [fault, undefined];
    if (await this.#disturb(before, response)) return undefined;
    const answer = await this.#answer(received);
    if (this.#isDead || (await this.#disturb(after, response))) return undefined;
    return answer;
  }

  /** @returns whether this is the end of the request */
  async #disturb(fault: Fault | undefined, response: ServerResponse): Promise<boolean> {
    if (!fault) return false;
    if (fault.action === 'delay') {
      await this.#faults.delay(fault);
      return false;
    }
    if (fault.action === 'reset') response.destroy();
    if (fault.action === 'status') {
      const { status = 503, retryAfterSeconds } = fault;
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end('upstream trouble\n');
    }
    return true;
  }

  async #answer(request: Received): Promise<Answer | undefined> {
    if (request.rawPath.startsWith('//'))
      return { status: 301, contentType: undefined, body: '', headers: { location: '/' } };
    try {
      return asAnswer(await this.#handle(request));
    } catch (error) {
      if (error instanceof ServerDied) return undefined;
      if (error instanceof EmptyIdentityError) {
        this.die();
        return undefined;
      }
      if (error instanceof KfpError || error instanceof GatewayError) {
        return { status: httpStatusOf(error.code), contentType: jsonType, body: JSON.stringify(error.toJson()) };
      }
      throw error;
    }
  }

  async #handle({ method, rawPath, query, headers, body }: Received): Promise<Json | RawAnswer> {
    try {
      const { handler, path } = this.#router.match(method, decodeURIComponent(rawPath));
      return await handler(new ApiRequest({ headers, body, query: parseQuery(query), path }));
    } catch (error) {
      if (error instanceof URIError) throw new GatewayError(codes.invalidArgument, error.message);
      throw error;
    }
  }
}

async function receivedFrom(request: IncomingMessage): Promise<Received> {
  const [rawPath = '', query = ''] = (request.url ?? '').split(/\?(.*)/su);
  return { method: request.method ?? 'GET', rawPath, query, headers: request.headers, body: await buffer(request) };
}

interface Received {
  readonly method: string;
  readonly rawPath: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function asAnswer(result: Json | RawAnswer): Answer {
  if (result instanceof RawAnswer) return { status: result.status, contentType: result.contentType, body: result.text };
  const headers = { 'grpc-metadata-content-type': 'application/grpc' };
  return { status: 200, contentType: jsonType, body: JSON.stringify(result), headers };
}

function send(response: ServerResponse, answer: Answer, isHead: boolean): void {
  const headers = {
    ...(answer.contentType !== undefined && { 'content-type': answer.contentType }),
    ...answer.headers,
    'content-length': String(Buffer.byteLength(answer.body)),
  };
  response.writeHead(answer.status, headers).end(isHead ? undefined : answer.body);
}
