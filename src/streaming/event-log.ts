import type { TurnEvent, TurnEventOf } from './turn-event.ts';
import { tokenKey } from './turn-events.ts';

export interface LogEntry {
  /** Grows from entry to entry; gaps are left where pieces of an answer were put together. */
  readonly seq: number;
  readonly event: TurnEvent;
}

export interface EventLogLimits {
  readonly events: number;
  /** About as many bytes of JSON. */
  readonly bytes: number;
}

/** What an event weighs beside its text. */
const overheadBytes = 200;

/**
 * The events of one turn since this process took it up, for readers that come, lag and come again. It is bounded: when
 * it is full, pieces of answers are put together, and then whole answers that are over are dropped, oldest first; the
 * journal has them. All other events stay, and are few.
 */
export class EventLog {
  /** First part of the ids on the wire: another log of the same turn has other numbers. */
  readonly id: string;
  readonly #limits: EventLogLimits;
  readonly #seen = new Set<string>();
  readonly #readers = new Set<() => void>();
  #entries: LogEntry[] = [];
  #bytes = 0;
  #last = 0;
  #isOver = false;

  constructor(id: string, limits: EventLogLimits) {
    this.id = id;
    this.#limits = limits;
  }

  get last(): number {
    return this.#last;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.length;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /** Whether nothing will follow. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** An event whose key was told before is dropped; of tokens the caller knows what is new. */
  append(event: TurnEvent): void {
    if (this.#isOver) return;
    if (event.type !== 'token') {
      if (this.#seen.has(event.key)) return;
      this.#seen.add(event.key);
    }
    this.#entries.push({ seq: ++this.#last, event });
    this.#bytes += bytesOf(event);
    if (this.#isFull()) this.#makeRoom();
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** The first entry after this number; undefined when there is none yet. */
  after(seq: number): LogEntry | undefined {
    let from = 0;
    let to = this.#entries.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#entries[middle]?.seq ?? 0) > seq) to = middle;
      else from = middle + 1;
    }
    return this.#entries[from];
  }

  /** @param wake called whenever there is something new, or the log has ended. @returns what takes it back. */
  subscribe(wake: () => void): () => void {
    this.#readers.add(wake);
    return () => {
      this.#readers.delete(wake);
    };
  }

  #wake(): void {
    for (const wake of this.#readers) wake();
  }

  #isFull(): boolean {
    return this.#entries.length > this.#limits.events || this.#bytes > this.#limits.bytes;
  }

  #makeRoom(): void {
    const answers = putTogether(this.#entries);
    const current = [...answers.values()].at(-1)?.event.answer;
    this.#keep(this.#entries.flatMap((entry) => (isToken(entry) ? (answerAt(answers, entry) ?? []) : entry)));
    for (const { seq, event } of answers.values()) {
      if (this.#bytes <= this.#limits.bytes / 2) return;
      if (event.answer !== current) this.#keep(this.#entries.filter((entry) => entry.seq !== seq));
    }
    if (this.#bytes > this.#limits.bytes / 2) this.#keep(this.#entries.map((entry) => this.#shortened(entry)));
  }

  /** Of an answer that fills the log by itself, its end. */
  #shortened(entry: LogEntry): LogEntry {
    if (!isToken(entry)) return entry;
    const text = entry.event.text.slice(-Math.floor(this.#limits.bytes / 4));
    const offset = entry.event.offset + entry.event.text.length - text.length;
    return { seq: entry.seq, event: { ...entry.event, key: tokenKey({ ...entry.event, offset }), offset, text } };
  }

  #keep(entries: LogEntry[]): void {
    this.#entries = entries;
    this.#bytes = entries.reduce((sum, { event }) => sum + bytesOf(event), 0);
  }
}

type TokenEntry = LogEntry & { readonly event: TurnEventOf<'token'> };

function isToken(entry: LogEntry): entry is TokenEntry {
  return entry.event.type === 'token';
}

/** Each answer as one entry, in the place of its last piece: who has read that far need not read it again. */
function putTogether(entries: readonly LogEntry[]): ReadonlyMap<string, TokenEntry> {
  const answers = new Map<string, { readonly first: TokenEntry; readonly texts: string[]; seq: number }>();
  for (const entry of entries) {
    if (!isToken(entry)) continue;
    const { answer, text } = entry.event;
    const known = answers.get(answer) ?? { first: entry, texts: [], seq: entry.seq };
    known.texts.push(text);
    known.seq = entry.seq;
    answers.set(answer, known);
  }
  return new Map(
    [...answers].map(([answer, { first, texts, seq }]) => [
      answer,
      { seq, event: { ...first.event, text: texts.join('') } },
    ]),
  );
}

function answerAt(answers: ReadonlyMap<string, TokenEntry>, { seq, event }: TokenEntry): TokenEntry | undefined {
  const whole = answers.get(event.answer);
  return whole?.seq === seq ? whole : undefined;
}

function bytesOf(event: TurnEvent): number {
  return overheadBytes + (event.type === 'token' ? event.text.length : JSON.stringify(event).length);
}
