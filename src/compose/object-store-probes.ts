import { type BucketPolicy, bucketPolicyOf } from '../backends/s3/bucket-policy.ts';
import type { ObjectStore } from '../backends/s3/object-store.ts';
import { type ConditionalWrites, probeConditionalWrites } from '../backends/s3/probe-conditional-writes.ts';
import { conditionOf } from '../api/conditions.ts';
import type { SwarmConfig } from '../api/swarm-config.ts';
import { attempt } from '../base/attempt.ts';
import { messageOf } from '../base/errors.ts';
import type { Finding } from '../reconcilers/swarm-config/observed.ts';
import type { Probe } from '../reconcilers/swarm-config/swarm-config-reconciler.ts';
import { available, finding } from './findings.ts';
import type { ObjectStores } from './object-stores.ts';

/** Whether the store answers, lets us in, and has the buckets that the policy names outright. */
export function objectStoreProbe(stores: ObjectStores): Probe {
  return async (config, signal) => {
    const settings = config.spec.backends.objectStore;
    if (!settings) return undefined;
    return finding('ObjectStoreReady', `${settings.endpoint} answers, and the keys are accepted.`, async () => {
      const store = await stores.fresh(config, signal);
      const named = namedOutright(config);
      if (named.length === 0) await store.listBuckets();
      for (const { bucket, prefix } of named) await look(store, { bucket, prefix });
    });
  };
}

/** Takes at most one page; a bucket that does not exist is refused by the store with a sentence that names it. */
async function look(store: ObjectStore, place: { readonly bucket: string; readonly prefix: string }): Promise<void> {
  for await (const _ of store.listObjects(place)) return;
}

/** Whether two writers that must not overwrite each other never both succeed; tried once for each generation. */
export function conditionalWritesProbe(stores: ObjectStores): Probe {
  return async (config, signal) => {
    if (!config.spec.backends.objectStore) return undefined;
    const known = conditionOf(config.status?.conditions, 'ConditionalWrites');
    const { generation } = config.metadata;
    if (known?.observedGeneration === generation && known.reason !== 'NotProbed') {
      const { status, reason, message } = known;
      return { type: 'ConditionalWrites', status, reason, message, ...harmless };
    }
    const [place] = namedOutright(config);
    // A bucket that merely could be used may be anybody's: nothing is written there.
    if (!place) return notTried('policy.buckets names no bucket outright');
    const tried = await attempt(async () => probeConditionalWrites(await stores.fresh(config, signal), place));
    return tried.ok ? verdict(tried.value) : notTried(messageOf(tried.error));
  };
}

function namedOutright({ spec }: SwarmConfig): BucketPolicy {
  return bucketPolicyOf(spec.policy.buckets).filter(({ bucket }) => !bucket.includes('*'));
}

const harmless = { timeMayHelp: true, isAdvice: true } as const;

function verdict({ kind, message }: ConditionalWrites): Finding {
  if (kind === 'atomic') return { ...available('ConditionalWrites', message), ...harmless };
  return { type: 'ConditionalWrites', status: 'False', reason: 'NotConditional', message, ...harmless };
}

function notTried(why: string): Finding {
  const message = `It could not be tried: ${why}`;
  return { type: 'ConditionalWrites', status: 'Unknown', reason: 'NotProbed', message, ...harmless };
}
