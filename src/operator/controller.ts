import { randomUUID } from 'node:crypto';
import { attempt } from '../base/attempt.ts';
import { type RandomSource } from '../base/backoff.ts';
import { type Clock } from '../base/clock.ts';
import { messageOf, RetryableError, TerminalError } from '../base/errors.ts';
import { type Log } from '../base/log.ts';
import { type Metrics } from '../base/metrics.ts';
import { isConflict, KubeApiError } from '../kube/errors.ts';
import { type NextAttempt, nextAttempt, type ReconcileResult } from './next-attempt.ts';
import { type ObjectKey, type Reconciler } from './reconciler.ts';
import { WorkQueue } from './work-queue.ts';

export interface ControllerOptions {
  readonly reconciler: Reconciler;
  /** How many keys are worked on at once. */
  readonly concurrency: number;
  /** Handed to every reconcile: no effect may start once it has fired. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly metrics: Metrics;
}

/** Takes keys from its queue and reconciles them, a bounded number at once and never the same key twice at once. */
export class Controller {
  readonly #options: ControllerOptions;
  readonly #queue: WorkQueue;
  readonly #metrics: ReturnType<typeof metricsOf>;
  readonly #idleCallbacks: (() => void)[] = [];
  #active = 0;
  #running = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#queue = new WorkQueue({ name: options.reconciler.name, ...options });
    this.#queue.onAdded(() => {
      this.#fill();
    });
    this.#metrics = metricsOf(options);
  }

  get name(): string {
    return this.#options.reconciler.name;
  }

  /** Allowed before `start`: the key then waits. */
  enqueue(key: ObjectKey): void {
    this.#queue.add(key);
  }

  start(): void {
    this.#running = true;
    this.#fill();
  }

  /** Takes no more keys. @returns a promise that resolves once nothing is being reconciled. */
  drain(): Promise<void> {
    this.#running = false;
    this.#queue.close();
    if (this.#active === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idleCallbacks.push(resolve));
  }

  #fill(): void {
    while (this.#running && this.#active < this.#options.concurrency) {
      const key = this.#queue.take();
      if (key === undefined) return;
      void this.#work(key);
    }
  }

  async #work(key: ObjectKey): Promise<void> {
    this.#setActive(this.#active + 1);
    const log = this.#options.log.child({ controller: this.name, object: key, reconcileId: randomUUID() });
    const startMs = this.#options.clock.monotonicMs();
    const result = await attempt(() => this.#options.reconciler.reconcile(key, { signal: this.#options.signal, log }));
    this.#metrics.duration.observe((this.#options.clock.monotonicMs() - startMs) / 1000);

    const next = nextAttempt(result);
    this.#count(result, next);
    if (!result.ok) this.#logFailure(log, result.error);
    this.#arrange(key, next, result.ok);
    this.#setActive(this.#active - 1);
    this.#queue.done(key);
    this.#fill();
    if (this.#active === 0) for (const callback of this.#idleCallbacks.splice(0)) callback();
  }

  #arrange(key: ObjectKey, next: NextAttempt, succeeded: boolean): void {
    if (succeeded || next.kind === 'forget') this.#queue.forgetFailures(key);
    switch (next.kind) {
      case 'forget':
        return;
      case 'immediately':
        this.#queue.add(key);
        return;
      case 'delay':
        this.#queue.addAfter(key, next.afterMs);
        return;
      case 'backoff':
        this.#queue.addAfterFailure(key);
    }
  }

  /** People who must act read conditions and Events; the log tells those who run the operator. */
  #logFailure(log: Log, error: unknown): void {
    if (this.#options.signal.aborted || isConflict(error)) {
      log.debug({ error: messageOf(error) }, 'Reconcile was overtaken');
    } else if (error instanceof RetryableError || isTrouble(error)) {
      log.info({ reason: error.reason, error: error.message }, 'Reconcile is waiting for better times');
    } else if (error instanceof TerminalError) {
      log.warn({ reason: error.reason, error: error.message }, 'Reconcile needs a person');
    } else {
      log.error({ err: error }, 'Reconcile failed');
    }
  }

  #count(result: ReconcileResult, next: NextAttempt): void {
    if (result.ok) {
      this.#metrics.results[next.kind].inc();
      return;
    }
    this.#metrics.results.error.inc();
    this.#metrics.errors.inc();
    if (result.error instanceof TerminalError) this.#metrics.terminalErrors.inc();
  }

  #setActive(active: number): void {
    this.#active = active;
    this.#metrics.active.set(active);
  }
}

/** The API server's, not ours: no answer, too many requests, or an error of its own. */
function isTrouble(error: unknown): error is KubeApiError {
  return error instanceof KubeApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
}

function metricsOf({ reconciler, concurrency, metrics }: ControllerOptions) {
  const controller = reconciler.name;
  metrics.maxConcurrentReconciles.labels(controller).set(concurrency);
  const total = (result: string) => {
    const counter = metrics.reconcileTotal.labels(controller, result);
    counter.inc(0);
    return counter;
  };
  const errors = metrics.reconcileErrorsTotal.labels(controller);
  const terminalErrors = metrics.terminalReconcileErrorsTotal.labels(controller);
  errors.inc(0);
  terminalErrors.inc(0);
  const active = metrics.activeWorkers.labels(controller);
  active.set(0);
  return {
    results: {
      forget: total('success'),
      immediately: total('requeue'),
      delay: total('requeue_after'),
      backoff: total('requeue'),
      error: total('error'),
    },
    errors,
    terminalErrors,
    active,
    duration: metrics.reconcileTimeSeconds.labels(controller),
  };
}
