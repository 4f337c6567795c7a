import { type IncomingMessage } from 'node:http';
import { type Clock } from '../base/clock.ts';
import { type Metrics } from '../base/metrics.ts';
import { type Answer, answerError, connectionError, timeoutError } from './answer-error.ts';
import { KubeApiError } from './errors.ts';
import { type RequestOptions } from './kube-client.ts';
import { type KubeConnection } from './kube-connection.ts';
import { linesOf } from './lines.ts';

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object | undefined;
  /** In addition to those of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly options?: RequestOptions | undefined;
}

export interface ApiRequestsOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly metrics?: Metrics | undefined;
  readonly userAgent: string;
  /** Of requests that do not say it themselves; default 30 s. */
  readonly requestTimeoutMs?: number | undefined;
}

const defaultTimeoutMs = 30_000;
/** When a 429 does not say how long. */
const defaultRetryAfterMs = 1_000;

/** Requests with a deadline; repeats those that were certainly not executed, as long as the deadline allows. */
export class ApiRequests {
  readonly #options: ApiRequestsOptions;

  constructor(options: ApiRequestsOptions) {
    this.#options = options;
  }

  /** @throws KubeApiError for everything but 2xx; the reason of the caller's signal when that has fired. */
  async send(call: ApiCall): Promise<string> {
    const { clock } = this.#options;
    const deadline = new Deadline(clock, { timeoutMs: this.#options.requestTimeoutMs, ...call.options });
    try {
      for (let tries = 1; ; tries++) {
        const error = await this.#try(call, deadline.signal);
        if (typeof error === 'string') return error;
        const pauseMs = this.#pauseBeforeRepeat(error, { call, tries });
        if (pauseMs === undefined || pauseMs > deadline.leftMs) throw error;
        await clock.sleep(pauseMs, deadline.signal);
      }
    } finally {
      deadline.end();
    }
  }

  /** Lines of an answer that goes on until the server or the signal ends it. */
  async *stream(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const response = await this.openStream({ method: 'GET', path }, signal);
    try {
      yield* linesOf(response);
    } catch (error) {
      throw signal.aborted ? signal.reason : connectionError(error);
    } finally {
      response.destroy();
    }
  }

  /** A good answer as soon as its headers are there; the signal ends its body. @throws KubeApiError for everything but 2xx. */
  async openStream(call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.#open(call, signal);
    const status = response.statusCode ?? 0;
    this.#count(call, status);
    if (status === 401) this.#options.connection.renewCredentials();
    if (status >= 300) throw await this.#refusal(response, signal);
    return response;
  }

  /** @returns the text of a good answer, or why there is none. */
  async #try(call: ApiCall, signal: AbortSignal): Promise<string | KubeApiError> {
    let answer: Answer;
    try {
      const response = await this.#open(call, signal);
      answer = await readAnswer(response);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      this.#count(call, 0);
      return error instanceof KubeApiError ? error : connectionError(error);
    }
    this.#count(call, answer.status);
    return answer.status < 300 ? answer.text : answerError(answer, this.#options.clock.now());
  }

  async #open(call: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, path, body, options = {} } = call;
    const common = { accept: 'application/json', 'user-agent': this.#options.userAgent };
    const headers: Record<string, string> = { ...common, ...call.headers };
    if (body) headers['content-type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    if (options.impersonate !== undefined) headers['impersonate-user'] = options.impersonate;
    const text = body && JSON.stringify(body);
    try {
      return await this.#options.connection.open({ method, path, headers, body: text, signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : connectionError(error);
    }
  }

  async #refusal(response: IncomingMessage, signal: AbortSignal): Promise<unknown> {
    try {
      return answerError(await readAnswer(response), this.#options.clock.now());
    } catch (error) {
      return signal.aborted ? signal.reason : connectionError(error);
    }
  }

  /** 429 and 401 are answered before anything is executed; a GET may be repeated when its kept-alive connection was dead. */
  #pauseBeforeRepeat(error: KubeApiError, { call, tries }: { call: ApiCall; tries: number }): number | undefined {
    if (error.status === 429) return error.retryAfterMs ?? defaultRetryAfterMs;
    if (tries > 1) return undefined;
    if (error.status === 401) {
      this.#options.connection.renewCredentials();
      return 0;
    }
    return error.status === 0 && call.method === 'GET' ? 0 : undefined;
  }

  #count({ method }: ApiCall, status: number): void {
    this.#options.metrics?.clientRequestsTotal.inc({ method, code: status });
  }
}

interface DeadlineOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Fires when the caller's signal does or the time is up. */
class Deadline {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #endMs: number;
  readonly #cancelTimer: () => void;

  constructor(clock: Clock, { signal, timeoutMs = defaultTimeoutMs }: DeadlineOptions) {
    this.#clock = clock;
    this.#caller = signal;
    this.#endMs = clock.monotonicMs() + timeoutMs;
    this.#cancelTimer = clock.schedule(timeoutMs, () => {
      this.#controller.abort(timeoutError(timeoutMs));
    });
    if (signal?.aborted) this.#onCallerAbort();
    signal?.addEventListener('abort', this.#onCallerAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get leftMs(): number {
    return this.#endMs - this.#clock.monotonicMs();
  }

  end(): void {
    this.#cancelTimer();
    this.#caller?.removeEventListener('abort', this.#onCallerAbort);
  }

  readonly #onCallerAbort = () => {
    this.#controller.abort(this.#caller?.reason);
  };
}

export function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (text += chunk));
    response.once('error', reject);
    response.once('end', () => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
  });
}
