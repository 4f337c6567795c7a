import type { Conversation } from '../../api/conversation.ts';
import type { Turn } from '../../api/turn.ts';
import type { Clock } from '../../base/clock.ts';
import type { Cache } from '../../operator/cache.ts';
import type { ObjectKey } from '../../operator/reconciler.ts';
import { oneLine } from '../one-line.ts';
import { boundedRun, currentRuns, runScopeOf, type RunSource } from '../runs.ts';
import { messageDigest, messageTurnName } from '../turn-names.ts';
import type { Observed, ObservedTurn } from './observed.ts';

const previewCharacters = 200;

export interface ObserveDependencies {
  readonly conversations: Cache<Conversation>;
  /** With an index `owner` by UID of the owner. */
  readonly turns: Cache<Turn>;
  readonly runs: RunSource;
  readonly clock: Pick<Clock, 'now'>;
}

export async function observeConversation(
  { conversations, turns, runs, clock }: ObserveDependencies,
  key: ObjectKey,
): Promise<Observed | undefined> {
  const conversation = conversations.get(key);
  if (!conversation) return undefined;
  const now = clock.now();
  const owned = turns
    .byIndex('owner', conversation.metadata.uid)
    .filter((turn) => turn.spec.owner.kind === 'Conversation')
    .sort(inOrder);
  const known = [
    ...(conversation.status?.pipelineRuns ?? []),
    ...owned.flatMap((turn) => turn.status?.pipelineRuns ?? []),
  ];
  const current = await currentRuns(runs, known, { scope: runScopeOf(conversation.spec), now });
  return {
    conversation,
    messages: conversation.spec.messages.map(({ text }, index) => {
      const digest = messageDigest(text);
      return { index, text, digest, turn: messageTurnName(conversation, index, digest) };
    }),
    turns: owned.map((turn) => observedTurn(conversation, turn)),
    runs: current.map(boundedRun),
    now,
  };
}

function observedTurn(conversation: Conversation, turn: Turn): ObservedTurn {
  const digest = messageDigest(turn.spec.text);
  const reply = turn.status?.reply;
  return {
    turn,
    digest,
    declared: turn.metadata.name === messageTurnName(conversation, turn.spec.index, digest),
    preview: {
      text: oneLine(turn.spec.text, previewCharacters),
      ...(reply === undefined ? {} : { reply: oneLine(reply, previewCharacters) }),
    },
  };
}

/** Oldest first; those of one second in the order of their messages. */
function inOrder(left: Turn, right: Turn): number {
  const [before, after] = [left.metadata.creationTimestamp, right.metadata.creationTimestamp];
  if (before !== after) return before < after ? -1 : 1;
  if (left.spec.index !== right.spec.index) return left.spec.index - right.spec.index;
  return left.metadata.name < right.metadata.name ? -1 : 1;
}
