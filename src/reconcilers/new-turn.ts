import type { Author } from '../api/common.ts';
import { apiVersion, group, kinds } from '../api/group.ts';
import type { ObjectMeta } from '../api/resource.ts';
import { turnMetadata } from '../api/turn-metadata.ts';
import type { Turn, TurnSpec } from '../api/turn.ts';
import { isAlreadyExists } from '../kube/errors.ts';
import type { KubeClient, KubeObject } from '../kube/kube-client.ts';
import type { Cache } from '../operator/cache.ts';

/** On a Turn that outlives its Intent: until when its outcome is reused. */
export const keepUntilAnnotation = `${group}/keep-until`;

export interface TurnOwner {
  readonly kind: 'Conversation' | 'Intent';
  readonly metadata: ObjectMeta;
  /** Whoever wrote the spec; the Turn runs with that person's rights. */
  readonly author: Author | undefined;
}

export type Question = Pick<TurnSpec, 'text' | 'index' | 'parameters'> & {
  readonly name: string;
  /** The Turn is not owned but kept until then. */
  readonly keepUntil?: Date | undefined;
};

/** Creates the Turn unless it is there already: its name follows from what is asked, so it is the same one. */
export async function createTurn(
  { kube, turns }: { readonly kube: KubeClient; readonly turns: Cache<Turn> },
  owner: TurnOwner,
  question: Question,
): Promise<void> {
  try {
    turns.noteWritten((await kube.create(kinds.turn, newTurn(owner, question))) as unknown as Turn);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

function newTurn({ kind, metadata, author }: TurnOwner, question: Question): KubeObject & { readonly spec: TurnSpec } {
  const { name, keepUntil, ...asked } = question;
  const owner = { kind, name: metadata.name, uid: metadata.uid };
  const { ownerReferences, ...own } = turnMetadata({ kind, metadata }, name);
  return {
    apiVersion,
    kind: kinds.turn.kind,
    metadata: {
      ...own,
      ...(keepUntil ? { annotations: { [keepUntilAnnotation]: keepUntil.toISOString() } } : { ownerReferences }),
    },
    spec: { owner, ...asked, author, cancel: false },
  };
}
