import { bucketPolicyOf } from '../backends/s3/bucket-policy.ts';
import type { ObjectStore, ObjectStoreSource } from '../backends/s3/object-store.ts';
import { restrictTo } from '../backends/s3/restrict-to.ts';
import { createS3Store } from '../backends/s3/s3-store.ts';
import type { SwarmConfig } from '../api/swarm-config.ts';
import type { Clock } from '../base/clock.ts';
import { TerminalError } from '../base/errors.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Cache } from '../operator/cache.ts';
import { type AddressGuard, guardedLookup, requireAllowedUrl } from './address-guard.ts';
import { keptPerConfig } from './kept-per-config.ts';
import { readSecret } from './secret-reader.ts';

export interface ObjectStoreParts {
  readonly kube: KubeClient;
  readonly configs: Cache<SwarmConfig>;
  readonly clock: Clock;
  readonly guard: AddressGuard;
}

export interface ObjectStores extends ObjectStoreSource {
  /** Made anew from the settings as they are, for looking whether they are right. */
  fresh(config: SwarmConfig, signal: AbortSignal): Promise<ObjectStore>;
}

type Bind = (signal: AbortSignal) => ObjectStore;

/** The object stores that the SwarmConfigs name, each behind the buckets its policy allows. */
export function createObjectStores(parts: ObjectStoreParts): ObjectStores {
  const stores = keptPerConfig(parts, (config) => connect(parts, config));
  return {
    async store({ namespace, configName, signal }) {
      const bind = await stores.of(namespace, configName);
      if (bind === undefined) throw notConfigured(namespace);
      return bind(signal);
    },
    fresh: async (config, signal) => (await connect(parts, config))(signal),
  };
}

async function connect({ kube, clock, guard }: ObjectStoreParts, { metadata, spec }: SwarmConfig): Promise<Bind> {
  const { namespace } = metadata;
  const settings = spec.backends.objectStore;
  if (!settings) throw notConfigured(namespace);
  const { endpoint, publicEndpoint, region, secretRef, caSecretRef } = settings;
  const url = new URL(endpoint);
  requireAllowedUrl(guard, url);
  const secret = { namespace, name: secretRef.name, host: url.hostname };
  const ca = caSecretRef && (await readSecret(kube, { namespace, ...caSecretRef }));
  const store = createS3Store({
    endpoint,
    region,
    clock,
    accessKeyId: await readSecret(kube, { ...secret, key: 'accessKeyId' }),
    secretAccessKey: await readSecret(kube, { ...secret, key: 'secretAccessKey' }),
    lookup: guardedLookup(guard),
    ...(publicEndpoint !== undefined && { publicEndpoint }),
    ...(ca !== undefined && { ca }),
  });
  const policy = bucketPolicyOf(spec.policy.buckets);
  return (signal) => restrictTo(store.bind(signal), policy);
}

function notConfigured(namespace: string): TerminalError {
  return new TerminalError(
    'NotConfigured',
    `Namespace ${namespace} has no object store; name one in its SwarmConfig, field spec.backends.objectStore.`,
  );
}
