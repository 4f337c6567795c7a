import { type RandomSource } from '../base/backoff.ts';
import { type Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { type Log } from '../base/log.ts';
import { type Metrics } from '../base/metrics.ts';
import { isAlreadyExists, isConflict } from '../kube/errors.ts';
import { type KubeClient, type KubeObject } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';

export interface LeaseSettings {
  readonly namespace: string;
  readonly name: string;
  /** Unique for each start of each process, for example the pod's name and some random characters. */
  readonly identity: string;
  /** How long others respect a lease that is not renewed, for example 15 s. */
  readonly durationMs: number;
}

export interface LeaderElectorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly lease: LeaseSettings;
}

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly leaseTransitions?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
}

interface Term {
  lease: Lease;
  /** Start of the last renewal that succeeded: what the holder may rely on. */
  renewedMs: number;
}

/**
 * Holds a Lease by compare-and-swap. Time is monotonic and our own: another holder counts as gone when its lease has not
 * *changed* for its duration, whatever its timestamps say. It keeps effects from being done twice in vain; that none is
 * done twice is the journal's business.
 */
export class LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #retryMs: number;
  readonly #renewDeadlineMs: number;
  #term: Term | undefined;
  #seen: { readonly version: string | undefined; readonly sinceMs: number } | undefined;
  #renewing: Promise<void> = Promise.resolve();

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#retryMs = (options.lease.durationMs * 2) / 15;
    this.#renewDeadlineMs = (options.lease.durationMs * 2) / 3;
    this.#showLeading();
  }

  /** Fires once the lease can no longer be relied on. There is no second term: the process has to end. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Asks the clock, not only what is remembered: a process that was frozen learns here that its time is over. */
  isLeading(): boolean {
    const term = this.#term;
    return term !== undefined && this.#options.clock.monotonicMs() - term.renewedMs < this.#renewDeadlineMs;
  }

  /** Grows with every change of the holder; 0 while not leading. */
  epoch(): number {
    return this.#term?.lease.spec?.leaseTransitions ?? 0;
  }

  /** Waits until this process leads, as long as it takes. @returns false when `release` came first. */
  async acquire(): Promise<boolean> {
    const { clock, random, log, lease } = this.#options;
    log.info({ lease: lease.name, identity: lease.identity }, 'Waiting for the lease');
    while (!this.#isReleased()) {
      try {
        this.#term = await this.#tryToTake();
      } catch (error) {
        log.warn({ error: messageOf(error) }, 'Taking the lease failed');
      }
      if (this.#term) {
        log.info({ lease: lease.name, epoch: this.epoch() }, 'Leading');
        this.#showLeading();
        this.#renewing = this.#keepRenewing(this.#term);
        return true;
      }
      await clock.sleep(this.#retryMs * (1 + random() / 5), this.#released.signal).catch(() => undefined);
    }
    return false;
  }

  /** Gives the lease back, so that a successor need not wait; only once no effect is under way. */
  async release(): Promise<void> {
    this.#released.abort(new Error('the lease is given back'));
    await this.#renewing;
    if (!this.#term) return;
    this.#term = undefined;
    this.#showLeading();
    try {
      const lease = await this.#read();
      if (lease?.spec?.holderIdentity !== this.#options.lease.identity) return;
      await this.#replace(lease, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 });
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'Giving the lease back failed; the successor waits it out');
    }
  }

  async #tryToTake(): Promise<Term | undefined> {
    const startMs = this.#options.clock.monotonicMs();
    try {
      const lease = await this.#read();
      if (!lease) return { lease: await this.#create(), renewedMs: startMs };
      if (!this.#isFree(lease)) return undefined;
      const leaseTransitions = (lease.spec?.leaseTransitions ?? 0) + 1;
      const taken = await this.#replace(lease, { ...this.#claim(), leaseTransitions, acquireTime: this.#microTime() });
      return { lease: taken, renewedMs: startMs };
    } catch (error) {
      if (isConflict(error) || isAlreadyExists(error)) return undefined;
      throw error;
    }
  }

  #isFree({ metadata, spec = {} }: Lease): boolean {
    const { holderIdentity = '', leaseDurationSeconds = 0 } = spec;
    if (holderIdentity === '' || holderIdentity === this.#options.lease.identity) return true;
    const nowMs = this.#options.clock.monotonicMs();
    if (!this.#seen || this.#seen.version !== metadata.resourceVersion) {
      this.#seen = { version: metadata.resourceVersion, sinceMs: nowMs };
      return false;
    }
    return nowMs - this.#seen.sinceMs > leaseDurationSeconds * 1000;
  }

  #isReleased(): boolean {
    return this.#released.signal.aborted;
  }

  async #keepRenewing(term: Term): Promise<void> {
    const { clock } = this.#options;
    let cancelDeadline = this.#armDeadline(term);
    while (!this.#isReleased() && !this.#lost.signal.aborted) {
      await clock.sleep(this.#retryMs, this.#released.signal).catch(() => undefined);
      if (this.#isReleased() || !(await this.#renew(term))) continue;
      cancelDeadline();
      cancelDeadline = this.#armDeadline(term);
    }
    cancelDeadline();
  }

  #armDeadline(term: Term): () => void {
    const { clock } = this.#options;
    return clock.schedule(term.renewedMs + this.#renewDeadlineMs - clock.monotonicMs(), () => {
      this.#lose('it could not be renewed in time');
    });
  }

  /** @returns whether it is renewed. */
  async #renew(term: Term): Promise<boolean> {
    const startMs = this.#options.clock.monotonicMs();
    try {
      term.lease = await this.#replace(term.lease, { ...term.lease.spec, ...this.#claim() });
      term.renewedMs = startMs;
      return true;
    } catch (error) {
      if (this.#isReleased()) return false;
      this.#options.log.warn({ error: messageOf(error) }, 'Renewing the lease failed');
      if (isConflict(error)) await this.#lookWhoHolds(term);
      return false;
    }
  }

  /** A renewal of our own whose answer was lost also ends in a conflict; only another holder ends the term. */
  async #lookWhoHolds(term: Term): Promise<void> {
    try {
      const lease = await this.#read();
      if (lease?.spec?.holderIdentity === this.#options.lease.identity) term.lease = lease;
      else this.#lose(`${lease?.spec?.holderIdentity ?? 'nobody'} holds it now`);
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, 'Reading the lease failed');
    }
  }

  #lose(why: string): void {
    if (this.#lost.signal.aborted || this.#isReleased()) return;
    this.#term = undefined;
    this.#showLeading();
    this.#options.log.error({ lease: this.#options.lease.name, why }, 'The lease is lost');
    this.#lost.abort(new Error(`the lease is lost: ${why}`));
  }

  #read(): Promise<Lease | undefined> {
    const { client, lease } = this.#options;
    return client.get<Lease>(resourceTypes.lease, lease, { timeoutMs: this.#renewDeadlineMs / 2 });
  }

  /**
   * A new Lease does not begin at 0: if somebody deletes the Lease, the fencing number must not fall below what journals
   * already carry. The minutes since 1970 are ahead of any number of transitions that can have happened.
   */
  #create(): Promise<Lease> {
    const { client, clock, lease } = this.#options;
    const leaseTransitions = Math.floor(clock.now().getTime() / 60_000);
    const spec = { ...this.#claim(), leaseTransitions, acquireTime: this.#microTime() };
    const object: Lease = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { namespace: lease.namespace, name: lease.name },
      spec,
    };
    return client.create(resourceTypes.lease, object, { timeoutMs: this.#renewDeadlineMs / 2 });
  }

  #replace(lease: Lease, spec: Lease['spec'] & object): Promise<Lease> {
    const options = { timeoutMs: this.#renewDeadlineMs / 2 };
    return this.#options.client.replace<Lease>(resourceTypes.lease, { ...lease, spec }, options);
  }

  #claim() {
    const { identity, durationMs } = this.#options.lease;
    const leaseDurationSeconds = Math.ceil(durationMs / 1000);
    return { holderIdentity: identity, leaseDurationSeconds, renewTime: this.#microTime() };
  }

  /** The API's MicroTime wants exactly six digits. */
  #microTime(): string {
    return this.#options.clock.now().toISOString().replace('Z', '000Z');
  }

  #showLeading(): void {
    this.#options.metrics.leading.set({ name: this.#options.lease.name }, this.#term ? 1 : 0);
  }
}
