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
 * Finished turns that the status does not count yet. The status lists the last finished turns in their order: what is
 * finished and comes before all of them has been counted and has left the list.
 */
export function uncounted({ conversation, turns }: Pick<Observed, 'conversation' | 'turns'>): readonly ObservedTurn[] {
  const entries = conversation.status?.turns ?? [];
  const counted = new Set(entries.filter(({ finishedAt }) => finishedAt !== undefined).map(({ name }) => name));
  const uncountedYet = new Set(entries.filter(({ finishedAt }) => finishedAt === undefined).map(({ name }) => name));
  const hasDropped = (conversation.status?.turnCount ?? 0) > counted.size;
  const firstListed = hasDropped ? turns.findIndex(({ turn }) => counted.has(turn.metadata.name)) : -1;
  return turns.filter((entry, position) => {
    const { name } = entry.turn.metadata;
    return isFinished(entry) && !counted.has(name) && (uncountedYet.has(name) || position > firstListed);
  });
}

/** The turn that ended last; times are whole seconds, so versions decide between those of one second. */
export function lastEnded(turns: readonly ObservedTurn[]): ObservedTurn | undefined {
  return turns.filter(isFinished).reduce<ObservedTurn | undefined>((last, entry) => {
    return last === undefined || endedAfter(entry.turn, last.turn) ? entry : last;
  }, undefined);
}

function endedAfter(left: Turn, right: Turn): boolean {
  const [leftEnd, rightEnd] = [left.status?.finishedAt ?? '', right.status?.finishedAt ?? ''];
  if (leftEnd !== rightEnd) return leftEnd > rightEnd;
  return BigInt(left.metadata.resourceVersion) > BigInt(right.metadata.resourceVersion);
}

/** The condition of the turn, if it is True. */
export function trueCondition(entry: ObservedTurn | undefined, type: ConditionType): Condition | undefined {
  const condition = conditionOf(entry?.turn.status?.conditions, type);
  return condition?.status === 'True' ? condition : undefined;
}
