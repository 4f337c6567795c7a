import type { Approval } from '../../api/approval.ts';
import { isTrue } from '../../api/conditions.ts';
import { kinds } from '../../api/group.ts';
import { labels } from '../../api/names.ts';
import type { Conversation } from '../../api/conversation.ts';
import type { Intent } from '../../api/intent.ts';
import type { Turn } from '../../api/turn.ts';
import type { Cache } from '../../operator/cache.ts';
import type { KubeObject } from '../../kube/kube-client.ts';
import { resourceTypes } from '../../kube/resource-types.ts';
import { keyOf, objectKey } from '../../operator/object-key.ts';
import type { ObjectKey } from '../../operator/reconciler.ts';
import type { Source } from '../../operator/swarm-operator.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { isFinished } from './observed.ts';

interface Controls {
  /** Breaks off the model calls of a turn that is to stop. */
  readonly interrupt: (key: ObjectKey) => void;
  /** Ends the pause of a turn. */
  readonly resume: (key: ObjectKey) => void;
}

/** Which turns a change of an object concerns. */
export function turnSources(
  { caches }: Pick<TurnReconcilerDependencies, 'caches'>,
  { interrupt, resume }: Controls,
): readonly Source[] {
  const unfinishedOf = (ownerUid: string) =>
    caches.turns.byIndex('owner', ownerUid).filter((turn) => !isFinished(turn));

  const ofTurn = (object: KubeObject): readonly ObjectKey[] => {
    const turn = object as Turn;
    const key = keyOf(turn);
    const leaves = isLeaving(turn, caches.turns);
    if (turn.spec.cancel || leaves) interrupt(key);
    const others = isFinished(turn) || leaves;
    return others ? [key, ...unfinishedOf(turn.spec.owner.uid).map(keyOf)] : [key];
  };
  const ofOwner =
    (owners: Cache<Conversation> | Cache<Intent>) =>
    (owner: KubeObject): readonly ObjectKey[] => {
      const keys = unfinishedOf(owner.metadata.uid ?? '').map(keyOf);
      if (isLeaving(owner, owners)) keys.forEach(interrupt);
      return keys;
    };
  const ofApproval = (object: KubeObject): readonly ObjectKey[] => {
    const { metadata, spec } = object as Approval;
    return [objectKey(metadata.namespace, spec.turn.name)];
  };
  const ofConfig = ({ metadata }: KubeObject): readonly ObjectKey[] => {
    const keys = caches.turns.list(metadata.namespace).filter(isStuck).map(keyOf);
    for (const key of keys) resume(key);
    return keys;
  };
  const ofRun = ({ metadata }: KubeObject): readonly ObjectKey[] => {
    const namespace = metadata.namespace ?? '';
    const starter = metadata.labels?.[labels.turn];
    const waiting = caches.turns.byIndex('awaitedRun', `${namespace}/${metadata.name}`).map(keyOf);
    return starter === undefined ? waiting : [...new Set([objectKey(namespace, starter), ...waiting])];
  };
  return [
    { type: kinds.turn, keysOf: ofTurn },
    { type: kinds.conversation, keysOf: ofOwner(caches.conversations) },
    { type: kinds.intent, keysOf: ofOwner(caches.intents) },
    { type: kinds.approval, keysOf: ofApproval },
    { type: kinds.swarmConfig, keysOf: ofConfig },
    { type: resourceTypes.pipelineRun, keysOf: ofRun },
  ];
}

/** Being deleted, or gone already: what no finalizer holds goes without a deletionTimestamp. */
function isLeaving(object: KubeObject, cache: Pick<Cache<KubeObject>, 'get'>): boolean {
  return 'deletionTimestamp' in object.metadata || cache.get(keyOf(object)) === undefined;
}

/** Held up by something that settings may have to do with. */
function isStuck(turn: Turn): boolean {
  if (isFinished(turn)) return false;
  const { conditions } = turn.status ?? {};
  const isRetrying = conditions?.some(({ type, reason }) => type === 'Reconciling' && reason === 'ModelUnavailable');
  return isTrue(conditions, 'Stalled') || isRetrying === true;
}
