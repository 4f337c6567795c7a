import { defaultConfigName } from '../api/names.ts';
import { type Backends, policy, type SwarmConfig } from '../api/swarm-config.ts';
import type { Cache } from '../operator/cache.ts';
import { objectKey } from '../operator/object-key.ts';
import type { TeamSettings } from '../reconcilers/turn/dependencies.ts';

export interface TeamSources {
  readonly configs: Cache<SwarmConfig>;
  /** Whether the namespace has documents to look into. */
  readonly hasKnowledge: (namespace: string) => boolean;
}

/** The settings of a team as turns need them: an agent whose backend is not there is switched off. */
export function teamSettings(
  { configs, hasKnowledge }: TeamSources,
  namespace: string,
  configName: string | undefined,
): TeamSettings {
  const spec = configs.get(objectKey(namespace, configName ?? defaultConfigName))?.spec;
  const agents = spec?.agents ?? [];
  const missing = agentsWithout(spec?.backends, hasKnowledge(namespace));
  return {
    agents: [
      ...agents.filter(({ name }) => !missing.includes(name)),
      ...missing.map((name) => ({ name, enabled: false })),
    ],
    policy: spec?.policy ?? policy.parse({}),
  };
}

function agentsWithout(
  backends: Backends | undefined,
  hasKnowledge: boolean,
): TeamSettings['agents'][number]['name'][] {
  const isThere = {
    tekton: backends?.tekton.enabled ?? true,
    kfp: backends?.kfp !== undefined,
    minio: backends?.objectStore !== undefined,
    docs: hasKnowledge,
  };
  return (Object.keys(isThere) as (keyof typeof isThere)[]).filter((name) => !isThere[name]);
}
