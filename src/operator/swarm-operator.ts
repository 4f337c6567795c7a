import { type ResourceEvent } from '@dot-i/k8s-operator';
import { type RandomSource } from '../base/backoff.ts';
import { type Clock } from '../base/clock.ts';
import { type Log } from '../base/log.ts';
import { type Metrics } from '../base/metrics.ts';
import { type KubeClient, type KubeObject, type ResourceType } from '../kube/kube-client.ts';
import { type Cache, type IndexFunction } from './cache.ts';
import { Controller } from './controller.ts';
import { LeaderElector, type LeaseSettings } from './leader-elector.ts';
import { OperatorBase, resourceEvent } from './operator-base.ts';
import { type ObjectKey, type Reconciler } from './reconciler.ts';
import { Watcher } from './watcher.ts';

export interface SwarmOperatorOptions {
  readonly client: KubeClient;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  /** Absent: always leading. */
  readonly leaderElection?: LeaseSettings | undefined;
  /** How long `stop` lets running reconciles finish before it aborts them. */
  readonly graceMs: number;
  /** Called when the lease was lost and the effects have stopped; must end the process. */
  readonly onLeadershipLost: () => void;
}

export interface CacheOptions<T> {
  readonly indexes?: Readonly<Record<string, IndexFunction<T>>>;
  /** Only these are watched and kept. */
  readonly labelSelector?: string;
  /** The cluster may lack this kind: that counts as no objects until it is installed. */
  readonly optional?: boolean;
}

/** Objects whose changes concern a controller, and the keys to reconcile then. */
export interface Source {
  readonly type: ResourceType;
  keysOf(object: KubeObject): readonly ObjectKey[];
}

export interface ControllerRegistration {
  readonly reconciler: Reconciler;
  readonly concurrency: number;
  readonly sources: readonly Source[];
}

/** How long aborted reconciles get to come to rest. */
const abortGraceMs = 5_000;

/** The lifecycle of everything that runs: caches first, then the lease, then the controllers; back in reverse order. */
export class SwarmOperator extends OperatorBase {
  /** Resolves when the caches are filled, the lease is held and the controllers work. */
  readonly running: Promise<void>;
  readonly #options: SwarmOperatorOptions;
  readonly #watchers = new Map<string, Watcher>();
  readonly #controllers: Controller[] = [];
  readonly #sources: { readonly source: Source; readonly controller: Controller }[] = [];
  readonly #effects = new AbortController();
  readonly #watching = new AbortController();
  readonly #elector: LeaderElector | undefined;
  #markRunning: () => void = () => undefined;

  constructor(options: SwarmOperatorOptions) {
    super(options.log);
    this.#options = options;
    this.running = new Promise((resolve) => (this.#markRunning = resolve));
    this.#elector = options.leaderElection && new LeaderElector({ ...options, lease: options.leaderElection });
  }

  /** Fires when the lease is lost or `stop` has run out of patience: start no effect afterwards. */
  get signal(): AbortSignal {
    return this.#effects.signal;
  }

  /** The fencing number: transitions of the held lease; 0 without election. */
  epoch(): number {
    return this.#elector?.epoch() ?? 0;
  }

  /** Whether every cache has been filled. A process that stands by is ready, too. */
  isReady(): boolean {
    return [...this.#watchers.values()].every((watcher) => watcher.hasSynced);
  }

  isLeading(): boolean {
    return this.#elector?.isLeading() ?? true;
  }

  /** The one cache of this kind; to be asked for before `start`. Indexes of several callers add up. */
  cacheOf<T extends KubeObject>(type: ResourceType, options: CacheOptions<T> = {}): Cache<T> {
    const watcher = this.#watcherOf(type, options);
    for (const [name, of] of Object.entries(options.indexes ?? {})) {
      watcher.cache.addIndex(name, of as IndexFunction<KubeObject>);
    }
    return watcher.cache as unknown as Cache<T>;
  }

  /** To be called before `start`. */
  addController({ reconciler, concurrency, sources }: ControllerRegistration): Controller {
    const controller = new Controller({ ...this.#options, reconciler, concurrency, signal: this.signal });
    this.#controllers.push(controller);
    for (const source of sources) {
      this.#watcherOf(source.type);
      this.#sources.push({ source, controller });
    }
    return controller;
  }

  /** Begins to watch; the rest follows by itself as soon as the API server lets it. */
  override async start(): Promise<void> {
    await super.start();
    this.#elector?.lost.addEventListener('abort', () => void this.#endAfterLoss(), { once: true });
    void this.#lead();
  }

  /** Lets running reconciles finish within the grace, gives the lease back and stops watching. */
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- the base class does not wait, callers of ours do
  override async stop(): Promise<void> {
    await this.#drainWithin(this.#options.graceMs);
    this.#effects.abort(new Error('the operator is stopping'));
    await this.#drainWithin(abortGraceMs);
    await this.#elector?.release();
    this.#watching.abort(new Error('the operator is stopping'));
    await Promise.all([...this.#watchers.values()].map((watcher) => watcher.stopped));
  }

  protected override async init(): Promise<void> {
    for (const { type } of this.#watchers.values()) {
      const sources = this.#sources.filter(({ source }) => nameOfType(source.type) === nameOfType(type));
      await this.watchResource(type.group, type.version, type.plural, ({ object }) => {
        for (const { source, controller } of sources) {
          for (const key of source.keysOf(object as KubeObject)) controller.enqueue(key);
        }
        return Promise.resolve();
      });
    }
  }

  // eslint-disable-next-line max-params -- the signature of the base class
  protected override watchResource(
    group: string,
    _version: string,
    plural: string,
    onEvent: (event: ResourceEvent) => Promise<void>,
  ): Promise<void> {
    const watcher = this.#watchers.get(nameOfType({ group, plural }));
    if (!watcher) throw new Error(`${plural}.${group} has no cache: ask for cacheOf first`);
    watcher.start((change) => void onEvent(resourceEvent(plural, change)));
    return Promise.resolve();
  }

  #watcherOf(type: ResourceType, options: CacheOptions<never> = {}): Watcher {
    const name = nameOfType(type);
    const existing = this.#watchers.get(name);
    if (!existing) {
      const { labelSelector, optional } = options;
      const watcher = new Watcher({ ...this.#options, type, signal: this.#watching.signal, labelSelector, optional });
      this.#watchers.set(name, watcher);
      return watcher;
    }
    if (options.labelSelector !== undefined && options.labelSelector !== existing.labelSelector) {
      throw new Error(`${name} is already cached with another selector`);
    }
    return existing;
  }

  async #lead(): Promise<void> {
    await Promise.all([...this.#watchers.values()].map((watcher) => watcher.synced));
    if (this.#elector && !(await this.#elector.acquire())) return;
    for (const controller of this.#controllers) controller.start();
    this.#markRunning();
  }

  async #endAfterLoss(): Promise<void> {
    this.#effects.abort(this.#elector?.lost.reason);
    await this.#drainWithin(abortGraceMs);
    this.#options.onLeadershipLost();
  }

  async #drainWithin(limitMs: number): Promise<void> {
    const drained = new AbortController();
    const limit = this.#options.clock.sleep(limitMs, drained.signal).catch(() => undefined);
    const drain = Promise.all(this.#controllers.map((controller) => controller.drain()));
    await Promise.race([drain, limit]);
    drained.abort();
  }
}

function nameOfType({ group, plural }: Pick<ResourceType, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
