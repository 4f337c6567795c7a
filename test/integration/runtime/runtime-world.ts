import { randomUUID } from 'node:crypto';
import { systemRandom } from '../../../src/base/backoff.ts';
import { type Clock, systemClock } from '../../../src/base/clock.ts';
import { createLog } from '../../../src/base/log.ts';
import { createMetrics } from '../../../src/base/metrics.ts';
import { type ClosableKubeClient, createKubeClient } from '../../../src/kube/client-node-adapter.ts';
import { type KubeObject } from '../../../src/kube/kube-client.ts';
import { resourceTypes } from '../../../src/kube/resource-types.ts';
import { Watcher } from '../../../src/operator/watcher.ts';
import { FaultProxy } from '../../support/fault-proxy.ts';
import { testCluster } from '../../support/test-cluster.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export const silentLog = createLog({ level: 'error' });

/** Time that runs `factor` times as fast, so that minutes of silence pass in a test's seconds. */
export function fastClock(factor: number): Clock {
  return {
    now: () => systemClock.now(),
    monotonicMs: () => systemClock.monotonicMs() * factor,
    sleep: (delayMs, signal) => systemClock.sleep(delayMs / factor, signal),
    schedule: (delayMs, callback) => systemClock.schedule(delayMs / factor, callback),
  };
}

/** A namespace of its own, a straight way to the API server, and one through the fault proxy. */
export class RuntimeWorld {
  readonly namespace = `runtime-${randomUUID().slice(0, 8)}`;
  /** Straight to the API server, past the proxy. */
  readonly straight: ClosableKubeClient;
  /** Through the proxy: the way of what is tested. */
  readonly proxied: ClosableKubeClient;
  readonly proxy: FaultProxy;
  readonly metrics = createMetrics();

  private constructor(proxy: FaultProxy, kubeconfig: string) {
    this.proxy = proxy;
    const common = { clock: systemClock, userAgent: 'swarm-test/0' };
    this.straight = createKubeClient({ ...common, kubeconfig, metrics: createMetrics() });
    this.proxied = createKubeClient({ ...common, kubeconfig: proxy.writeKubeconfig(), metrics: this.metrics });
  }

  static async open(): Promise<RuntimeWorld> {
    const { kubeconfig } = testCluster();
    const world = new RuntimeWorld(await FaultProxy.start(kubeconfig), kubeconfig);
    await world.straight.create(resourceTypes.namespace, { metadata: { name: world.namespace } });
    return world;
  }

  async close(): Promise<void> {
    await this.straight.delete(resourceTypes.namespace, { name: this.namespace });
    this.proxied.close();
    this.straight.close();
    await this.proxy.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  write(name: string, value: string): Promise<ConfigMap> {
    const object: ConfigMap = { metadata: { name, namespace: this.namespace }, data: { value } };
    return this.straight.create<ConfigMap>(resourceTypes.configMap, object);
  }

  async change(name: string, value: string): Promise<void> {
    const key = { namespace: this.namespace, name };
    await this.straight.mergePatch(resourceTypes.configMap, key, { data: { value } });
  }

  remove(name: string): Promise<void> {
    return this.straight.delete(resourceTypes.configMap, { namespace: this.namespace, name });
  }

  /** How often the kind was listed through the proxy so far; pages of one list count once. */
  listsOf(plural: string): number {
    return this.proxy.requests.filter(
      ({ path, isWatch }) => !isWatch && path.includes(`/${plural}?`) && !path.includes('continue='),
    ).length;
  }
}

/** Follows the ConfigMaps of the world through the proxy and notes every value it was told of. */
export class WatchUnderFaults {
  readonly watcher: Watcher;
  readonly told: string[] = [];
  readonly #stop = new AbortController();
  readonly #world: RuntimeWorld;

  constructor(world: RuntimeWorld, clock: Clock = systemClock) {
    this.#world = world;
    this.watcher = new Watcher({
      client: world.proxied,
      type: resourceTypes.configMap,
      clock,
      random: systemRandom,
      log: silentLog,
      metrics: world.metrics,
      signal: this.#stop.signal,
      namespace: world.namespace,
    });
  }

  async start(): Promise<void> {
    this.watcher.start(([kind, object]) => {
      const value = (object as ConfigMap).data?.['value'] ?? '';
      this.told.push(`${kind} ${object.metadata.name} ${value}`);
    });
    await this.watcher.synced;
    await this.watching();
  }

  /** Resolves when a watch of ours is open in the proxy. */
  watching(): Promise<unknown> {
    const open = () => Promise.resolve(this.#world.proxy.watches('/configmaps').length > 0);
    return waitFor('the watch is open', open, { withinMs: 15_000, everyMs: 20 });
  }

  /** Resolves when the cache shows the value; undefined: that the object is gone. */
  shows(name: string, value: string | undefined, withinMs = 15_000): Promise<unknown> {
    const key = `${this.#world.namespace}/${name}` as const;
    return waitFor(
      `the cache shows ${name}=${value ?? 'nothing'}`,
      () => Promise.resolve((this.watcher.cache.get(key) as ConfigMap | undefined)?.data?.['value'] === value),
      { withinMs, everyMs: 20, explain: () => this.told.join('\n') },
    );
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the test is over'));
    await this.watcher.stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
