import { type PipelineRun } from '../../api/common.ts';
import { type TurnEvent, type TurnEventOf } from '../../streaming/turn-event.ts';
import { type RunView } from '../display/run-tree.ts';
import { outputTerminal } from '../output/output-terminal.ts';
import { cancelTurn } from '../session/cancel-turn.ts';
import { type FollowableTurn } from '../session/carry-turn.ts';
import { type CliContext } from '../session/cli-context.ts';
import { explainError } from '../session/explain-error.ts';
import { followAsked } from '../session/follow-asked.ts';
import { readRun } from './runs/read-run.ts';
import { type StreamMode } from '../session/stream-modes.ts';
import { TurnOutcome } from '../session/turn-outcome.ts';
import { type ApprovalDesk, type DeskOutcome } from './approval/approval-desk.ts';
import { type LineInput } from './line-input.ts';
import { watchRun } from './runs/run-watch.ts';
import { TurnView } from './turn-view.ts';

export interface TalkParts {
  readonly context: CliContext;
  readonly input: LineInput;
  readonly desk: ApprovalDesk;
  readonly stream?: StreamMode | undefined;
  /** Told once for each way the events come; it is said on the screen when it is a new one. */
  readonly isNewTransport: (transport: string) => boolean;
  readonly onRun: (run: RunView) => void;
}

export interface TalkEnd {
  /** `detached`: the turn goes on without us. `left`: so does the chat. */
  readonly how: 'ended' | 'detached' | 'left';
  readonly outcome: TurnOutcome;
}

const isOver: ReadonlySet<PipelineRun['state']> = new Set(['Succeeded', 'Failed', 'Cancelled']);

/** One turn from its first event to its end, with the person at the keyboard. */
export class TurnTalk {
  readonly #parts: TalkParts;
  readonly #asked: FollowableTurn;
  readonly #view: TurnView;
  readonly #stop = new AbortController();
  readonly #outcome = new TurnOutcome();
  readonly #watches = new Map<string, AbortController>();
  readonly #runs = new Map<string, PipelineRun>();
  /** What happens while a question stands on the screen. */
  readonly #held: TurnEvent[] = [];
  readonly #withdrawals = new Map<string, AbortController>();
  #questions: Promise<void> = Promise.resolve();
  #isAsking = false;
  #isTainted = false;
  #isCancelled = false;
  #how: TalkEnd['how'] = 'ended';
  #failure: unknown;

  constructor(parts: TalkParts, asked: FollowableTurn) {
    const { shell, layout, clock } = parts.context;
    this.#parts = parts;
    this.#asked = asked;
    this.#view = new TurnView({ terminal: outputTerminal(shell.stdout), layout, clock });
  }

  async carry(): Promise<TalkEnd> {
    const { input, context } = this.#parts;
    input.onInterrupt = () => {
      this.#interrupt();
    };
    input.onTyping = (typed) => {
      if (!this.#isAsking) this.#view.showTyped(typed);
    };
    input.onEnd = () => {
      this.#leave('left');
    };
    this.#view.begin();
    try {
      const signal = AbortSignal.any([this.#stop.signal, context.signal]);
      await this.#follow(signal);
    } finally {
      for (const watch of this.#watches.values()) watch.abort();
      for (const withdrawal of this.#withdrawals.values()) withdrawal.abort();
      await this.#questions;
      this.#view.pause();
      input.onInterrupt = input.onTyping = input.onEnd = () => undefined;
    }
    return { how: this.#how, outcome: this.#outcome };
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const onTransport = ({
      transport,
      failures,
    }: {
      transport: string;
      failures: readonly { transport: string; message: string }[];
    }) => {
      if (!this.#parts.isNewTransport(transport)) return;
      const why = failures.map((failure) => `${failure.transport}: ${failure.message}`).join('; ');
      this.#say(`events come by ${transportWords[transport] ?? transport}${why === '' ? '' : ` (${why})`}`);
    };
    try {
      for await (const event of followAsked(this.#parts.context, this.#asked, {
        stream: this.#parts.stream,
        signal,
        onTransport,
      })) {
        this.#outcome.add(event);
        await this.#take(event);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
    await this.#questions;
    if (this.#failure !== undefined) throw this.#failure as Error;
    this.#tellWhatGoesOn();
  }

  async #take(event: TurnEvent): Promise<void> {
    if (event.type === 'tool_result') {
      this.#isTainted ||= event.tainted === true;
      this.#withdrawals.get(event.call)?.abort();
    }
    if (event.type === 'done') for (const withdrawal of this.#withdrawals.values()) withdrawal.abort();
    if (event.type === 'approval_required') this.#enqueue(event);
    else if (this.#isAsking) this.#held.push(event);
    else await this.#show(event);
  }

  async #show(event: TurnEvent): Promise<void> {
    if (event.type === 'done' && this.#isCancelled) this.#isCancelled = event.phase === 'Cancelled';
    this.#view.show(event);
    if (event.type !== 'run_progress') return;
    this.#runs.set(event.run.name, event.run);
    if (isOver.has(event.run.state)) await this.#endRun(event.run);
    else this.#startRun(event.run);
  }

  #startRun(run: PipelineRun): void {
    if (this.#watches.has(run.name)) return;
    const watch = new AbortController();
    this.#watches.set(run.name, watch);
    const { context, onRun } = this.#parts;
    const show = (view: RunView) => {
      onRun(view);
      if (!this.#isAsking && !watch.signal.aborted) this.#view.showRun(run, view);
    };
    const read = () => readRun(context, run);
    void watchRun({ clock: context.clock, signal: watch.signal, read, show }).catch((error: unknown) => {
      this.#say(`the steps of ${run.name} cannot be seen: ${explainError(error)?.message ?? String(error)}`);
    });
  }

  async #endRun(run: PipelineRun): Promise<void> {
    const { context, onRun } = this.#parts;
    this.#watches.get(run.name)?.abort();
    const view = (await readRun(context, run)) ?? {
      name: run.name,
      state: run.state,
      pipeline: run.pipeline,
      tasks: [],
    };
    onRun(view);
    this.#view.endRun(run, view);
  }

  #enqueue(event: TurnEventOf<'approval_required'>): void {
    const withdrawal = new AbortController();
    this.#withdrawals.set(event.callId, withdrawal);
    this.#questions = this.#questions
      .then(() =>
        this.#question(event, AbortSignal.any([withdrawal.signal, this.#stop.signal, this.#parts.context.signal])),
      )
      .catch((error: unknown) => {
        this.#failure = error;
        this.#stop.abort();
      });
  }

  async #question({ callId, turn }: TurnEventOf<'approval_required'>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#isAsking = true;
    this.#view.pause();
    const outcome = await this.#parts.desk.ask({ turn, callId, isTainted: this.#isTainted }, signal);
    this.#isAsking = false;
    this.#after(outcome);
    if (this.#stop.signal.aborted) return;
    this.#view.resume();
    for (let event = this.#held.shift(); event; event = this.#held.shift()) await this.#show(event);
  }

  #after(outcome: DeskOutcome): void {
    if (outcome === 'interrupted') this.#interrupt();
    if (outcome === 'left') this.#leave('left');
  }

  /** First cancel; whoever cannot wait for that either gets the prompt back. */
  #interrupt(): void {
    const { name } = this.#asked.turn.metadata;
    if (this.#isCancelled) {
      this.#say(`turn ${name} is left alone; it stops as soon as it can`);
      this.#leave('detached');
      return;
    }
    this.#isCancelled = true;
    this.#say(`cancelling ${name}; Ctrl-C again does not wait for it`);
    cancelTurn(this.#parts.context, name).catch((error: unknown) => {
      this.#say(`not cancelled: ${explainError(error)?.message ?? String(error)}; the turn goes on`);
      this.#leave('detached');
    });
  }

  #leave(how: TalkEnd['how']): void {
    this.#how = how;
    this.#stop.abort();
  }

  #tellWhatGoesOn(): void {
    const going = [...this.#runs.values()].filter(({ state }) => !isOver.has(state));
    const names = going.map(({ name }) => name).join(', ');
    if (going.length > 0)
      this.#say(
        `${this.#isCancelled ? 'not undone: ' : ''}run ${names} goes on; /runs ${going[0]?.name ?? ''} follows it`,
      );
    if (this.#how === 'left')
      this.#say(`turn ${this.#asked.turn.metadata.name} goes on; the next chat shows what came of it`);
  }

  #say(text: string): void {
    if (this.#isAsking) return;
    this.#view.note(text);
  }
}

const transportWords: Readonly<Record<string, string>> = {
  url: 'the advertised address',
  forward: 'port-forward',
  proxy: 'the service proxy of the API server',
  status: 'the status of the turn, half a second late',
};
