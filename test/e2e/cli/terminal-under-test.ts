import { execFileSync } from 'node:child_process';
import { spawn, type IPty } from '@lydell/node-pty';
import headless from '@xterm/headless';

export interface TerminalStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly columns: number;
  readonly rows?: number;
  /** Added to an environment that says nothing of the machine. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

export interface TerminalExit {
  readonly exitCode: number;
  readonly signal: number;
}

interface Waiter {
  readonly holds: (text: string) => boolean;
  readonly resolve: (text: string) => void;
}

export const keys = {
  enter: '\r',
  ctrlC: '\u0003',
  ctrlD: '\u0004',
  tab: '\t',
  up: '\u001b[A',
  escape: '\u001b',
} as const;

/** A program in a pseudo-terminal, and what a person would see on its screen. */
export class TerminalUnderTest {
  /** All bytes as they came, for what must never be among them. */
  raw = '';
  /** Everything that was ever on the screen, each picture once, in order. */
  readonly pictures: string[] = [];
  readonly exit: Promise<TerminalExit>;
  readonly #pty: IPty;
  readonly #screen: headless.Terminal;
  readonly #waiters = new Set<Waiter>();
  readonly #titles: string[] = [];
  #hasEnded = false;

  constructor({ program, args, columns, rows = 24, environment = {}, onOutput }: TerminalStart) {
    this.#screen = new headless.Terminal({ cols: columns, rows, scrollback: 2_000, allowProposedApi: true });
    this.#pty = spawn(program, [...args], {
      name: environment['TERM'] ?? 'xterm-256color',
      cols: columns,
      rows,
      env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TERM: 'xterm-256color', ...environment },
    });
    this.#screen.onTitleChange((title) => this.#titles.push(title));
    this.#pty.onData((data) => {
      this.raw += data;
      onOutput?.(data);
      this.#screen.write(data, () => {
        this.#look();
      });
    });
    this.exit = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode, signal }) => {
        // The last bytes may still be on their way through the screen.
        this.#screen.write('', () => {
          this.#hasEnded = true;
          this.#look();
          resolve({ exitCode, signal: signal ?? 0 });
        });
      });
    });
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Titles that the program gave to the window. */
  get titles(): readonly string[] {
    return this.#titles;
  }

  /** What is visible and what has scrolled away, without trailing blanks. */
  get text(): string {
    return this.#lines(0);
  }

  /** What is visible. */
  get picture(): string {
    return this.#lines(this.#screen.buffer.active.baseY);
  }

  /** Where the cursor is, and the text before it on its line. */
  get cursor(): { readonly row: number; readonly column: number; readonly before: string } {
    const { baseY, cursorX, cursorY } = this.#screen.buffer.active;
    const line = this.#screen.buffer.active.getLine(baseY + cursorY)?.translateToString(false, 0, cursorX) ?? '';
    return { row: cursorY, column: cursorX, before: line };
  }

  /** Modes of the screen that a program has to put back. */
  get modes(): { readonly bracketedPaste: boolean; readonly isCursorHidden: boolean; readonly isAlternate: boolean } {
    const hidden = this.raw.lastIndexOf('\u001b[?25l');
    return {
      bracketedPaste: this.#screen.modes.bracketedPasteMode,
      isCursorHidden: hidden > this.raw.lastIndexOf('\u001b[?25h'),
      isAlternate: this.#screen.buffer.active.type === 'alternate',
    };
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  /** A line and Enter. */
  enter(text: string): void {
    this.#pty.write(`${text}${keys.enter}`);
  }

  /** As a terminal sends what was pasted, when the program asked to be told. */
  paste(text: string): void {
    this.#pty.write(`\u001b[200~${text.replaceAll('\n', '\r')}\u001b[201~`);
  }

  resize(columns: number, rows = 24): void {
    this.#screen.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): void {
    process.kill(this.#pty.pid, name);
  }

  /** Resolves with the text in which the pattern was found; fails with the screen after the deadline. */
  async see(pattern: RegExp | string, withinMs = 60_000): Promise<string> {
    const holds = (text: string) => (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text));
    return this.until(`it shows ${String(pattern)}`, holds, withinMs);
  }

  async until(what: string, holds: (text: string) => boolean, withinMs = 60_000): Promise<string> {
    if (holds(this.text)) return this.text;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const waiter: Waiter = { holds, resolve };
    this.#waiters.add(waiter);
    const giveUp = (why: string) => {
      reject(new Error(`${why} until ${what}; the screen:\n${this.text}\n(end of screen)`));
    };
    const timer = setTimeout(() => {
      giveUp(`gave up after ${withinMs} ms waiting`);
    }, withinMs);
    void this.exit.then(() => {
      giveUp('the program ended before it was waited for');
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  /** For the end of a test, whatever became of it. */
  async close(): Promise<void> {
    if (!this.#hasEnded) this.#pty.kill('SIGKILL');
    await this.exit;
    this.#screen.dispose();
  }

  #lines(from: number): string {
    const { active } = this.#screen.buffer;
    const lines: string[] = [];
    for (let row = from; row < active.length; row += 1) {
      const line = active.getLine(row);
      const text = line?.translateToString(true) ?? '';
      if (line?.isWrapped === true && lines.length > 0) lines.push(`${lines.pop() ?? ''}${text}`);
      else lines.push(text);
    }
    return lines.join('\n').trimEnd();
  }

  #look(): void {
    const { picture, text } = this;
    if (picture !== this.pictures.at(-1)) this.pictures.push(picture);
    for (const waiter of this.#waiters) if (waiter.holds(text)) waiter.resolve(text);
  }
}

/** What `stty` says of the terminal of a process that is still there, for example `icanon echo`. */
export function terminalModes(pid: number): string {
  const device = execFileSync('readlink', [`/proc/${pid}/fd/0`], { encoding: 'utf8' }).trim();
  return execFileSync('stty', ['-F', device, '-a'], { encoding: 'utf8' });
}
