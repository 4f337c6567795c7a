import { backoffMs, type RandomSource } from '../base/backoff.ts';
import { type Clock } from '../base/clock.ts';
import { type Metrics } from '../base/metrics.ts';
import { namespaceOf } from './object-key.ts';
import { type ObjectKey } from './reconciler.ts';

export interface WorkQueueOptions {
  /** Label of the queue's metrics. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: Metrics;
}

/** After failures of one key in a row. */
const backoffLimits = { baseMs: 5, maxMs: 5 * 60_000 };

/**
 * Keys that want attention. A key waits at most once and is never handed to two workers at the same time: what is added
 * while it is worked on is handed out again afterwards. Namespaces take turns, so that a busy one delays only itself.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #metrics: ReturnType<typeof metricsOf>;
  /** Waiting keys with the time they were added. The order of the outer map is the order of the namespaces' turns. */
  readonly #waiting = new Map<string, Map<ObjectKey, number>>();
  readonly #working = new Map<ObjectKey, { readonly sinceMs: number; addedAgain: boolean }>();
  readonly #delayed = new Map<ObjectKey, { readonly dueMs: number; readonly cancel: () => void }>();
  readonly #failures = new Map<ObjectKey, number>();
  #depth = 0;
  #closed = false;
  #onAdded: () => void = () => undefined;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#metrics = metricsOf(options);
  }

  /** Waiting keys, without those delayed or being worked on. */
  get depth(): number {
    return this.#depth;
  }

  get delayed(): number {
    return this.#delayed.size;
  }

  /** Called whenever a key has become available. */
  onAdded(callback: () => void): void {
    this.#onAdded = callback;
  }

  add(key: ObjectKey): void {
    if (this.#closed) return;
    const work = this.#working.get(key);
    if (work) {
      work.addedAgain = true;
      return;
    }
    if (this.#enter(key)) this.#onAdded();
  }

  /** Of several delays of one key the shortest counts; an `add` does not take a delay back. */
  addAfter(key: ObjectKey, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const dueMs = this.#options.clock.monotonicMs() + delayMs;
    const earlier = this.#delayed.get(key);
    if (earlier && earlier.dueMs <= dueMs) return;
    earlier?.cancel();
    const cancel = this.#options.clock.schedule(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { dueMs, cancel });
  }

  /** Comes back after 5 ms, twice that with each failure in a row, up to 5 min. @returns the delay in milliseconds. */
  addAfterFailure(key: ObjectKey): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.#metrics.retries.inc();
    const delayMs = backoffMs(failures, backoffLimits, this.#options.random);
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** The next failure of this key counts as the first. */
  forgetFailures(key: ObjectKey): void {
    this.#failures.delete(key);
  }

  /** Hands out a key, which must be given back with `done`; undefined when none waits. */
  take(): ObjectKey | undefined {
    const [turn] = this.#waiting;
    if (!turn) return undefined;
    const [namespace, keys] = turn;
    const [first] = keys;
    if (!first) return undefined;
    const [key, sinceMs] = first;
    keys.delete(key);
    this.#waiting.delete(namespace);
    if (keys.size > 0) this.#waiting.set(namespace, keys);
    const nowMs = this.#options.clock.monotonicMs();
    this.#metrics.waited.observe((nowMs - sinceMs) / 1000);
    this.#setDepth(this.#depth - 1);
    this.#working.set(key, { sinceMs: nowMs, addedAgain: false });
    return key;
  }

  done(key: ObjectKey): void {
    const work = this.#working.get(key);
    if (!work) return;
    this.#working.delete(key);
    this.#metrics.worked.observe((this.#options.clock.monotonicMs() - work.sinceMs) / 1000);
    if (work.addedAgain) this.add(key);
  }

  /** Nothing is handed out any more and nothing is added; what is being worked on may still be given back. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#waiting.clear();
    this.#setDepth(0);
  }

  /** @returns false when the key waits already. */
  #enter(key: ObjectKey): boolean {
    const namespace = namespaceOf(key);
    const keys = this.#waiting.get(namespace) ?? new Map<ObjectKey, number>();
    if (keys.has(key)) return false;
    keys.set(key, this.#options.clock.monotonicMs());
    this.#waiting.set(namespace, keys);
    this.#metrics.adds.inc();
    this.#setDepth(this.#depth + 1);
    return true;
  }

  #setDepth(depth: number): void {
    this.#depth = depth;
    this.#metrics.depth.set(depth);
  }
}

function metricsOf({ name, metrics }: WorkQueueOptions) {
  return {
    depth: metrics.queueDepth.labels(name),
    adds: metrics.queueAddsTotal.labels(name),
    retries: metrics.queueRetriesTotal.labels(name),
    waited: metrics.queueDurationSeconds.labels(name),
    worked: metrics.queueWorkDurationSeconds.labels(name),
  };
}
