import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import { outOfMemorySignal, RefusedInSandboxError, type Answer, type Question } from './protocol.ts';

export interface SandboxSettings {
  /** Module that calls `serveSandbox`; `.ts` from source, `.mjs` from a bundle. */
  readonly entry: URL;
  readonly clock: Clock;
  /** Resident memory at which the process ends itself. */
  readonly memoryBytes: number;
  /** Ends the process when it fires. */
  readonly signal: AbortSignal;
}

/** One process for one piece of work on bytes that nobody vouches for. */
export interface Sandbox {
  /**
   * @throws RefusedInSandboxError when the work declined, SandboxFailure when the process ended or took too long, and the
   * signal's reason once it has fired. The process is gone after any but the first.
   */
  ask(question: object, timeoutMs: number): Promise<unknown>;
  /** Resolves when the process is gone. */
  end(): Promise<void>;
}

export class SandboxFailure extends Error {
  override readonly name = 'SandboxFailure';
  readonly reason: 'TimedOut' | 'OutOfMemory' | 'Crashed';

  constructor(reason: SandboxFailure['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A process and not a thread: native code that crashes or never returns would take the operator with it, and its jobs would
 * fill the thread pool that everybody's files and names are read with. It inherits no environment, hence no secret.
 */
export function startSandbox(settings: SandboxSettings): Sandbox {
  settings.signal.throwIfAborted();
  return new SandboxProcess(settings);
}

class SandboxProcess implements Sandbox {
  readonly #clock: Clock;
  readonly #child: ChildProcess;
  readonly #gone: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  #ended: Error | undefined;
  #questions = 0;

  constructor({ entry, clock, memoryBytes, signal }: SandboxSettings) {
    this.#clock = clock;
    this.#child = fork(entry, [String(memoryBytes)], {
      // With a heap for each thread glibc keeps several times as much as is in use.
      env: { MALLOC_ARENA_MAX: '1' },
      execArgv: ['--max-old-space-size=192'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const stop = (): void => {
      this.#endWith(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    this.#gone = this.#whenGone().finally(() => {
      signal.removeEventListener('abort', stop);
    });
    this.#child.on('message', (message) => {
      this.#take(message as Answer);
    });
  }

  async ask(question: object, timeoutMs: number): Promise<unknown> {
    if (this.#ended) throw this.#ended;
    const id = ++this.#questions;
    const cancelTimer = this.#clock.schedule(timeoutMs, () => {
      this.#endWith(new SandboxFailure('TimedOut', `it took longer than ${timeoutMs / 1000} s`));
    });
    try {
      return await new Promise<unknown>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#child.send({ id, question } satisfies Question, (cause) => {
          if (cause) this.#endWith(new SandboxFailure('Crashed', cause.message));
        });
      });
    } finally {
      cancelTimer();
    }
  }

  async end(): Promise<void> {
    this.#endWith(new SandboxFailure('Crashed', 'the worker process was ended'));
    await this.#gone;
  }

  #endWith(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
    this.#child.kill('SIGKILL');
  }

  #take(answer: Answer): void {
    const asked = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === 'done') asked?.resolve(answer.value);
    else asked?.reject(errorOf(answer));
  }

  #whenGone(): Promise<void> {
    const lastWords = lastWordsOf(this.#child);
    return new Promise((resolve) => {
      this.#child.once('error', (cause) => {
        this.#endWith(new SandboxFailure('Crashed', `the worker process did not start: ${cause.message}`));
        if (this.#child.pid === undefined) resolve();
      });
      this.#child.once('close', (code, endedBy) => {
        this.#endWith(failureOf({ code, endedBy, lastWords: lastWords() }));
        resolve();
      });
    });
  }
}

function errorOf(answer: Exclude<Answer, { kind: 'done' }>): Error {
  if (answer.kind === 'refused') return new RefusedInSandboxError(answer.code, answer.message, answer.hint);
  return new Error(answer.stack);
}

interface End {
  readonly code: number | null;
  readonly endedBy: NodeJS.Signals | null;
  readonly lastWords: string;
}

function failureOf({ code, endedBy, lastWords }: End): SandboxFailure {
  // SIGKILL that is not ours is the kernel's answer to a lack of memory.
  if (endedBy === outOfMemorySignal || endedBy === 'SIGKILL')
    return new SandboxFailure('OutOfMemory', 'it needed more memory than allowed');
  const how = endedBy ?? `code ${String(code)}`;
  return new SandboxFailure(
    'Crashed',
    `the worker process ended with ${how}${lastWords === '' ? '' : `: ${lastWords}`}`,
  );
}

/** What the process wrote to stderr at last, in one line. */
function lastWordsOf(child: ChildProcess): () => string {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-500);
  });
  return () => words.trim().split('\n').at(-1) ?? '';
}

/** The module beside the asking one or, as `<name>.mjs`, in the folder of the bundle, whose parts may be in folders below. */
export function workerEntry(name: string, baseUrl: string): URL {
  if (baseUrl.endsWith('.ts')) return new URL(`./${name}.ts`, baseUrl);
  const beside = new URL(`./${name}.mjs`, baseUrl);
  return existsSync(beside) ? beside : new URL(`../${name}.mjs`, baseUrl);
}
