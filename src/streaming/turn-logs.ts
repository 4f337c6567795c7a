import type { Turn } from '../api/turn.ts';
import type { LiveAnswer } from '../api/turn-stream.ts';
import { isTrue } from '../api/conditions.ts';
import type { Clock } from '../base/clock.ts';
import { EventLog, type EventLogLimits } from './event-log.ts';
import { turnEventVersion } from './turn-event.ts';
import { tokenKey, turnEvents } from './turn-events.ts';

export interface TurnLogsOptions {
  readonly clock: Pick<Clock, 'schedule'>;
  /** A short word that no other log has, in this process or another. */
  readonly newId: () => string;
  readonly limits?: Partial<TurnLogsLimits>;
}

export interface TurnLogsLimits {
  readonly log: EventLogLimits;
  /** How long the log of an ended turn is kept for readers that lag or come again. */
  readonly keepEndedMs: number;
  readonly endedLogs: number;
  readonly endedBytes: number;
}

const defaultLimits: TurnLogsLimits = {
  log: { events: 8_192, bytes: 1_048_576 },
  keepEndedMs: 60_000,
  endedLogs: 256,
  endedBytes: 16 * 1_048_576,
};

/** The end of a running answer that is shown to readers of the status, in UTF-16 units. */
const liveCharacters = 8_192;

export interface AnswerSource {
  readonly agent: string;
  readonly frame: string;
}

interface Answer extends AnswerSource {
  readonly id: string;
  /** UTF-16 units so far. */
  length: number;
  tail: string;
}

interface Kept {
  readonly uid: string;
  readonly log: EventLog;
  /** The newest answer of each frame, as long as its decision is not recorded. */
  readonly answers: Map<string, Answer>;
  answersSoFar: number;
  steps: number;
  forget: (() => void) | undefined;
}

/** One log for each turn that this process works on, and for a short while after its end. */
export class TurnLogs {
  readonly #options: TurnLogsOptions;
  readonly #limits: TurnLogsLimits;
  readonly #kept = new Map<string, Kept>();
  /** Of turns that have ended, in the order of their end. */
  readonly #ended = new Map<string, Kept>();

  constructor(options: TurnLogsOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Told every status that is read when work begins, and every one that is written. */
  recorded(turn: Turn): void {
    const kept = this.#of(turn);
    if (!kept || kept.log.isOver) return;
    const steps = turn.status?.steps?.length ?? 0;
    // An answer whose decision is recorded is in the journal.
    if (steps > kept.steps) kept.answers.clear();
    kept.steps = steps;
    for (const event of turnEvents(turn)) kept.log.append(event);
    if (hasEnded(turn)) this.#end(turn, kept);
  }

  /** The Turn was deleted. */
  gone({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): void {
    const kept = this.#kept.get(`${namespace}/${name}`);
    if (!kept) return;
    this.#drop(`${namespace}/${name}`, kept);
    const reason = 'NotFound';
    const message = `The Turn ${name} was deleted.`;
    kept.log.append({ type: 'error', v: turnEventVersion, key: `error:${reason}`, turn: name, reason, message });
    kept.log.end();
  }

  /** A model begins to answer. @returns what takes the pieces of its answer. */
  answering(turn: Turn, source: AnswerSource): (text: string) => void {
    const kept = this.#of(turn);
    if (!kept) return () => undefined;
    const { agent, frame } = source;
    const id = `${kept.log.id}.${++kept.answersSoFar}`;
    const answer: Answer = { agent, frame, id, length: 0, tail: '' };
    // The newest comes last.
    kept.answers.delete(frame);
    kept.answers.set(frame, answer);
    return (text) => {
      const piece = { answer: id, offset: answer.length, text };
      answer.length += text.length;
      answer.tail = `${answer.tail}${text}`.slice(-liveCharacters);
      const name = turn.metadata.name;
      kept.log.append({ type: 'token', v: turnEventVersion, key: tokenKey(piece), turn: name, agent, frame, ...piece });
    };
  }

  /** The answer in the making, when nobody reads the log of that turn. */
  unread(turn: Turn): LiveAnswer | undefined {
    const kept = this.#kept.get(keyOf(turn));
    if (kept?.uid !== turn.metadata.uid || kept.log.readers > 0) return undefined;
    const answer = [...kept.answers.values()].findLast(({ length }) => length > 0);
    if (!answer) return undefined;
    const { agent, frame, id, length, tail } = answer;
    // Half a character would reach the API server as another one.
    const text = tail.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '');
    const cutAtStart = /^[\uDC00-\uDFFF]/.test(tail) ? 1 : 0;
    return { agent, frame, answer: id, offset: length - tail.length + cutAtStart, text };
  }

  /** The log to read a turn from; undefined when it has ended and its log is forgotten. */
  logOf(turn: Turn): EventLog | undefined {
    const kept = this.#kept.get(keyOf(turn));
    if (kept?.uid === turn.metadata.uid) return kept.log;
    this.recorded(turn);
    return this.#kept.get(keyOf(turn))?.log;
  }

  close(): void {
    for (const { forget } of this.#kept.values()) forget?.();
    this.#kept.clear();
    this.#ended.clear();
  }

  #of(turn: Turn): Kept | undefined {
    const key = keyOf(turn);
    const { uid } = turn.metadata;
    const known = this.#kept.get(key);
    if (known?.uid === uid) return known;
    if (known) this.gone(turn.metadata);
    if (hasEnded(turn)) return undefined;
    const log = new EventLog(this.#options.newId(), this.#limits.log);
    const kept: Kept = { uid, log, answers: new Map(), answersSoFar: 0, steps: 0, forget: undefined };
    this.#kept.set(key, kept);
    return kept;
  }

  #end(turn: Turn, kept: Kept): void {
    kept.log.end();
    kept.answers.clear();
    const key = keyOf(turn);
    this.#ended.set(key, kept);
    kept.forget = this.#options.clock.schedule(this.#limits.keepEndedMs, () => {
      this.#drop(key, kept);
    });
    this.#dropOldest();
  }

  #dropOldest(): void {
    let bytes = [...this.#ended.values()].reduce((sum, { log }) => sum + log.bytes, 0);
    for (const [key, kept] of this.#ended) {
      if (this.#ended.size <= this.#limits.endedLogs && bytes <= this.#limits.endedBytes) return;
      bytes -= kept.log.bytes;
      this.#drop(key, kept);
    }
  }

  #drop(key: string, kept: Kept): void {
    kept.forget?.();
    for (const logs of [this.#kept, this.#ended]) if (logs.get(key) === kept) logs.delete(key);
  }
}

function keyOf({ metadata }: Turn): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function hasEnded({ status }: Turn): boolean {
  return isTrue(status?.conditions, 'Finished');
}
