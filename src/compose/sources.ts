import { group, kinds } from '../api/group.ts';
import type { OwnerReference } from '../api/resource.ts';
import type { Turn } from '../api/turn.ts';
import type { KubeObject, ResourceType } from '../kube/kube-client.ts';
import { resourceTypes } from '../kube/resource-types.ts';
import type { Cache } from '../operator/cache.ts';
import { keyOf, objectKey } from '../operator/object-key.ts';
import type { ObjectKey } from '../operator/reconciler.ts';
import type { Source } from '../operator/swarm-operator.ts';
import type { RunHolder } from '../reconcilers/runs.ts';

type Owned = KubeObject & { readonly metadata: { readonly ownerReferences?: readonly OwnerReference[] } };

/**
 * Which Conversations or Intents a change concerns: their own, that of one of their Turns, and that of a run which they
 * own or list.
 * @param holders with an index `run` by the runs they list.
 */
export function holderSources(type: ResourceType, holders: Cache<RunHolder>): readonly Source[] {
  const ofTurn = (object: KubeObject): readonly ObjectKey[] => {
    const { metadata, spec } = object as unknown as Turn;
    return spec.owner.kind === type.kind ? [objectKey(metadata.namespace, spec.owner.name)] : [];
  };
  const ofRun = (object: KubeObject): readonly ObjectKey[] => {
    const { namespace = '', name, ownerReferences = [] } = (object as Owned).metadata;
    const owners = ownerReferences.filter(
      (owner) => owner.kind === type.kind && owner.apiVersion.startsWith(`${group}/`),
    );
    const listing = holders.byIndex('run', `tekton/${namespace}/${name}`).map(keyOf);
    return [...new Set([...owners.map((owner) => objectKey(namespace, owner.name)), ...listing])];
  };
  return [
    { type, keysOf: (object) => [keyOf(object)] },
    { type: kinds.turn, keysOf: ofTurn },
    { type: resourceTypes.pipelineRun, keysOf: ofRun },
  ];
}
