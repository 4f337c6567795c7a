import { conditionTypes } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import { defaultConfigName, defaultServiceAccountName } from '../../api/names.ts';
import { type SwarmConfig } from '../../api/swarm-config.ts';
import { isForbidden } from '../../kube/errors.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { broken, type Finding, type Patient, well } from './check.ts';

export async function checkRunner({ context }: Patient): Promise<Finding> {
  const { kube, namespace } = context;
  const check = 'run-as account';
  try {
    const account = await kube.get(resourceTypes.serviceAccount, { namespace, name: defaultServiceAccountName });
    if (account) return well(check, `ServiceAccount ${defaultServiceAccountName} exists in namespace ${namespace}`);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return well(check, `you may not look at ServiceAccounts of namespace ${namespace}`);
  }
  const message = `there is no ServiceAccount ${defaultServiceAccountName} in namespace ${namespace}: agents have no rights`;
  return broken(check, message, `kubectl swarm init -n ${namespace}`);
}

/** What the operator found out about model and backends. */
export async function checkSettings({ context }: Patient): Promise<readonly Finding[]> {
  const { kube, namespace } = context;
  const config = (await kube.get(kinds.swarmConfig, { namespace, name: defaultConfigName })) as unknown as
    SwarmConfig | undefined;
  if (!config)
    return [
      well(
        'settings',
        `no SwarmConfig ${defaultConfigName} in namespace ${namespace}: the operator’s own settings apply`,
      ),
    ];
  const describe = `kubectl describe swarmconfig ${defaultConfigName} -n ${namespace}`;
  if ((config.status?.observedGeneration ?? 0) < config.metadata.generation) {
    return [broken('settings', `the operator has not looked at SwarmConfig ${defaultConfigName} yet`, describe)];
  }
  return (config.status?.conditions ?? [])
    .filter(({ type }) => isOfPart(type))
    .map(({ type, status, reason, message }) =>
      status === 'False' && !isAdvice(type)
        ? broken(type, `${reason}: ${message}`, `kubectl edit swarmconfig ${defaultConfigName} -n ${namespace}`)
        : well(type, message),
    );
}

/** Conditions about a part, not about the whole. */
function isOfPart(type: string): boolean {
  return type in conditionTypes && !['Ready', 'Reconciling', 'Stalled'].includes(type);
}

/** False only means: be careful. */
function isAdvice(type: string): boolean {
  return type === 'ConditionalWrites';
}
