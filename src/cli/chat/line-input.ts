import { createInterface, type Interface } from 'node:readline/promises';
import { type Input, type Output } from '../session/shell.ts';
import { continued, type Draft, emptyDraft } from './continuation.ts';
import { OutputGate } from './output-gate.ts';

export type Entry =
  | { readonly kind: 'text'; readonly text: string }
  /** Ctrl-C where nothing was typed. */
  | { readonly kind: 'interrupt' }
  /** Ctrl-D, or the end of the input. */
  | { readonly kind: 'end' };

export interface LineInputOptions {
  readonly input: Input;
  readonly output: Output;
  /** Whether keys are read one by one and edited; else whole lines, as from a pipe. */
  readonly isTerminal: boolean;
  /** Before the second and further lines of a message. */
  readonly continuationPrompt: string;
  readonly complete: (line: string) => Promise<readonly string[]>;
  /** Newest first. */
  readonly history: readonly string[];
  readonly historySize: number;
}

interface Reader {
  readonly kind: 'entry' | 'answer';
  readonly resolve: (entry: Entry | undefined) => void;
}

/** Members of the line editor that Node documents less than it should. */
interface EditorState {
  prevRows?: number;
}

/**
 * The keyboard (or a pipe) as messages and answers. Between `read` and `answer` the line editor stays awake behind a
 * closed gate, so that what is typed meanwhile is the next message.
 */
export class LineInput {
  /** Called for Ctrl-C while nothing is being read. */
  onInterrupt: () => void = () => undefined;
  /** Called for each key while nothing is being read, with what has been typed so far. */
  onTyping: (typed: string) => void = () => undefined;
  readonly #editor: Interface;
  readonly #gate: OutputGate;
  readonly #options: LineInputOptions;
  readonly #typedAhead: string[] = [];
  #draft: Draft = emptyDraft;
  #isPasting = false;
  #reader: Reader | undefined;
  #prompt = '';
  #hasEnded = false;

  constructor(options: LineInputOptions) {
    const { input, output, isTerminal, history, historySize } = options;
    this.#options = options;
    this.#gate = new OutputGate(output);
    this.#gate.isOpen = false;
    this.#editor = createInterface({
      input,
      output: isTerminal ? this.#gate : undefined,
      terminal: isTerminal,
      history: [...history],
      historySize,
      removeHistoryDuplicates: true,
      completer: (line: string) => options.complete(line).then((candidates) => [[...candidates], line]),
    } as Parameters<typeof createInterface>[0]);
    this.#listen();
  }

  /** Whole lines that wait to be read, and the one that is being typed. */
  get typedAhead(): string {
    return [...this.#typedAhead, this.#editor.line].filter((text) => text !== '').join(' ');
  }

  /** The next message; one typed meanwhile comes at once. */
  async read(prompt: string): Promise<Entry> {
    this.#prompt = prompt;
    const waiting = this.#typedAhead.shift();
    if (waiting !== undefined) {
      if (this.#options.isTerminal) this.#options.output.write(`${prompt}${waiting}\n`);
      return { kind: 'text', text: waiting };
    }
    if (this.#hasEnded) return { kind: 'end' };
    this.#show(prompt);
    return (await this.#next('entry')) ?? { kind: 'end' };
  }

  /**
   * One line in answer to a question; what was being typed before is put aside, so that it answers nothing.
   * @returns undefined when the signal fires first: the question stands no longer.
   */
  async answer(prompt: string, signal: AbortSignal): Promise<Entry | undefined> {
    if (this.#hasEnded) return { kind: 'end' };
    const putAside = this.#takeLine();
    this.#show(prompt);
    const withdraw = () => {
      this.#settle('answer', undefined);
    };
    signal.addEventListener('abort', withdraw, { once: true });
    const entry = signal.aborted ? undefined : await this.#next('answer');
    signal.removeEventListener('abort', withdraw);
    this.#takeLine();
    if (putAside !== '') this.#editor.write(putAside);
    return entry;
  }

  close(): void {
    this.#hasEnded = true;
    this.#editor.close();
  }

  #listen(): void {
    const { input, isTerminal } = this.#options;
    if (isTerminal) {
      // Before the editor's own listener: the lines of a pasted text must find it noticed.
      input.prependListener('keypress', (_text: unknown, key?: { name?: string }) => {
        if (key?.name === 'paste-start') this.#isPasting = true;
        if (key?.name === 'paste-end') this.#isPasting = false;
      });
      input.on('keypress', () => {
        if (this.#reader === undefined) this.onTyping(this.typedAhead);
      });
    }
    this.#editor.on('line', (line) => {
      this.#accept(line);
    });
    this.#editor.on('history', (history) => {
      // An answer to a question is no message.
      if (this.#reader?.kind === 'answer') history.shift();
    });
    this.#editor.on('SIGINT', () => {
      this.#interrupt();
    });
    this.#editor.on('close', () => {
      this.#hasEnded = true;
      const rest = this.#draft.lines.join('\n');
      this.#draft = emptyDraft;
      if (rest !== '') this.#deliver({ kind: 'text', text: rest });
      this.#settle('entry', { kind: 'end' });
      this.#settle('answer', { kind: 'end' });
      if (this.#reader === undefined) this.onEnd();
    });
  }

  /** Called when the input ends while nothing is being read. */
  onEnd: () => void = () => undefined;

  #accept(line: string): void {
    if (this.#reader?.kind === 'answer') {
      this.#settle('answer', { kind: 'text', text: line });
      return;
    }
    const next = continued(this.#draft, line, this.#isPasting);
    this.#draft = next.state === 'open' ? next.draft : emptyDraft;
    if (next.state === 'complete') this.#deliver({ kind: 'text', text: next.text });
    else if (this.#reader !== undefined) this.#show(this.#options.continuationPrompt);
  }

  #deliver(entry: Entry & { readonly kind: 'text' }): void {
    if (this.#reader?.kind === 'entry') this.#settle('entry', entry);
    else this.#typedAhead.push(entry.text);
  }

  #interrupt(): void {
    const isEmpty = this.#editor.line === '' && this.#draft.lines.length === 0;
    if (this.#reader?.kind === 'answer') this.#settle('answer', { kind: 'interrupt' });
    else if (this.#reader === undefined) this.onInterrupt();
    else if (isEmpty) this.#settle('entry', { kind: 'interrupt' });
    else this.#discard();
  }

  /** Throws away what was typed, and asks afresh on a new line. */
  #discard(): void {
    this.#draft = emptyDraft;
    this.#takeLine();
    this.#options.output.write('\n');
    this.#show(this.#prompt);
  }

  #next(kind: Reader['kind']): Promise<Entry | undefined> {
    return new Promise((resolve) => {
      this.#reader = { kind, resolve };
    });
  }

  #settle(kind: Reader['kind'], entry: Entry | undefined): void {
    if (this.#reader?.kind !== kind) return;
    const { resolve } = this.#reader;
    this.#reader = undefined;
    // At once: further lines may be in the same piece of input.
    this.#gate.isOpen = false;
    resolve(entry);
  }

  #show(prompt: string): void {
    if (!this.#options.isTerminal) return;
    this.#gate.isOpen = true;
    // Where the editor was last seen says nothing about where the cursor is now.
    (this.#editor as EditorState).prevRows = 0;
    this.#editor.setPrompt(prompt);
    this.#editor.prompt(true);
  }

  /** Empties the line being typed. */
  #takeLine(): string {
    const { line } = this.#editor;
    if (line === '' || !this.#options.isTerminal) return '';
    const wasOpen = this.#gate.isOpen;
    this.#gate.isOpen = false;
    this.#editor.write(null, { ctrl: true, name: 'e' });
    this.#editor.write(null, { ctrl: true, name: 'u' });
    this.#gate.isOpen = wasOpen;
    return line;
  }
}
