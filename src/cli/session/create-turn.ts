import { type Conversation } from '../../api/conversation.ts';
import { apiVersion, kinds } from '../../api/group.ts';
import { turnMetadata } from '../../api/turn-metadata.ts';
import { type Turn, type TurnSpec } from '../../api/turn.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { type KubeObject } from '../../kube/kube-client.ts';
import { type CliContext } from './cli-context.ts';
import { newName } from './new-name.ts';
import { newStreamKey, type StreamKey } from '../../streaming/client/stream-key.ts';

/** A Turn that was just created, and the key that opens its stream. */
export interface AskedTurn {
  readonly turn: Turn;
  readonly streamKey: string;
}

const nameAttempts = 3;

/** Asks without a change of the Conversation itself, which may be Git's: the question is an object of its own. */
export async function createTurn(
  context: Pick<CliContext, 'kube' | 'randomBytes'>,
  { conversation, text }: { readonly conversation: Conversation; readonly text: string },
): Promise<AskedTurn> {
  const streamKey = newStreamKey(context.randomBytes);
  for (let attempt = 1; ; attempt += 1) {
    const name = newName(conversation.metadata.name, context.randomBytes);
    try {
      const turn = await context.kube.create(kinds.turn, newTurn({ conversation, text, name, streamKey }));
      return { turn: turn as unknown as Turn, streamKey: streamKey.key };
    } catch (error) {
      if (attempt === nameAttempts || !isAlreadyExists(error)) throw error;
    }
  }
}

interface NewTurn {
  readonly conversation: Conversation;
  readonly text: string;
  readonly name: string;
  readonly streamKey: StreamKey;
}

/** Position of a turn that no declared message asked for. */
const chatIndex = 0;

function newTurn({ conversation, text, name, streamKey }: NewTurn): KubeObject & { readonly spec: Partial<TurnSpec> } {
  const { metadata } = conversation;
  const owner = { kind: 'Conversation', name: metadata.name, uid: metadata.uid } as const;
  return {
    apiVersion,
    kind: kinds.turn.kind,
    metadata: turnMetadata({ kind: 'Conversation', metadata }, name),
    spec: { owner, text, index: chatIndex, streamKeySHA256: streamKey.sha256 },
  };
}
