import { type Clock } from '../base/clock.ts';

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Time that moves only when a test says so. */
export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(start: string | Date = '2026-01-01T00:00:00.000Z') {
    this.#wallMs = new Date(start).getTime();
  }

  now(): Date {
    return new Date(this.#wallMs);
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.schedule(delayMs, () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      });
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** How many sleeps and scheduled callbacks are outstanding. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer; undefined when there is none. */
  get nextDueInMs(): number | undefined {
    const timer = this.#earliest();
    return timer && timer.dueMs - this.#monotonicMs;
  }

  /** Moves time forward, runs what falls due in order, and lets promises settle before, between and after. */
  async advance(byMs: number): Promise<void> {
    await settleMicrotasks();
    const targetMs = this.#monotonicMs + byMs;
    for (let timer = this.#earliest(); timer && timer.dueMs <= targetMs; timer = this.#earliest()) {
      this.#move(timer.dueMs - this.#monotonicMs);
      this.#timers.delete(timer);
      timer.callback();
      await settleMicrotasks();
    }
    this.#move(targetMs - this.#monotonicMs);
    await settleMicrotasks();
  }

  /** Sets the wall clock as an administrator or NTP would: monotonic time and timers do not notice. */
  jumpWallClock(byMs: number): void {
    this.#wallMs += byMs;
  }

  #move(byMs: number): void {
    this.#wallMs += byMs;
    this.#monotonicMs += byMs;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (
        !earliest ||
        timer.dueMs < earliest.dueMs ||
        (timer.dueMs === earliest.dueMs && timer.order < earliest.order)
      ) {
        earliest = timer;
      }
    }
    return earliest;
  }
}

/** Two turns of the event loop: every chain of promises that needs no outside event has come to rest. */
async function settleMicrotasks(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
}
