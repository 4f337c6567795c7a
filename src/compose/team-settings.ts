import { defaultConfigName } from '../api/names.ts';
import { policy, type SwarmConfig } from '../api/swarm-config.ts';
import type { Cache } from '../operator/cache.ts';
import { objectKey } from '../operator/object-key.ts';
import type { TeamSettings } from '../reconcilers/turn/dependencies.ts';

/** What holds for a namespace without a SwarmConfig. */
const withoutConfig: TeamSettings = { agents: [], policy: policy.parse({}) };

/** The settings of a team as turns need them: an agent whose backend is switched off is switched off with it. */
export function teamSettings(
  configs: Cache<SwarmConfig>,
  namespace: string,
  configName: string | undefined,
): TeamSettings {
  const config = configs.get(objectKey(namespace, configName ?? defaultConfigName));
  if (!config) return withoutConfig;
  const { agents, policy: teamPolicy, backends } = config.spec;
  if (backends.tekton.enabled) return { agents, policy: teamPolicy };
  const others = agents.filter(({ name }) => name !== 'tekton');
  return { agents: [...others, { name: 'tekton', enabled: false }], policy: teamPolicy };
}
