import { type Conversation } from '../../api/conversation.ts';
import { kinds } from '../../api/group.ts';
import { isForbidden, isNotFound } from '../../kube/errors.ts';
import { type KubeObject } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { installCommand } from '../session/install-command.ts';
import { broken, type Finding, type Patient, well } from './check.ts';
import { operatorDeployments } from './operator-version.ts';

const check = 'operator';

/** First what is certain, then what it leaves behind: an operator may run outside of the cluster, or where one may not look. */
export async function checkOperator(patient: Patient): Promise<Finding> {
  const { context, operatorNamespace: namespace } = patient;
  const [deployment] = (await operatorDeployments(context.kube, namespace)) ?? [];
  if (deployment) {
    const { replicas = 1 } = deployment.spec;
    const available = deployment.status?.availableReplicas ?? 0;
    const message = `deployment ${deployment.metadata.name} in ${namespace}: ${available} of ${replicas} replicas ready`;
    if (available > 0) return well(check, message);
    return broken(check, message, `kubectl describe pods -l app.kubernetes.io/name=swarm-operator -n ${namespace}`);
  }
  const lease = await renewedLease(patient);
  if (lease !== undefined) return well(check, `${lease} holds the lease in ${namespace}`);
  return (
    (await seenAtWork(patient)) ?? broken(check, `no operator was found in namespace ${namespace}`, installCommand())
  );
}

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly renewTime?: string;
    readonly leaseDurationSeconds?: number;
  };
}

/** @returns who holds it now. */
async function renewedLease({ context, operatorNamespace: namespace }: Patient): Promise<string | undefined> {
  try {
    const lease = await context.kube.get<Lease>(resourceTypes.lease, { namespace, name: 'swarm-operator' });
    const { holderIdentity, renewTime, leaseDurationSeconds = 15 } = lease?.spec ?? {};
    const ageMs = context.clock.now().getTime() - Date.parse(renewTime ?? '');
    return holderIdentity && ageMs < 2_000 * leaseDurationSeconds ? holderIdentity : undefined;
  } catch (error) {
    if (isForbidden(error) || isNotFound(error)) return undefined;
    throw error;
  }
}

/** An operator has looked at everything that is older than this. */
const patienceMs = 30_000;

async function seenAtWork({ context }: Patient): Promise<Finding | undefined> {
  const { kube, namespace, clock } = context;
  const types = [kinds.swarmConfig, kinds.conversation, kinds.intent];
  const lists = await Promise.all(
    types.map((type) => kube.list(type, { namespace, limit: 100 }).catch(() => ({ items: [] }))),
  );
  const objects = lists.flatMap(({ items }) => items) as unknown as Conversation[];
  const unseen = objects.find(
    ({ metadata, status }) =>
      (status?.observedGeneration ?? 0) < metadata.generation &&
      clock.now().getTime() - Date.parse(metadata.creationTimestamp) > patienceMs,
  );
  if (unseen) {
    const what = `${unseen.kind.toLowerCase()}/${unseen.metadata.name}`;
    return broken(check, `nobody has looked at ${what} since it changed`, 'start the operator, or see its log');
  }
  if (objects.length === 0) return undefined;
  return well(
    check,
    `looks after the ${objects.length} objects of namespace ${namespace}; where it runs is not to be seen`,
  );
}
