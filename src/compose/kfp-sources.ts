import { accountUser } from '../kube/account-user.ts';
import { createKfpClient } from '../backends/kfp/create-kfp-client.ts';
import type { KfpClient, KfpScope, KfpSource } from '../backends/kfp/kfp-client.ts';
import type { KfpSettings } from '../backends/kfp/kfp-settings.ts';
import { createSubmissionMemory, type SubmissionMemory } from '../backends/kfp/submission-memory.ts';
import type { ObjectStoreSource } from '../backends/s3/object-store.ts';
import { defaultServiceAccountName } from '../api/names.ts';
import type { Backends, SwarmConfig } from '../api/swarm-config.ts';
import type { RandomSource } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import { TerminalError } from '../base/errors.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { Cache } from '../operator/cache.ts';
import { type AccountTokens, createAccountTokens } from './account-tokens.ts';
import { type AddressGuard, requireAllowedHost } from './address-guard.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { keptPerConfig } from './kept-per-config.ts';
import { artifactReader } from './kfp-artifacts.ts';
import { readSecret } from './secret-reader.ts';

export interface KfpParts {
  readonly kube: KubeClient;
  readonly configs: Cache<SwarmConfig>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly guard: AddressGuard;
  readonly stores: ObjectStoreSource;
}

export interface KfpSources extends KfpSource {
  /** Made anew from the settings as they are, for looking whether they are right. */
  fresh(config: SwarmConfig): Promise<KfpClient>;
}

/** One identity of one namespace. */
type Account = Pick<KfpScope, 'namespace' | 'serviceAccountName' | 'configName'>;
type Connect = (account: Account) => KfpClient;

interface Shared extends KfpParts {
  readonly tokens: AccountTokens;
  readonly memory: SubmissionMemory;
}

const audience = 'pipelines.kubeflow.org';

/** Kubeflow Pipelines as the SwarmConfigs name it, asked as the run-as account of each call. */
export function createKfpSources(parts: KfpParts): KfpSources {
  const { kube, clock } = parts;
  const shared = {
    ...parts,
    tokens: createAccountTokens(kube, clock),
    memory: createSubmissionMemory(clock),
  };
  const endpoints = keptPerConfig(parts, async (config) => {
    const connect = await endpointOf(shared, config);
    const clients = new Map<string, KfpClient>();
    return (account: Account) => {
      const client = clients.get(account.serviceAccountName) ?? connect(account);
      clients.set(account.serviceAccountName, client);
      return client;
    };
  });
  return {
    async client(scope) {
      const connect = await endpoints.of(scope.namespace, scope.configName);
      if (connect === undefined) throw notConfigured(scope.namespace);
      return connect(scope);
    },
    async fresh(config) {
      const { namespace, name } = config.metadata;
      const account = { namespace, configName: name, serviceAccountName: defaultServiceAccountName };
      return (await endpointOf(shared, config))(account);
    },
  };
}

/** Reads the Secrets and checks the addresses; what is left depends on the account alone. */
async function endpointOf(shared: Shared, { metadata, spec }: SwarmConfig): Promise<Connect> {
  const { kube, clock, random, guard, memory, stores } = shared;
  const { kfp } = spec.backends;
  if (!kfp) throw notConfigured(metadata.namespace);
  const { url, uiURL, metadataURL, caSecretRef } = kfp;
  const ca = caSecretRef && (await readSecret(kube, { namespace: metadata.namespace, ...caSecretRef }));
  if (metadataURL !== undefined) await requireAllowedHost(guard, new URL(metadataURL));
  const signed = await signatureOf(shared, kfp, metadata.namespace);
  const common = {
    url,
    namespace: kfp.namespace ?? metadata.namespace,
    fetch: createGuardedFetch({ ...guard, ca }),
    clock,
    random,
    memory,
    ...(uiURL !== undefined && { uiUrl: uiURL }),
    ...(metadataURL !== undefined && { metadataUrl: metadataURL }),
    ...(ca !== undefined && { metadataCa: ca }),
  };
  return (account) => {
    const { namespace, serviceAccountName } = account;
    const objects = spec.backends.objectStore && artifactReader(stores, account);
    return createKfpClient({
      ...common,
      ...signed(account),
      cluster: { kube, impersonate: accountUser(namespace, serviceAccountName) },
      ...(objects && { objects }),
    });
  };
}

type Signature = (account: Account) => Pick<KfpSettings, 'token'>;

/** Never a user-id header: Kubeflow Pipelines believes that blindly, whoever sends it. */
async function signatureOf(
  { kube, tokens }: Shared,
  { auth, url, tokenSecretRef }: NonNullable<Backends['kfp']>,
  namespace: string,
): Promise<Signature> {
  if (auth === 'None') return () => ({});
  if (auth === 'ServiceAccountToken') {
    return ({ serviceAccountName: name }) => ({ token: () => tokens.tokenFor({ namespace, name }, audience) });
  }
  const { name = '', key = '' } = tokenSecretRef ?? {};
  const token = await readSecret(kube, { namespace, name, key, host: new URL(url).hostname });
  return () => ({ token: () => Promise.resolve(token) });
}

function notConfigured(namespace: string): TerminalError {
  return new TerminalError(
    'NotConfigured',
    `Namespace ${namespace} has no Kubeflow Pipelines; name it in its SwarmConfig, field spec.backends.kfp.`,
  );
}
