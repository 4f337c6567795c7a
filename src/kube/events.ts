import { type Clock } from '../base/clock.ts';
import { sha256Base32 } from '../base/digest.ts';
import { messageOf } from '../base/errors.ts';
import { type Log } from '../base/log.ts';
import { type Metrics } from '../base/metrics.ts';
import { isNotFound } from './errors.ts';
import { type KubeClient, type KubeObject } from './kube-client.ts';
import { resourceTypes } from './resource-types.ts';

export interface EventRecorder {
  /** Returns at once and never throws: an Event is a courtesy. `reason` comes from a closed list, `message` never from a model. */
  record(event: EventRecord): void;
  /** Resolves when everything recorded so far has been sent or given up. */
  flush(): Promise<void>;
}

export interface EventRecord {
  readonly regarding: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface EventRecorderOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Name of the controller, for example `swarm.mlops.dev/operator`. */
  readonly controller: string;
  /** This process, for example the pod's name. */
  readonly instance: string;
}

type KubeEvent = KubeObject & Readonly<Record<string, unknown>>;

/** The same thing said again: sent as a count instead of as another Event. */
interface Series {
  readonly event: KubeEvent;
  readonly firstMs: number;
  count: number;
  isSending: boolean;
}

/** The API server refuses longer notes; it counts bytes. */
const noteBytes = 1024;
/** What is said again within this time is added to the series. The API server keeps Events for an hour. */
const seriesMs = 10 * 60_000;
/** A repetition is written after this time at the earliest, with all that came meanwhile. */
const seriesPauseMs = 30_000;
const maxWaiting = 1_000;
const maxSeries = 4_096;
const sendTimeoutMs = 10_000;

/** Events are sent one after the other in the background; beyond a thousand waiting they are dropped and counted. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options);
}

class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #series = new Map<string, Series>();
  readonly #waiting: (() => Promise<unknown>)[] = [];
  #sending: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
  }

  record(record: EventRecord): void {
    const nowMs = this.#options.clock.monotonicMs();
    const key = keyOf(record);
    const series = this.#series.get(key);
    if (series && nowMs - series.firstMs < seriesMs) {
      this.#repeat(series);
      return;
    }
    const event = this.#eventOf(record, `${key}${nowMs}`);
    this.#remember(key, { event, firstMs: nowMs, count: 1, isSending: false });
    this.#send(() => this.#options.client.create(resourceTypes.event, event, { timeoutMs: sendTimeoutMs }));
  }

  async flush(): Promise<void> {
    await this.#sending;
  }

  #repeat(series: Series): void {
    series.count += 1;
    if (series.isSending) return;
    series.isSending = true;
    this.#options.clock.schedule(seriesPauseMs, () => {
      series.isSending = false;
      const patch = { series: { count: series.count, lastObservedTime: this.#microTime() } };
      const { name, namespace = 'default' } = series.event.metadata;
      const options = { timeoutMs: sendTimeoutMs };
      this.#send(() => this.#options.client.mergePatch(resourceTypes.event, { name, namespace }, patch, options));
    });
  }

  /** The oldest series is forgotten first; it would only be counted anew. */
  #remember(key: string, series: Series): void {
    this.#series.delete(key);
    this.#series.set(key, series);
    const [oldest] = this.#series.keys();
    if (this.#series.size > maxSeries && oldest !== undefined) this.#series.delete(oldest);
  }

  #send(request: () => Promise<unknown>): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#options.metrics.eventsDroppedTotal.inc();
      return;
    }
    this.#waiting.push(request);
    this.#sending ??= this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    for (let request = this.#waiting.shift(); request; request = this.#waiting.shift()) {
      try {
        await request();
      } catch (error) {
        this.#options.metrics.eventsDroppedTotal.inc();
        // NotFound: the Event has expired or its namespace is gone, which is nobody's trouble.
        if (!isNotFound(error)) this.#options.log.warn({ error: messageOf(error) }, 'An Event could not be recorded');
      }
    }
    this.#sending = undefined;
  }

  #eventOf({ regarding, type, reason, message }: EventRecord, seed: string): KubeEvent {
    const { name, namespace, uid, resourceVersion } = regarding.metadata;
    const { controller, instance } = this.#options;
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: {
        name: `${name.slice(0, 230)}.${sha256Base32(instance + seed, 16)}`,
        namespace: namespace ?? 'default',
      },
      regarding: { apiVersion: regarding.apiVersion, kind: regarding.kind, name, namespace, uid, resourceVersion },
      type,
      reason,
      action: reason,
      note: shorten(message),
      eventTime: this.#microTime(),
      reportingController: controller,
      reportingInstance: instance.slice(0, 128),
    };
  }

  /** The API's MicroTime wants exactly six digits. */
  #microTime(): string {
    return this.#options.clock.now().toISOString().replace('Z', '000Z');
  }
}

function keyOf({ regarding, type, reason, message }: EventRecord): string {
  const { uid, namespace, name } = regarding.metadata;
  return JSON.stringify([uid, namespace, name, type, reason, message]);
}

function shorten(message: string): string {
  const bytes = Buffer.from(message, 'utf8');
  if (bytes.length <= noteBytes) return message;
  const cut = bytes
    .subarray(0, noteBytes - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '');
  return `${cut}…`;
}
