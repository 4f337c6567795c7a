import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../base/clock.ts';
import { writeFaultyReply } from './fake-openai-faults.ts';
import { chunksOf, type FakeReply } from './fake-openai-reply.ts';

/** The body of a chat completion request, as far as scripts look at it. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } & Record<string, unknown> }[];
  readonly [member: string]: unknown;
}

export interface FakeOpenAiOptions {
  /**
   * A function, or a list. Of a list, an entry with `when` answers every request it matches; the others are used up in
   * order. A request without a reply is answered with status 500, so that a test notices.
   */
  readonly script: readonly FakeReply[] | ((request: ChatRequest, position: number) => FakeReply);
  /** Answers what the list does not. */
  readonly fallback?: FakeReply;
  /** Before the first byte of every reply. Default 0. */
  readonly latencyMs?: number;
  /** When given, other keys are answered with 401. */
  readonly apiKey?: string;
  /** Names that are served; when given, others are answered with 404. */
  readonly models?: readonly string[];
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
}

export interface ReceivedRequest {
  readonly body: ChatRequest;
  readonly headers: IncomingMessage['headers'];
}

export interface FakeOpenAiServer {
  /** For example `http://127.0.0.1:4711/v1`. */
  readonly baseURL: string;
  readonly requests: readonly ReceivedRequest[];
  stop(): Promise<void>;
}

/** An OpenAI-compatible server (chat completions as a stream, model list) that follows a script. */
export async function startFakeOpenAiServer(options: FakeOpenAiOptions): Promise<FakeOpenAiServer> {
  const requests: ReceivedRequest[] = [];
  const choose = replyChooser(options);
  const server = createServer((request, response) => {
    // A client that hangs up in the middle of a reply is part of the scripts.
    serve({ request, response, options, requests, choose }).catch(() => response.destroy());
  });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    baseURL: `http://${address}:${port}/v1`,
    requests,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

type ReplyChooser = (request: ChatRequest) => FakeReply;

function replyChooser({ script, fallback }: FakeOpenAiOptions): ReplyChooser {
  let position = 0;
  if (typeof script === 'function') return (request) => script(request, position++);
  const ordered = script.filter((reply) => reply.when === undefined);
  const missing: FakeReply = {
    fault: { kind: 'status', status: 500, body: '{"error":{"message":"No scripted reply."}}' },
  };
  return (request) => script.find((reply) => matches(reply, request)) ?? ordered[position++] ?? fallback ?? missing;
}

function matches({ when }: FakeReply, request: ChatRequest): boolean {
  if (when === undefined) return false;
  const last = request.messages.at(-1);
  const offered = (request.tools ?? []).map((tool) => tool.function.name);
  const holds = [
    when.lastRole === undefined || when.lastRole === last?.role,
    when.lastContains === undefined || last?.content?.includes(when.lastContains),
    when.offers === undefined || offered.includes(when.offers),
  ];
  return holds.every(Boolean);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly options: FakeOpenAiOptions;
  readonly requests: ReceivedRequest[];
  readonly choose: ReplyChooser;
}

async function serve({ request, response, options, requests, choose }: Exchange): Promise<void> {
  if (options.apiKey !== undefined && request.headers.authorization !== `Bearer ${options.apiKey}`) {
    sendError(response, 401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' });
  } else if (request.method === 'GET' && request.url === '/v1/models') {
    const data = (options.models ?? ['fake-model']).map((id) => ({ id, object: 'model' }));
    sendJson(response, 200, { object: 'list', data });
  } else if (request.method === 'POST' && request.url === '/v1/chat/completions') {
    const body = JSON.parse(await textOf(request)) as ChatRequest;
    requests.push({ body, headers: request.headers });
    await complete({ response, body, options, reply: choose(body) });
  } else {
    sendError(response, 404, { message: `No such route: ${request.url ?? ''}` });
  }
}

interface Completion {
  readonly response: ServerResponse;
  readonly body: ChatRequest;
  readonly options: FakeOpenAiOptions;
  readonly reply: FakeReply;
}

async function complete({ response, body, options, reply }: Completion): Promise<void> {
  await systemClock.sleep(reply.latencyMs ?? options.latencyMs ?? 0);
  if (options.models !== undefined && !options.models.includes(body.model)) {
    sendError(response, 404, { message: `The model ${body.model} does not exist.`, code: 'model_not_found' });
    return;
  }
  if (reply.fault !== undefined) {
    await writeFaultyReply(response, reply, reply.fault);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
  for (const chunk of chunksOf(reply)) {
    if (reply.intervalMs !== undefined) await systemClock.sleep(reply.intervalMs);
    response.write(chunk);
  }
  response.end();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function sendError(response: ServerResponse, status: number, error: { message: string; code?: string }): void {
  sendJson(response, status, { error: { type: 'invalid_request_error', param: null, ...error } });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
