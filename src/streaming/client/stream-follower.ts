import { type TurnStream } from '../../api/turn-stream.ts';
import { backoffMs, type RandomSource } from '../../base/backoff.ts';
import { type Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { type TurnEvent } from '../turn-event.ts';
import { openStream, waysTo } from './open-stream.ts';
import { sseEvents } from './sse-events.ts';
import {
  type StreamMode,
  type StreamPorts,
  type StreamTransport,
  type TransportFailure,
  type TransportNotice,
  type TurnReference,
} from './stream-ports.ts';
import { isLasting } from './stream-refusal.ts';

export interface StreamFollowerOptions {
  readonly ports: StreamPorts;
  readonly turn: TurnReference;
  readonly key: string;
  readonly mode: StreamMode;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TurnEvent) => void;
  readonly onBegin: () => void;
  readonly onEnd: () => void;
  readonly onTransport: (notice: TransportNotice) => void;
}

/** For each way to answer, before the next one is tried. */
const openBudgetMs = 2_000;
/** The server pings every 10 s. */
const silenceLimitMs = 25_000;
/** Reason with which a server says that it is about to end, which is of no interest to people: the turn goes on. */
const farewell = 'Stopping';
const retryBackoff = { baseMs: 500, maxMs: 15_000 };

/** Reads the stream of a turn from where the Turn says that it is, and comes back to it, until the signal fires. */
export class StreamFollower {
  readonly #options: StreamFollowerOptions;
  #stream: TurnStream | undefined;
  #moved = Promise.withResolvers<undefined>();
  #lastEventId: string | undefined;
  #said = '';
  /** Rounds in a row that brought no event. */
  #failures = 0;
  #isDone = false;
  /** Ways that will not serve as long as the Turn names this place. */
  readonly #hopeless = new Set<StreamTransport>();
  #life: Watchdog | undefined;

  constructor(options: StreamFollowerOptions) {
    this.#options = options;
  }

  /** What the Turn says now. An open stream is left for another place, but not because the Turn has ended. */
  moveTo(stream: TurnStream | undefined): void {
    if (JSON.stringify(stream) === JSON.stringify(this.#stream)) return;
    this.#stream = stream;
    this.#hopeless.clear();
    this.#moved.resolve(undefined);
    if (stream) this.#life?.end();
  }

  /** Until it has read `done`. @throws the reason of the signal. */
  async run(): Promise<void> {
    while (!this.#isDone) {
      this.#moved = Promise.withResolvers();
      const stream = this.#stream;
      const hasHope = stream !== undefined && (await this.#round(stream));
      if (this.#hasMovedFrom(stream)) continue;
      await this.#pause(hasHope ? backoffMs(this.#failures++, retryBackoff, this.#options.random) : undefined);
    }
  }

  #hasMovedFrom(stream: TurnStream | undefined): boolean {
    return this.#isDone || stream !== this.#stream;
  }

  /** Until the delay is over or the Turn names another place, whichever comes first. */
  async #pause(delayMs: number | undefined): Promise<void> {
    const { clock, signal } = this.#options;
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const fired = Promise.withResolvers<never>();
    const stop = () => {
      fired.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const waits = [
        this.#moved.promise,
        fired.promise,
        ...(delayMs === undefined ? [] : [clock.sleep(delayMs, either)]),
      ];
      await Promise.race(waits);
    } finally {
      signal.removeEventListener('abort', stop);
      over.abort(new Error('the wait is over'));
    }
  }

  /** Tries one way after the other; the first that opens is read to its end. @returns whether it is worth another try. */
  async #round(stream: TurnStream): Promise<boolean> {
    const failures: TransportFailure[] = [];
    const ways = waysTo(stream, this.#options.mode).filter((way) => !this.#hopeless.has(way));
    for (const transport of ways) {
      try {
        await this.#read(transport, stream, failures);
        if (!this.#isDone) this.#say({ transport: 'status', failures: [] });
        return true;
      } catch (error) {
        this.#options.signal.throwIfAborted();
        if (stream !== this.#stream) return true;
        failures.push({ transport, message: messageOf(error) });
        if (isLasting(error)) this.#hopeless.add(transport);
      }
    }
    if (failures.length > 0) this.#say({ transport: 'status', failures });
    return ways.some((way) => !this.#hopeless.has(way));
  }

  /** @throws when it does not open; how an open stream ends makes no difference. */
  async #read(transport: StreamTransport, stream: TurnStream, failures: readonly TransportFailure[]): Promise<void> {
    const life = new Watchdog(this.#options.clock, this.#options.signal);
    const { ports, turn, key, onBegin, onEnd } = this.#options;
    this.#life = life;
    try {
      life.allow(openBudgetMs, 'no answer within 2 s');
      const address = { ports, turn, stream, key, lastEventId: this.#lastEventId };
      const body = await openStream(transport, address, life.signal);
      this.#say({ transport, failures });
      onBegin();
      try {
        await this.#pass(body, life);
      } catch {
        this.#options.signal.throwIfAborted();
      } finally {
        onEnd();
      }
    } finally {
      life.end();
    }
  }

  async #pass(body: AsyncIterable<Uint8Array>, life: Watchdog): Promise<void> {
    for await (const { id, event } of sseEvents(alive(body, life))) {
      this.#failures = 0;
      this.#lastEventId = id ?? this.#lastEventId;
      if (event.type === 'error' && event.reason === farewell) continue;
      this.#isDone = event.type === 'done';
      this.#options.onEvent(event);
      if (this.#isDone) return;
    }
  }

  #say(notice: TransportNotice): void {
    const text = JSON.stringify(notice);
    if (text === this.#said) return;
    this.#said = text;
    this.#options.onTransport(notice);
  }
}

async function* alive(body: AsyncIterable<Uint8Array>, life: Watchdog): AsyncGenerator<Uint8Array> {
  life.allow(silenceLimitMs, 'nothing was heard for 25 s');
  for await (const chunk of body) {
    life.allow(silenceLimitMs, 'nothing was heard for 25 s');
    yield chunk;
  }
}

/** Its signal fires with the caller's, or when what was allowed last has run out. */
class Watchdog {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
  }

  allow(timeMs: number, message: string): void {
    this.#cancel?.();
    this.#cancel = this.#clock.schedule(timeMs, () => {
      this.#controller.abort(new Error(message));
    });
  }

  /** Closes the connection, too. */
  end(): void {
    this.#cancel?.();
    this.#controller.abort(new Error('the stream was left'));
  }
}
