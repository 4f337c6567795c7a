import { type PipelineRun } from '../../api/common.ts';
import { type Clock } from '../../base/clock.ts';
import { type TurnEvent, type TurnEventOf } from '../../streaming/turn-event.ts';
import { citationsText } from '../display/citations.ts';
import { elapsedText } from '../display/elapsed.ts';
import { LiveLine } from '../display/live-line.ts';
import { type Layout } from '../display/look.ts';
import { renderRunTree, type RunView } from '../display/run-tree.ts';
import { safeLine, safeText } from '../display/safe-text.ts';
import { marks, styled, type Tone } from '../display/style.ts';
import { type Terminal } from '../display/terminal.ts';
import { toolLine } from '../display/tool-line.ts';
import { fitted, wrapped } from '../display/width.ts';
import { AnswerStream } from './answer-stream.ts';

interface Call {
  readonly event: TurnEventOf<'tool_call'>;
  readonly sinceMs: number;
}

export interface TurnViewParts {
  readonly terminal: Terminal;
  readonly layout: () => Layout;
  readonly clock: Clock;
}

/** Faster than this only the beginning of a turn is told anew: what is over already took no time that one could see. */
const noticeableMs = 50;

/** One turn on the screen, while it goes on: what is final scrolls away, what is in the making stays at the bottom. */
export class TurnView {
  readonly #live: LiveLine;
  readonly #layout: () => Layout;
  readonly #clock: Clock;
  readonly #answers: AnswerStream;
  readonly #calls = new Map<string, Call>();
  readonly #depths = new Map<string, number>([['', 0]]);
  readonly #trees = new Map<string, string>();
  readonly #said = new Map<string, string>();
  readonly #startMs: number;
  #activity = 'asking';
  #typed = '';
  #usage: TurnEventOf<'usage'> | undefined;

  constructor({ terminal, layout, clock }: TurnViewParts) {
    this.#live = new LiveLine({ terminal, look: layout().look, clock });
    // The live line keeps the last column free; what is printed for good looks as it did while it was live.
    this.#layout = () => ({ ...layout(), columns: layout().columns - 1 });
    this.#clock = clock;
    this.#answers = new AnswerStream(this.#layout);
    this.#startMs = clock.monotonicMs();
  }

  begin(): void {
    this.#tell(this.#activity);
  }

  /** Each event once. */
  show(event: TurnEvent): void {
    this.#tellOf(event);
    this.#redraw();
  }

  /** A run, as often as it is looked at. Where lines stay as they are, each change is told once. */
  showRun(run: Pick<PipelineRun, 'name'>, view: RunView): void {
    const { look } = this.#layout();
    if (look.live) this.#trees.set(run.name, this.#tree(view));
    else this.#tellChanges(view);
    this.#redraw();
  }

  /** The run as it ended, for good. */
  endRun(run: Pick<PipelineRun, 'name'>, view: RunView): void {
    this.#trees.delete(run.name);
    this.#live.showOpen(this.#open());
    this.#print(this.#tree(view));
  }

  note(text: string, tone: Tone = 'faint'): void {
    const { look, columns } = this.#layout();
    this.#print(
      wrapped(safeText(text), columns)
        .map((line) => `${styled(look, tone, line)}\n`)
        .join(''),
    );
  }

  /** What the person has typed meanwhile: it is not lost. */
  showTyped(typed: string): void {
    this.#typed = typed;
    if (this.#layout().look.live) this.#tell(this.#activity);
  }

  /** Gives the screen to somebody else; whatever is shown later brings the live part back. */
  pause(): void {
    this.#live.end();
  }

  resume(): void {
    this.#tell(this.#activity);
    this.#redraw();
  }

  #tellOf(event: TurnEvent): void {
    if (event.type === 'turn') this.#phase(event);
    else if (event.type === 'token') this.#token(event);
    else if (event.type === 'tool_call') this.#begun(event);
    else if (event.type === 'tool_result') this.#ended(event);
    else if (event.type === 'message') this.#answered(event);
    else if (event.type === 'usage') this.#usage = event;
    else this.#tellOfTurn(event);
  }

  /** Questions are the desk’s, and runs have their tree. */
  #tellOfTurn(
    event: Exclude<TurnEvent, { type: 'turn' | 'token' | 'tool_call' | 'tool_result' | 'message' | 'usage' }>,
  ): void {
    if (event.type === 'error') this.note(event.message, 'attention');
    if (event.type === 'done') this.#done(event);
    if (event.type === 'run_progress' && event.run.state === 'Pending') {
      this.note(`run ${event.run.name} of ${event.run.pipeline} was started`);
    }
  }

  #phase(event: TurnEventOf<'turn'>): void {
    if (!isOver.has(event.phase)) this.#tell(phaseInWords(event));
  }

  #token(event: TurnEventOf<'token'>): void {
    this.#print(this.#answers.add(event));
    this.#tell(`${event.agent ?? 'the agent'} answers`);
  }

  #print(text: string): void {
    if (text === '') return;
    // What has become final must not stand there twice, not even for a moment.
    this.#live.showOpen(this.#open());
    this.#live.print(text);
  }

  #redraw(): void {
    this.#live.showOpen(this.#open());
  }

  #open(): string {
    const calls = [...this.#calls.values()]
      .filter(({ event }) => event.effect !== 'delegate')
      .map((call) => `${this.#line(call)}\n`);
    return [...calls, ...this.#trees.values(), this.#answers.open()].filter((text) => text !== '').join('');
  }

  #tell(activity: string): void {
    this.#activity = activity;
    const { look } = this.#layout();
    const typed = this.#typed === '' ? '' : `   ${marks(look).prompt} ${this.#typed}`;
    // Without a live line every activity would be a line of its own; calls and answers speak for themselves there.
    if (look.live) this.#live.begin(`${activity}${typed}`);
  }

  #begun(event: TurnEventOf<'tool_call'>): void {
    if ((event.frame ?? '') === '') this.#print(this.#answers.finishFirst());
    this.#answers.forget(event.frame ?? '');
    const depth = this.#depths.get(event.frame ?? '') ?? 0;
    this.#depths.set(event.call, depth + 1);
    const call = { event, sinceMs: this.#clock.monotonicMs() };
    this.#calls.set(event.call, call);
    const name = `${event.agent ?? ''}.${event.tool}`;
    if (event.effect === 'delegate') this.#print(this.#delegation(event, depth));
    else if (!this.#layout().look.live) this.#print(`${this.#line(call)}\n`);
    this.#tell(event.effect === 'delegate' ? `${event.tool.replace(/^ask_/, '')} works` : name);
  }

  #ended(event: TurnEventOf<'tool_result'>): void {
    const call = this.#calls.get(event.call);
    this.#calls.delete(event.call);
    this.#answers.forget(event.call);
    const isDelegation = call?.event.effect === 'delegate';
    if (isDelegation && event.state === 'Succeeded') return;
    this.#print(
      `${toolLine({ ...this.#titleOf(event, call), ...outcomeOf(event), ...this.#tookOf(call) }, this.#layout())}\n`,
    );
  }

  #titleOf({ agent, tool, frame }: TurnEventOf<'tool_result'>, call: Call | undefined) {
    return { agent, tool, arguments: call?.event.arguments ?? '{}', depth: this.#depths.get(frame ?? '') ?? 0 };
  }

  #tookOf(call: Call | undefined) {
    const elapsedMs = call === undefined ? 0 : this.#clock.monotonicMs() - call.sinceMs;
    return elapsedMs >= noticeableMs ? { elapsedMs } : {};
  }

  #line({ event }: Call): string {
    const depth = this.#depths.get(event.frame ?? '') ?? 0;
    return toolLine({ agent: event.agent, tool: event.tool, arguments: event.arguments, depth }, this.#layout());
  }

  #delegation({ tool, arguments: args }: TurnEventOf<'tool_call'>, depth: number): string {
    const { look } = this.#layout();
    const { task } = JSON.parse(args) as { task?: unknown };
    const words = `${'  '.repeat(depth)}${marks(look).arrow} ${tool.replace(/^ask_/, '')}: ${typeof task === 'string' ? task : ''}`;
    return `${styled(look, 'faint', fitted(safeLine(words), this.#layout().columns, look))}\n`;
  }

  #answered({ text, citations, truncated }: TurnEventOf<'message'>): void {
    const rest = this.#answers.settle(text);
    const cut = truncated === true ? `${styled(this.#layout().look, 'attention', '(the answer was cut)')}\n` : '';
    const sources = citationsText(citations, this.#layout());
    this.#print(`${rest}${cut}${sources === '' ? '' : `\n${sources}`}`);
  }

  #done({ phase, message }: TurnEventOf<'done'>): void {
    const { look } = this.#layout();
    this.#print(this.#answers.finishFirst());
    if (phase === 'Failed') this.note(`${look.words ? 'failed:' : marks(look).failed} ${message}`, 'bad');
    if (phase === 'Cancelled')
      this.note(`${look.words ? 'cancelled:' : marks(look).cancelled} ${message}`, 'attention');
    this.#print(`${this.#footer()}\n`);
  }

  #footer(): string {
    const elapsed = elapsedText(this.#clock.monotonicMs() - this.#startMs);
    const { inputTokens = 0, outputTokens = 0, modelCalls = 0 } = this.#usage?.usage ?? {};
    const { look } = this.#layout();
    const dot = ` ${marks(look).separator} `;
    const cost = this.#usage
      ? [`${inputTokens + outputTokens} tokens`, `${modelCalls} model ${modelCalls === 1 ? 'call' : 'calls'}`]
      : [];
    return `${styled(look, 'faint', [elapsed, ...cost].join(dot))}\n`;
  }

  #tree(view: RunView): string {
    return renderRunTree(view, { layout: this.#layout(), now: this.#clock.now() });
  }

  #tellChanges({ name, tasks }: RunView): void {
    tasks.forEach(({ name: task, state }, index) => {
      const key = `${name}/${task}`;
      if (this.#said.get(key) === state || state === 'Pending') return;
      this.#said.set(key, state);
      this.note(`step ${index + 1} of ${tasks.length}, ${task}, ${state.toLowerCase()}`);
    });
  }
}

function outcomeOf({ state, error, summary }: TurnEventOf<'tool_result'>) {
  return { state, summary: error?.message ?? summary };
}

const isOver: ReadonlySet<string> = new Set(['Succeeded', 'Failed', 'Cancelled']);

function phaseInWords({ phase, message }: TurnEventOf<'turn'>): string {
  const words: Partial<Record<typeof phase, string>> = {
    Pending: 'waiting for the operator',
    Thinking: 'thinking',
    Waiting: 'waiting',
    AwaitingApproval: 'waiting for approval',
  };
  return message === undefined ? (words[phase] ?? phase.toLowerCase()) : safeLine(message);
}
