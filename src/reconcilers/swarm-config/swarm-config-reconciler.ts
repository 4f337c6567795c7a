import { kinds } from '../../api/group.ts';
import type { SwarmConfig } from '../../api/swarm-config.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Cache } from '../../operator/cache.ts';
import { later, type Reconciler, settled } from '../../operator/reconciler.ts';
import type { Finding } from './observed.ts';
import { isWorthWriting, recheckAfterMs, swarmConfigStatus } from './status.ts';

/** Looks at one part of the settings, by asking the backend itself; undefined when the settings do not name it. */
export type Probe = (config: SwarmConfig, signal: AbortSignal) => Promise<Finding | undefined>;

export interface SwarmConfigDependencies {
  readonly kube: KubeClient;
  readonly configs: Cache<SwarmConfig>;
  readonly probes: readonly Probe[];
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Says early whether the settings work. Nothing tells when a Secret or an endpoint has been put right, so it looks again
 * and again.
 */
export function createSwarmConfigReconciler({ kube, configs, probes, clock }: SwarmConfigDependencies): Reconciler {
  return {
    name: 'swarm-config',
    async reconcile(key, { signal }) {
      const config = configs.get(key);
      if (config?.metadata.deletionTimestamp !== undefined || config === undefined) return settled;
      // Our own write comes back as an event, which is no reason to ask everybody again.
      const earlyMs = untilDueMs(config, clock.now());
      if (earlyMs > 0) return later(earlyMs);
      const findings = await Promise.all(probes.map((probe) => probe(config, signal)));
      const now = clock.now();
      const status = swarmConfigStatus({ config, findings: findings.filter((finding) => finding !== undefined), now });
      if (isWorthWriting(config.status, status)) {
        configs.noteWritten(await kube.replaceStatus(kinds.swarmConfig, { ...config, status }));
      }
      return later(recheckAfterMs(status, now));
    },
  };
}

function untilDueMs({ metadata, status }: SwarmConfig, now: Date): number {
  if (status?.checkedAt === undefined || status.observedGeneration !== metadata.generation) return 0;
  return Date.parse(status.checkedAt) + recheckAfterMs(status, now) - now.getTime();
}
