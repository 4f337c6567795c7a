import { describe, expect, test } from 'vitest';

/*
 * The specification of the turn engine: an exhaustive search of the protocol between journal, workers and receivers.
 * Workers know nothing of each other (no leader election), crash anywhere, lose requests and replies anywhere, and their
 * model may decide differently each time it is asked. What must hold in every reachable state:
 * - atMostOnce: a receiver applies at most one effect for the one decision the turn asks for;
 * - asDecided: once the journal is done, the effect that exists is the one the journal decided.
 */

/** Decision that is recorded before anything acts on it; with `started`, the beginning of the effect too. */
type WriteAhead = 'nothing' | 'decision' | 'decision+started';
/**
 * plain: takes no key. by-decision / by-position: takes a name, made of the arguments or of the place in the journal.
 * pruned: the named object may be deleted. held: it is kept by a finalizer until the journal is done. lagging: no key, and
 * its list shows effects late.
 */
type ReceiverKind = 'plain' | 'by-decision' | 'by-position' | 'pruned' | 'held' | 'lagging';
/** What a successor does that finds Started. */
type Recovery = 'repeat' | 'ambiguous' | 'probe';

interface Protocol {
  readonly writeAhead: WriteAhead;
  readonly receiver: ReceiverKind;
  readonly recovery: Recovery;
}

type Phase = 'None' | 'Decided' | 'Started' | 'Done' | 'Ambiguous';
type Decision = 0 | 1 | 2;

interface Journal {
  readonly version: number;
  readonly phase: Phase;
  readonly decision: Decision;
  readonly attempt: number;
}

type At =
  'read' | 'halt' | 'record-decision' | 'record-started' | 'send' | 'probe' | 'record-done' | 'record-ambiguous';

/** A worker: where it is, and the journal as it read it. */
interface Worker {
  readonly at: At;
  readonly seen: Journal;
}

interface Receiver {
  /** Effects applied, by decision. */
  readonly applied: readonly [number, number];
  /** Effects that a lookup shows. */
  readonly visible: number;
}

interface State {
  readonly journal: Journal;
  readonly workers: readonly Worker[];
  readonly receiver: Receiver;
  readonly crashes: number;
  readonly sends: number;
}

const maxCrashes = 3;
const maxSends = 6;
const maxAttempts = 3;
const nothing: Journal = { version: 0, phase: 'None', decision: 0, attempt: 0 };
const reading: Worker = { at: 'read', seen: nothing };
const halted: Worker = { at: 'halt', seen: nothing };

/** What one worker does in one move; the rest of the state stays. */
type Move = Partial<Omit<State, 'workers'>> & { readonly worker: Worker };
type Moves = (state: State, worker: Worker, protocol: Protocol) => readonly Move[];

const moves: Readonly<Record<At, Moves>> = {
  halt: () => [],
  read: ({ journal }, _worker, protocol) => {
    const go = (at: At, seen: Journal = journal): Move => ({ worker: { at, seen } });
    switch (journal.phase) {
      case 'Done':
      case 'Ambiguous':
        return [{ worker: halted }];
      case 'None': {
        const next = protocol.writeAhead === 'nothing' ? 'send' : 'record-decision';
        return ([1, 2] as const).map((decision) => go(next, { ...journal, decision }));
      }
      case 'Decided':
        return [go(protocol.writeAhead === 'decision+started' ? 'record-started' : 'send')];
      case 'Started':
        return [go(({ repeat: 'send', ambiguous: 'record-ambiguous', probe: 'probe' } as const)[protocol.recovery])];
    }
  },
  'record-decision': ({ journal }, { seen }, protocol) => {
    if (journal.version !== seen.version) return [{ worker: reading }];
    const recorded: Journal = { ...nothing, version: seen.version + 1, phase: 'Decided', decision: seen.decision };
    const next = protocol.writeAhead === 'decision+started' ? 'record-started' : 'send';
    return [
      { journal: recorded, worker: { at: next, seen: recorded } },
      { journal: recorded, worker: reading },
    ];
  },
  'record-started': ({ journal }, { seen }) => {
    if (journal.version !== seen.version) return [{ worker: reading }];
    if (journal.attempt === maxAttempts) return [];
    const recorded: Journal = { ...seen, version: seen.version + 1, phase: 'Started', attempt: journal.attempt + 1 };
    return [
      { journal: recorded, worker: { at: 'send', seen: recorded } },
      { journal: recorded, worker: reading },
    ];
  },
  send: ({ receiver, sends }, { seen }, protocol) => {
    if (sends === maxSends) return [];
    const lost = ({ repeat: 'read', ambiguous: 'record-ambiguous', probe: 'probe' } as const)[protocol.recovery];
    const applied = { receiver: apply(receiver, seen.decision, protocol.receiver), sends: sends + 1 };
    return [
      { ...applied, worker: { at: 'record-done', seen } },
      { ...applied, worker: { at: lost, seen } },
      { sends: sends + 1, worker: { at: lost, seen } },
    ];
  },
  probe: ({ receiver }, { seen }) => [
    { worker: { at: receiver.visible > 0 ? 'record-done' : 'record-started', seen } },
  ],
  'record-done': (state, worker) => close(state, worker, 'Done'),
  'record-ambiguous': (state, worker) => close(state, worker, 'Ambiguous'),
};

function close({ journal }: State, { seen }: Worker, phase: 'Done' | 'Ambiguous'): readonly Move[] {
  if (journal.version !== seen.version) return [{ worker: reading }];
  const recorded: Journal = { ...journal, version: journal.version + 1, phase, decision: seen.decision };
  return [{ journal: recorded, worker: halted }];
}

function apply({ applied, visible }: Receiver, decision: Decision, kind: ReceiverKind): Receiver {
  const [first, second] = applied;
  const total = first + second;
  const once = (): [number, number] => (decision === 1 ? [1, second] : [first, 1]);
  const more = (): [number, number] => (decision === 1 ? [first + 1, second] : [first, second + 1]);
  switch (kind) {
    case 'by-decision':
      return { applied: once(), visible: 1 };
    case 'by-position':
      return { applied: total === 0 ? once() : [first, second], visible: 1 };
    case 'pruned':
    case 'held':
      return visible > 0 ? { applied, visible } : { applied: more(), visible: 1 };
    case 'plain':
      return { applied: more(), visible: total + 1 };
    case 'lagging':
      return { applied: more(), visible };
  }
}

/** What happens outside the workers. */
function environment({ journal, receiver }: State, { receiver: kind }: Protocol): readonly Receiver[] {
  const { applied, visible } = receiver;
  if (kind === 'lagging' && visible < applied[0] + applied[1]) return [{ applied, visible: visible + 1 }];
  const mayPrune = kind === 'pruned' || (kind === 'held' && journal.phase === 'Done');
  return mayPrune && visible > 0 ? [{ applied, visible: 0 }] : [];
}

function successors(state: State, protocol: Protocol): readonly State[] {
  const outside = environment(state, protocol).map((receiver): State => ({ ...state, receiver }));
  const inside = state.workers.flatMap((worker, index) => {
    const isUp = worker.at !== 'read' && worker.at !== 'halt';
    const crash: Move[] = isUp && state.crashes < maxCrashes ? [{ crashes: state.crashes + 1, worker: reading }] : [];
    return [...crash, ...moves[worker.at](state, worker, protocol)].map(({ worker: moved, ...rest }): State => {
      return { ...state, ...rest, workers: state.workers.with(index, moved) };
    });
  });
  return [...outside, ...inside];
}

interface Verdict {
  readonly atMostOnce: boolean;
  readonly asDecided: boolean;
  readonly states: number;
}

function explore(protocol: Protocol, workers: number): Verdict {
  const start: State = {
    journal: nothing,
    workers: Array.from({ length: workers }, () => reading),
    receiver: { applied: [0, 0], visible: 0 },
    crashes: 0,
    sends: 0,
  };
  const seen = new Set([encode(start)]);
  const queue = [start];
  let atMostOnce = true;
  let asDecided = true;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const [first, second] = state.receiver.applied;
    if (first + second > 1) atMostOnce = false;
    if (state.journal.phase === 'Done' && (state.journal.decision === 1 ? second : first) > 0) asDecided = false;
    for (const next of successors(state, protocol)) {
      const code = encode(next);
      if (seen.has(code)) continue;
      seen.add(code);
      queue.push(next);
    }
  }
  return { atMostOnce, asDecided, states: seen.size };
}

function encode({ journal, workers, receiver, crashes, sends }: State): string {
  const journalCode = (j: Journal) => `${j.version}${j.phase}${j.decision}${j.attempt}`;
  const workerCodes = workers.map(({ at, seen }) => `${at}:${journalCode(seen)}`);
  return [journalCode(journal), ...workerCodes, ...receiver.applied, receiver.visible, crashes, sends].join('|');
}

type Expected = readonly [protocol: Protocol, workers: number, want: Omit<Verdict, 'states'>];
const protocol = (writeAhead: WriteAhead, receiver: ReceiverKind, recovery: Recovery = 'repeat'): Protocol => ({
  writeAhead,
  receiver,
  recovery,
});
const holds = { atMostOnce: true, asDecided: true };
const doubles = { atMostOnce: false, asDecided: true };
const fails = { atMostOnce: false, asDecided: false };

const cases: Record<string, Expected> = {
  'pure and named calls, as Swarm makes them': [protocol('decision', 'by-position'), 2, holds],
  'named by arguments is as good, once the decision is recorded': [protocol('decision', 'by-decision'), 2, holds],
  'a Started record adds nothing for named calls': [protocol('decision+started', 'by-decision'), 2, holds],
  'external calls, as Swarm makes them': [protocol('decision+started', 'plain', 'ambiguous'), 2, holds],
  'acting before recording doubles effects': [protocol('nothing', 'plain'), 1, fails],
  'acting before recording doubles effects that are named by arguments': [protocol('nothing', 'by-decision'), 1, fails],
  'acting before recording leaves another effect than the journal says': [
    protocol('nothing', 'by-position'),
    1,
    { atMostOnce: true, asDecided: false },
  ],
  'a recorded decision alone does not protect a receiver without a key': [protocol('decision', 'plain'), 1, doubles],
  'repeating what was Started doubles it': [protocol('decision+started', 'plain'), 1, doubles],
  'looking before repeating helps one worker': [protocol('decision+started', 'plain', 'probe'), 1, holds],
  'looking before repeating does not help two': [protocol('decision+started', 'plain', 'probe'), 2, doubles],
  'looking at a list that lags helps nobody': [protocol('decision+started', 'lagging', 'probe'), 1, doubles],
  'an object that may be pruned is made again': [protocol('decision', 'pruned'), 1, doubles],
  'an object that is held until Done is not, by one worker': [protocol('decision', 'held'), 1, holds],
  'a late second worker makes it again after it was let go': [protocol('decision', 'held'), 2, doubles],
};

describe('the protocol', () => {
  test.each(Object.entries(cases))('%s', (_name, [given, workers, want]) => {
    const { states, ...verdict } = explore(given, workers);
    expect(verdict).toEqual(want);
    expect(states).toBeGreaterThan(20);
  });
});
