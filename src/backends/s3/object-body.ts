import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { RetryableError } from '../../base/errors.ts';

interface BodySettings {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** How long a reader who wants data waits for some. A reader who takes their time is not hurried. */
  readonly idleTimeoutMs: number;
  readonly host: string;
}

/** The content of an object as it arrives; reads no further ahead than its reader, and ends with its signal. */
export class ObjectBody extends Readable {
  readonly #incoming: IncomingMessage;
  readonly #settings: BodySettings;
  readonly #onAbort = () => this.destroy(this.#settings.signal.reason as Error);
  #stopWaiting: () => void = () => undefined;

  constructor(incoming: IncomingMessage, settings: BodySettings) {
    super();
    this.#incoming = incoming;
    this.#settings = settings;
    incoming.pause();
    incoming.on('data', (chunk: Buffer) => {
      this.#stopWaiting();
      if (this.push(chunk)) this.#wait();
      else incoming.pause();
    });
    incoming.on('end', () => {
      this.#stopWaiting();
      this.push(null);
    });
    incoming.on('error', (cause) =>
      this.destroy(broken(settings.host, 'broke the connection in the middle of an object', cause)),
    );
    if (settings.signal.aborted) this.#onAbort();
    else settings.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  override _read(): void {
    this.#wait();
    this.#incoming.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#stopWaiting();
    this.#settings.signal.removeEventListener('abort', this.#onAbort);
    this.#incoming.destroy();
    callback(error);
  }

  #wait(): void {
    this.#stopWaiting();
    const { clock, idleTimeoutMs, host } = this.#settings;
    this.#stopWaiting = clock.schedule(idleTimeoutMs, () => {
      this.destroy(broken(host, `sent nothing for ${idleTimeoutMs / 1_000} s in the middle of an object`));
    });
  }
}

function broken(host: string, what: string, cause?: unknown): RetryableError {
  return new RetryableError('ObjectStoreUnreachable', `The object store at ${host} ${what}.`, { cause });
}
