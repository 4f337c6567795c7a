import type { Turn, TurnStatus } from '../../api/turn.ts';
import { attempt } from '../../base/attempt.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { TurnReconcilerDependencies } from './dependencies.ts';
import { JournalConflict, recordStatus } from './turn-writer.ts';

/** After this time a turn whose model is still thinking is shown as such. */
const showThinkingAfterMs = 2_000;
/** How often the answer in the making may be shown to those who see the status only. */
const showLiveEveryMs = 500;

export interface ThoughtContext {
  readonly dependencies: TurnReconcilerDependencies;
  readonly log: Log;
  /** Nothing is written once it has fired. */
  readonly signal: AbortSignal;
  /** The status of a turn that thinks. */
  readonly thinking: (turn: Turn) => TurnStatus;
}

/**
 * While the work lasts, the turn is shown to be thinking; work that is done at once costs no such write. A turn that
 * somebody follows (it has a stream key) is shown at once, with the address of its events, and as long as nobody reads
 * them there, with its answer in the making. All writes are compare-and-swap on the one before, and the journal's own
 * builds on the last of them: a journal that others have written is noticed as ever.
 * @returns what the work brought, and the Turn as it is now recorded.
 */
export async function showingThought<T>(
  turn: Turn,
  context: ThoughtContext,
  work: () => Promise<T>,
): Promise<{ value: T; turn: Turn }> {
  const shown = new ShownTurn(turn, context);
  try {
    const value = await work();
    await shown.end();
    return { value, turn: shown.turn };
  } finally {
    await shown.end();
  }
}

class ShownTurn {
  /** As it is recorded now. */
  turn: Turn;
  readonly #context: ThoughtContext;
  readonly #isFollowed: boolean;
  #writing: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;
  #hasEnded = false;

  constructor(turn: Turn, context: ThoughtContext) {
    this.turn = turn;
    this.#context = context;
    this.#isFollowed = turn.spec.streamKeySHA256 !== undefined && context.dependencies.live !== undefined;
    this.#showIn(this.#isFollowed ? 0 : showThinkingAfterMs);
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    this.#cancel();
    await this.#writing;
  }

  #showIn(delayMs: number): void {
    this.#cancel = this.#context.dependencies.clock.schedule(delayMs, () => {
      this.#writing = this.#show();
    });
  }

  async #show(): Promise<void> {
    const { dependencies, log, signal } = this.#context;
    if (signal.aborted) return;
    const written = await attempt(() => recordStatus(this.turn, this.#status(), dependencies));
    if (written.ok) this.turn = written.value;
    // The write that follows meets the same trouble and deals with it.
    else log.debug({ error: messageOf(written.error) }, 'Showing that the turn thinks failed');
    const isOurs = written.ok || !(written.error instanceof JournalConflict);
    if (this.#isFollowed && isOurs && !this.#hasEnded) this.#showIn(showLiveEveryMs);
  }

  #status(): TurnStatus {
    const status = this.#context.thinking(this.turn);
    if (!this.#isFollowed) return status;
    const live = this.#context.dependencies.live?.unread(this.turn) ?? this.turn.status?.live;
    return live ? { ...status, live } : status;
  }
}
