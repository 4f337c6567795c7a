import { type Conversation } from '../../src/api/conversation.ts';
import { type Turn } from '../../src/api/turn.ts';
import { type ApiConnection } from '../support/api-connection.ts';
import { object, turnMetadata, turnsPerConversation, type Chat } from './chat.ts';
import { inParallel } from './statistics.ts';

/** What one real plain turn left behind: the sizes of the writes to repeat. */
export interface Sample {
  readonly turn: Turn;
  readonly conversation: Conversation;
}

/**
 * How many turns per second the API server takes when nobody thinks: the same three writes per turn (Turn created, Turn
 * status, Conversation status) with the same contents, by as many clients, and no operator.
 */
export async function ownLimit(
  api: ApiConnection,
  { chat, sample, count, concurrency }: { chat: Chat; sample: Sample; count: number; concurrency: number },
): Promise<number> {
  const owners = await Promise.all(
    Array.from({ length: concurrency }, async (_, worker) => {
      const metadata = { name: `limit-${concurrency}-${worker}` };
      return await api.must<Conversation>('POST', chat.path('conversations'), object('Conversation', metadata, {}));
    }),
  );
  const since = performance.now();
  await inParallel({ count, concurrency }, async (number, worker) => {
    const owner = owners[worker];
    if (owner === undefined) throw new Error('no conversation for this worker');
    const name = `limit-${concurrency}-t${number}`;
    const spec = {
      ...sample.turn.spec,
      owner: { kind: 'Conversation', name: owner.metadata.name, uid: owner.metadata.uid },
    };
    const turn = await api.must<Turn>(
      'POST',
      chat.path('turns'),
      object('Turn', turnMetadata(name, owner.metadata), spec),
    );
    const turnStatus = { ...turn, status: sample.turn.status };
    await api.must('PUT', `${chat.path('turns', name)}/status`, turnStatus);
    const conversationStatus = {
      ...owner,
      status: { ...sample.conversation.status, turnCount: number % turnsPerConversation },
    };
    owners[worker] = await api.must(
      'PUT',
      `${chat.path('conversations', owner.metadata.name)}/status`,
      conversationStatus,
    );
  });
  return count / ((performance.now() - since) / 1000);
}
