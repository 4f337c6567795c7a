import { defaultConfigName } from '../api/names.ts';
import type { SwarmConfig } from '../api/swarm-config.ts';
import type { Clock } from '../base/clock.ts';
import type { Cache } from '../operator/cache.ts';
import { objectKey } from '../operator/object-key.ts';

/** A Secret that was changed is noticed this late. */
const keptMs = 30_000;
/** Namespaces that are no longer asked about are forgotten beyond so many. */
const keptAtMost = 1_000;

export interface KeptPerConfig<T> {
  /** @returns undefined when there is no such SwarmConfig. @throws what making it throws; it is made anew next time. */
  of(namespace: string, configName: string | undefined): Promise<T | undefined>;
}

interface Kept<T> {
  readonly version: string;
  readonly untilMs: number;
  readonly made: Promise<T>;
}

/** What is made of a SwarmConfig and its Secrets, kept for a while and while the SwarmConfig stays the same. */
export function keptPerConfig<T>(
  { configs, clock }: { readonly configs: Cache<SwarmConfig>; readonly clock: Pick<Clock, 'monotonicMs'> },
  make: (config: SwarmConfig) => Promise<T>,
): KeptPerConfig<T> {
  const kept = new Map<string, Kept<T>>();
  return {
    async of(namespace, configName) {
      const key = objectKey(namespace, configName ?? defaultConfigName);
      const config = configs.get(key);
      if (!config) return undefined;
      const version = `${config.metadata.uid}/${config.metadata.generation}`;
      const known = kept.get(key);
      if (known?.version === version && known.untilMs > clock.monotonicMs()) return known.made;
      const made = make(config);
      kept.delete(key);
      for (const [oldest] of kept) {
        if (kept.size < keptAtMost) break;
        kept.delete(oldest);
      }
      kept.set(key, { version, untilMs: clock.monotonicMs() + keptMs, made });
      made.catch(() => {
        if (kept.get(key)?.made === made) kept.delete(key);
      });
      return made;
    },
  };
}
