import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProgramStart {
  /** Node program with its arguments. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** None outlives us, whatever way we end, except by SIGKILL. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A Node program as a process of its own, with the end of what it wrote. */
export class Program {
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly exit: Promise<Exit>;
  #hasEnded = false;

  constructor({ script, args = [], environment = {} }: ProgramStart) {
    this.#process = spawn(process.execPath, [script, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.#process);
    for (const stream of [this.#process.stdout, this.#process.stderr]) this.#collect(stream);
    this.exit = once(this.#process, 'close').then(([code, signal]) => {
      this.#hasEnded = true;
      running.delete(this.#process);
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the program could not be started');
    return this.#process.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The newest lines of standard output and error, at most 2,000. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  tail(count = 30): string {
    return this.#lines.slice(-count).join('\n');
  }

  /** The first line that matches, now or later; undefined once the program has ended without it. */
  async firstLine(pattern: RegExp): Promise<string | undefined> {
    for (;;) {
      const line = this.#lines.find((candidate) => pattern.test(candidate));
      if (line !== undefined || this.#hasEnded) return line;
      await Promise.race([this.exit, sleep(20)]);
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** SIGKILL: no chance to clean up. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.exit;
  }

  /** SIGTERM, and SIGKILL if that does not end it within `graceMs`. */
  async stop(graceMs = 15_000): Promise<Exit> {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), graceMs);
    const exit = await this.exit;
    clearTimeout(timer);
    return exit;
  }

  #collect(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.#lines.push(...lines);
      if (this.#lines.length > 2_000) this.#lines.splice(0, this.#lines.length - 2_000);
    });
  }
}
