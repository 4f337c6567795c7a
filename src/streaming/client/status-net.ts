import { type Turn } from '../../api/turn.ts';
import { type Clock } from '../../base/clock.ts';
import { type TurnEvent } from '../turn-event.ts';
import { liveToken, turnEvents } from '../turn-events.ts';

/** How long a stream may lag behind the status before the status is told in its place. */
const graceMs = 2_000;

/**
 * What the status tells, held under whatever stream there is: without one it is told at once, beside one only what the
 * stream has left out for a while.
 */
export class StatusNet {
  readonly #clock: Clock;
  readonly #tell: (event: TurnEvent) => void;
  #latest: Turn | undefined;
  #isStreaming = false;
  #cancelCheck: (() => void) | undefined;

  constructor(clock: Clock, tell: (event: TurnEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  see(turn: Turn): void {
    this.#latest = turn;
    if (this.#isStreaming) this.#checkLater(turn);
    else this.#tellAll(turn);
  }

  streamBegins(): void {
    this.#isStreaming = true;
  }

  /** Fills in what it did not say. */
  streamEnds(): void {
    this.#isStreaming = false;
    this.close();
    if (this.#latest) this.#tellAll(this.#latest);
  }

  close(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
  }

  #checkLater(turn: Turn): void {
    this.#cancelCheck ??= this.#clock.schedule(graceMs, () => {
      this.#cancelCheck = undefined;
      for (const event of turnEvents(turn)) this.#tell(event);
      if (this.#latest && this.#latest !== turn) this.#checkLater(this.#latest);
    });
  }

  /** The answer in the making stands before the whole one. */
  #tellAll(turn: Turn): void {
    const events = turnEvents(turn);
    const token = liveToken(turn);
    const isAfter = ({ type }: TurnEvent) => type === 'message' || type === 'done';
    for (const event of events) if (!isAfter(event)) this.#tell(event);
    if (token) this.#tell(token);
    for (const event of events) if (isAfter(event)) this.#tell(event);
  }
}
