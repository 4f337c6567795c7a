import { apiVersion } from './group.ts';
import { labels } from './names.ts';
import type { ObjectMeta } from './resource.ts';

/** Conversation or Intent. */
export interface OwnerOfTurns {
  readonly kind: 'Conversation' | 'Intent';
  readonly metadata: Pick<ObjectMeta, 'name' | 'namespace' | 'uid'>;
}

/** What makes a Turn one of its owner's: whoever creates it, it is found by the label and deleted with the owner. */
export function turnMetadata({ kind, metadata }: OwnerOfTurns, name: string) {
  const owner = { kind, name: metadata.name, uid: metadata.uid };
  return {
    name,
    namespace: metadata.namespace,
    labels: { [kind === 'Conversation' ? labels.conversation : labels.intent]: metadata.name },
    ownerReferences: [{ apiVersion, ...owner, controller: true }],
  };
}
