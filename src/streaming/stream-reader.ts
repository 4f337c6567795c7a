import type { ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Metrics } from '../base/metrics.ts';
import type { EventLog } from './event-log.ts';
import { type TurnEvent, turnEventVersion } from './turn-event.ts';

export interface StreamReaderOptions {
  readonly log: EventLog;
  /** Name of the Turn. */
  readonly turn: string;
  /** Value of Last-Event-ID; whatever is not of this log begins at its start. */
  readonly lastEventId: string | undefined;
  readonly response: ServerResponse;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly metrics: Pick<Metrics, 'streamEventsTotal' | 'streamClientsCutTotal'>;
  readonly limits: StreamReaderLimits;
}

export interface StreamReaderLimits {
  readonly pingEveryMs: number;
  /** A client that takes nothing for so long is cut; it resumes where it was. */
  readonly patienceMs: number;
}

/**
 * One client of a log. It is given what fits its connection and then waits for it, so it never holds more than one event
 * and the buffer of its socket; what it has not seen stays in the log.
 */
export class StreamReader {
  readonly #options: StreamReaderOptions;
  readonly #unsubscribe: () => void;
  #position: number;
  #isBlocked = false;
  #isOver = false;
  #cancelPing: () => void = () => undefined;
  #cancelCut: () => void = () => undefined;

  constructor(options: StreamReaderOptions) {
    this.#options = options;
    const { log, response, lastEventId } = options;
    this.#position = positionIn(log, lastEventId);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that collect answers would keep the events back.
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    response.on('drain', () => {
      this.#isBlocked = false;
      this.#cancelCut();
      this.#pump();
    });
    this.#unsubscribe = log.subscribe(() => {
      this.#pump();
    });
    response.once('close', () => {
      this.#rest();
    });
    this.#pump();
    this.#pingLater();
  }

  /** Says why the connection ends although the turn goes on. */
  stop(reason: string, message: string): void {
    if (this.#isOver) return;
    const { turn } = this.#options;
    const event: TurnEvent = { type: 'error', v: turnEventVersion, key: `error:${reason}`, turn, reason, message };
    // Without an id: the client resumes after what the log has told it.
    if (!this.#isBlocked) this.#write(textOf(event));
    this.#finish();
  }

  #pump(): void {
    const { log, metrics } = this.#options;
    while (!this.#isBlocked && !this.#isOver) {
      const entry = log.after(this.#position);
      if (!entry) {
        if (log.isOver) this.#finish();
        return;
      }
      this.#position = entry.seq;
      this.#write(`id: ${log.id}.${entry.seq}\n${textOf(entry.event)}`);
      metrics.streamEventsTotal.inc({ type: entry.event.type });
    }
  }

  #write(text: string): void {
    if (this.#options.response.write(text)) return;
    this.#isBlocked = true;
    this.#cancelCut = this.#options.clock.schedule(this.#options.limits.patienceMs, () => {
      this.#options.metrics.streamClientsCutTotal.inc();
      this.#options.response.destroy();
    });
  }

  #pingLater(): void {
    this.#cancelPing = this.#options.clock.schedule(this.#options.limits.pingEveryMs, () => {
      if (this.#isOver) return;
      if (!this.#isBlocked) this.#write(': ping\n\n');
      this.#pingLater();
    });
  }

  #finish(): void {
    this.#rest();
    this.#options.response.end();
  }

  #rest(): void {
    this.#isOver = true;
    this.#cancelPing();
    this.#cancelCut();
    this.#unsubscribe();
  }
}

function textOf(event: TurnEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function positionIn({ id, last }: EventLog, lastEventId: string | undefined): number {
  const [log, seq = ''] = lastEventId?.split('.') ?? [];
  return log === id && /^\d{1,15}$/.test(seq) && Number(seq) <= last ? Number(seq) : 0;
}
