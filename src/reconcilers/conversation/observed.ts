import type { Condition, PipelineRun } from '../../api/common.ts';
import { conditionOf, type ConditionType, isTrue } from '../../api/conditions.ts';
import type { Conversation } from '../../api/conversation.ts';
import type { Turn } from '../../api/turn.ts';

/** Everything a plan and a status are made from; nothing is read afterwards. */
export interface Observed {
  readonly conversation: Conversation;
  /** Entries of spec.messages, in order. */
  readonly messages: readonly DeclaredMessage[];
  /** Turns of this conversation, oldest first. */
  readonly turns: readonly ObservedTurn[];
  /** Runs of this conversation, newest first, as true as can be told now. */
  readonly runs: readonly PipelineRun[];
  readonly now: Date;
}

export interface DeclaredMessage {
  readonly index: number;
  readonly text: string;
  /** Short digest of the text. */
  readonly digest: string;
  /** Name of its Turn: follows from the conversation's UID, the index and the text. */
  readonly turn: string;
}

export interface ObservedTurn {
  readonly turn: Turn;
  /** Short digest of its text. */
  readonly digest: string;
  /** Made for an entry of spec.messages; false: a person created it. */
  readonly declared: boolean;
  /** Its text and its reply on one line. */
  readonly preview: { readonly text: string; readonly reply?: string | undefined };
}

export function isFinished({ turn }: ObservedTurn): boolean {
  return isTrue(turn.status?.conditions, 'Finished');
}

/**
 * Finished turns that the status does not count yet. The status lists the newest turns, and turns end one after the
 * other: what is finished, is not in the list and is no older than the list has been counted and has left it.
 */
export function uncounted({ conversation, turns }: Pick<Observed, 'conversation' | 'turns'>): readonly ObservedTurn[] {
  const counted = (conversation.status?.turns ?? []).filter((entry) => entry.finishedAt !== undefined);
  const names = new Set(counted.map((entry) => entry.name));
  const oldest = (conversation.status?.turnCount ?? 0) > counted.length ? counted.map(finishedAt).sort()[0] : undefined;
  return turns.filter(
    (entry) =>
      isFinished(entry) &&
      !names.has(entry.turn.metadata.name) &&
      (oldest === undefined || finishedAt(entry.turn.status ?? {}) >= oldest),
  );
}

export function finishedAt(of: { readonly finishedAt?: string | undefined }): string {
  return of.finishedAt ?? '';
}

/** The condition of the turn, if it is True. */
export function trueCondition(entry: ObservedTurn | undefined, type: ConditionType): Condition | undefined {
  const condition = conditionOf(entry?.turn.status?.conditions, type);
  return condition?.status === 'True' ? condition : undefined;
}
