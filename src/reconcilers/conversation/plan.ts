import { finalizers } from '../../api/names.ts';
import { type DeclaredMessage, type Observed, type ObservedTurn, isFinished, uncounted } from './observed.ts';

export type Plan =
  | { readonly kind: 'release' }
  | { readonly kind: 'nothing'; readonly reason: 'Deleting' }
  | {
      readonly kind: 'answer';
      /** Messages that need a Turn, in order. */
      readonly create: readonly DeclaredMessage[];
      /** Unfinished turns of messages that are no longer there. */
      readonly cancel: readonly ObservedTurn[];
      /** Finished turns beyond the history limit; they go after the status has been written. */
      readonly prune: readonly ObservedTurn[];
      /** For entry i of spec.messages the digest that has been answered, or an empty string. */
      readonly answered: readonly string[];
      readonly holdRuns: boolean;
    };
export type AnswerPlan = Extract<Plan, { kind: 'answer' }>;

export function planConversation(observed: Observed): Plan {
  const { metadata, spec } = observed.conversation;
  const held = metadata.finalizers?.includes(finalizers.runs) ?? false;
  if (metadata.deletionTimestamp !== undefined) {
    return held ? { kind: 'release' } : { kind: 'nothing', reason: 'Deleting' };
  }

  const { states, superseded } = matchMessages(observed);
  return {
    kind: 'answer',
    create: spec.suspend ? [] : observed.messages.filter((_, index) => states[index] === 'new'),
    cancel: superseded.filter((entry) => !entry.turn.spec.cancel),
    prune: beyondHistory(observed),
    answered: observed.messages.map(({ digest }, index) => (states[index] === 'answered' ? digest : '')),
    // Orphaned runs must outlive the conversation, so nothing may start unheld; cancelling can wait for the first run.
    holdRuns: !held && (spec.deletionPolicy === 'Orphan' || observed.runs.length > 0),
  };
}

type MessageState = 'answered' | 'asked' | 'new';

/**
 * Which messages have been answered or asked. An entry that only moved, because others were removed or put before it,
 * is the same message: what was answered is never asked again.
 */
function matchMessages(observed: Observed): { states: MessageState[]; superseded: ObservedTurn[] } {
  const byName = new Map(observed.turns.map((entry) => [entry.turn.metadata.name, entry]));
  const states = observed.messages.map(({ turn, digest, index }): MessageState => {
    const own = byName.get(turn);
    if (own) return isFinished(own) ? 'answered' : 'asked';
    return observed.conversation.status?.answered?.[index] === digest ? 'answered' : 'new';
  });

  const moved = displaced(observed);
  observed.messages.forEach(({ digest, index }) => {
    if (states[index] !== 'new') return;
    const position = moved.findIndex((candidate) => candidate.digest === digest);
    const [found] = position < 0 ? [] : moved.splice(position, 1);
    if (found) states[index] = found.unfinished ? 'asked' : 'answered';
  });
  return { states, superseded: moved.flatMap(({ unfinished }) => unfinished ?? []) };
}

interface Displaced {
  readonly digest: string;
  readonly unfinished?: ObservedTurn;
}

/** What was answered or asked at a place that now holds another text, or none. */
function displaced(observed: Observed): Displaced[] {
  const isThere = (index: number, digest: string) => observed.messages[index]?.digest === digest;
  const answered = (observed.conversation.status?.answered ?? []).filter(
    (digest, index) => digest !== '' && !isThere(index, digest),
  );
  const elsewhere = observed.turns.filter((entry) => entry.declared && !isThere(entry.turn.spec.index, entry.digest));
  const justFinished = uncounted({ ...observed, turns: elsewhere });
  return [
    ...[...answered, ...justFinished.map(({ digest }) => digest)].map((digest) => ({ digest })),
    ...elsewhere.filter((entry) => !isFinished(entry)).map((entry) => ({ digest: entry.digest, unfinished: entry })),
  ];
}

function beyondHistory({ conversation, turns }: Observed): readonly ObservedTurn[] {
  const finished = turns.filter(isFinished);
  return finished.slice(0, Math.max(0, finished.length - conversation.spec.historyLimit));
}
