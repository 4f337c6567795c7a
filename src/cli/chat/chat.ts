import { conditionOf, isTrue } from '../../api/conditions.ts';
import { type Conversation } from '../../api/conversation.ts';
import { type Turn } from '../../api/turn.ts';
import { type RunView } from '../display/run-tree.ts';
import { safeLine, safeText } from '../display/safe-text.ts';
import { marks, styled } from '../display/style.ts';
import { transcriptText } from '../output/transcript.ts';
import { outputTerminal } from '../output/output-terminal.ts';
import { createTurn } from '../session/create-turn.ts';
import { type FollowableTurn } from '../session/carry-turn.ts';
import { type CliContext } from '../session/cli-context.ts';
import { explainError } from '../session/explain-error.ts';
import { findRun } from '../session/find-run.ts';
import { turnsOf } from '../session/find-turn.ts';
import { type StreamMode } from '../session/stream-modes.ts';
import { type TurnOutcome } from '../session/turn-outcome.ts';
import { ApprovalDesk } from './approval/approval-desk.ts';
import { type ChatControl } from './chat-control.ts';
import { type ChatMemory } from './chat-memory.ts';
import { modelsOf, title } from './conversation-facts.ts';
import { type LineInput } from './line-input.ts';
import { readRun } from './runs/read-run.ts';
import { watchRun } from './runs/run-watch.ts';
import { findSlash, parseSlash } from './slash/slash-commands.ts';
import { TurnTalk } from './turn-talk.ts';
import { TurnView } from './turn-view.ts';

export interface ChatParts {
  readonly context: CliContext;
  readonly conversation: Conversation;
  readonly input: LineInput;
  readonly identity: string;
  readonly memoryOf: (conversation: Conversation) => ChatMemory;
  readonly stream?: StreamMode | undefined;
}

/** So many finished turns are shown when a chat begins; /show and `kubectl swarm show` have them all. */
const shownTurns = 3;

/** A conversation at the keyboard. */
export class Chat implements ChatControl {
  readonly runs = new Map<string, RunView>();
  context: CliContext;
  conversation: Conversation;
  memory: ChatMemory;
  last: TurnOutcome | undefined;
  readonly #input: LineInput;
  readonly #identity: string;
  readonly #memoryOf: ChatParts['memoryOf'];
  readonly #stream: StreamMode | undefined;
  #transport = '';
  #isLeaving = false;

  constructor({ context, conversation, input, identity, memoryOf, stream }: ChatParts) {
    this.context = context;
    this.conversation = conversation;
    this.memory = memoryOf(conversation);
    this.#input = input;
    this.#identity = identity;
    this.#memoryOf = memoryOf;
    this.#stream = stream;
  }

  /** Until the person leaves. */
  async run(firstMessage?: string): Promise<void> {
    await this.#arrive();
    if (firstMessage !== undefined && !this.#isLeaving) await this.#guarded(() => this.ask(firstMessage));
    while (!this.#isLeaving && !this.context.signal.aborted) {
      const entry = await this.#input.read(this.#prompt());
      if (entry.kind === 'end') break;
      if (entry.kind === 'interrupt') this.#say('Ctrl-D or /quit leaves; what goes on in the cluster goes on.');
      else await this.#guarded(() => this.#take(entry.text));
    }
  }

  print(text: string): void {
    this.context.shell.stdout.write(text);
  }

  async ask(text: string): Promise<TurnOutcome | undefined> {
    const asked = await createTurn(this.context, { conversation: this.conversation, text });
    return this.#talk(asked);
  }

  async switchTo(conversation: Conversation, namespace = this.context.namespace): Promise<void> {
    this.context = { ...this.context, namespace };
    this.conversation = conversation;
    this.memory = this.#memoryOf(conversation);
    this.last = undefined;
    this.runs.clear();
    await this.#arrive();
  }

  async decidePending(): Promise<number> {
    const desk = this.#desk();
    const turns = await turnsOf(this.context, { kind: 'conversation', object: this.conversation });
    const waiting = turns.flatMap((turn) =>
      (turn.status?.pendingApprovals ?? []).map(({ callId }) => ({
        turn: turn.metadata.name,
        callId,
        isTainted: turn.status?.tainted === true,
      })),
    );
    for (const asked of waiting) {
      const outcome = await desk.ask(asked, this.context.signal);
      if (outcome === 'left') this.leave();
      if (outcome === 'left' || outcome === 'interrupted') break;
    }
    return waiting.length;
  }

  async followRun(name: string): Promise<boolean> {
    const run = (await findRun(this.context, name)) ?? (await findRun(this.context, `tekton/${name}`));
    if (!run) return false;
    const stop = new AbortController();
    const { shell, layout, clock } = this.context;
    const view = new TurnView({ terminal: outputTerminal(shell.stdout), layout, clock });
    this.#input.onInterrupt = () => {
      stop.abort();
    };
    view.begin();
    const signal = AbortSignal.any([stop.signal, this.context.signal]);
    const show = (seen: RunView) => {
      this.runs.set(seen.name, seen);
      view.showRun(run, seen);
    };
    const last = await watchRun({ clock, signal, read: () => readRun(this.context, run), show });
    if (last) view.endRun(run, last);
    view.pause();
    this.#input.onInterrupt = () => undefined;
    return last !== undefined;
  }

  leave(): void {
    this.#isLeaving = true;
  }

  async #talk(asked: FollowableTurn): Promise<TurnOutcome | undefined> {
    const { context } = this;
    const talk = new TurnTalk(
      {
        ...{ context, input: this.#input, desk: this.#desk(), stream: this.#stream },
        isNewTransport: (transport) => {
          const isNew = this.#transport !== transport;
          this.#transport = transport;
          return isNew;
        },
        onRun: (run) => this.runs.set(run.name, run),
      },
      asked,
    );
    const { how, outcome } = await talk.carry();
    this.last = outcome;
    if (how === 'left') this.leave();
    return how === 'ended' ? outcome : undefined;
  }

  #desk(): ApprovalDesk {
    const { context, memory, conversation } = this;
    return new ApprovalDesk({ context, input: this.#input, memory, conversation, identity: this.#identity });
  }

  async #take(text: string): Promise<void> {
    if (text.trim() === '') return;
    this.memory.addToHistory(text);
    const slash = parseSlash(text);
    if (!slash) {
      await this.ask(text);
      return;
    }
    const command = findSlash(slash.name);
    if (command) await command.run(this, slash.words);
    else this.#say(`There is no command /${slash.name}; /help lists them.`);
  }

  /** What fails is said, and the chat goes on: the next message may well succeed. */
  async #guarded(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (this.context.signal.aborted) return;
      const explained = explainError(error);
      if (!explained) throw error;
      const { look } = this.context.layout();
      this.print(`${styled(look, 'bad', `error: ${safeText(explained.message)}`)}\n`);
      if (explained.next !== undefined) this.print(`try: ${safeText(explained.next)}\n`);
    }
  }

  /** Says where one is, shows what was said last, and joins what goes on. */
  async #arrive(): Promise<void> {
    const { conversation, context } = this;
    const { models } = await modelsOf(context, conversation);
    const { look } = context.layout();
    const { name, namespace } = conversation.metadata;
    const called = title(conversation) === name ? name : `${name} “${title(conversation)}”`;
    const facts = [
      `namespace ${namespace}`,
      `you are ${this.#identity}`,
      `agent ${conversation.spec.agent}`,
      ...models.slice(0, 1).map((model) => `model ${model}`),
    ];
    const separator = ` ${marks(look).separator} `;
    this.print(`${styled(look, 'strong', safeLine(called))}${separator}${facts.map(safeLine).join(separator)}\n`);
    this.#say('/help lists commands. Ctrl-C cancels a turn, Ctrl-D leaves.');
    const turns = await turnsOf(context, { kind: 'conversation', object: conversation });
    const finished = turns.filter((turn) => isTrue(turn.status?.conditions, 'Finished'));
    if (finished.length > shownTurns)
      this.#say(`${finished.length - shownTurns} earlier turns: kubectl swarm show ${name} -n ${namespace}`);
    if (finished.length > 0)
      this.print(`\n${transcriptText(finished.slice(-shownTurns), context.layout(), { details: false })}`);
    for (const turn of turns) if (!finished.includes(turn) && !this.#isLeaving) await this.#join(turn);
  }

  async #join(turn: Turn): Promise<void> {
    const waiting = conditionOf(turn.status?.conditions, 'Reconciling')?.reason;
    const { look } = this.context.layout();
    this.print(`\n${styled(look, 'prompt', `${this.#prompt()}${safeText(turn.spec.text)}`)}\n`);
    this.#say(`this turn still goes on${waiting === undefined ? '' : ` (${safeLine(waiting)})`}`);
    await this.#guarded(() => this.#talk({ turn }));
  }

  #prompt(): string {
    const { look } = this.context.layout();
    return look.words ? 'You: ' : `${marks(look).prompt} `;
  }

  #say(text: string): void {
    this.print(`${styled(this.context.layout().look, 'faint', text)}\n`);
  }
}
