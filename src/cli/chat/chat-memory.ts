import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** How many lines are remembered, and how many characters of them: enough to find last week's question again. */
export const historyLimits = { lines: 500, characters: 131_072 } as const;

/** A tool that the person lets go on without a question, in one conversation. */
export interface AlwaysAllowed {
  readonly agent: string;
  readonly tool: string;
}

interface Remembered {
  /** UID of the Conversation: what was said about one is not true of its successor of the same name. */
  readonly conversation: string;
  readonly always: readonly AlwaysAllowed[];
}

/** `$XDG_STATE_HOME/kubectl-swarm`, or what the XDG base directory specification puts in its place. */
export function stateDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const base = environment['XDG_STATE_HOME'];
  // The specification: a path that is not absolute is to be ignored.
  if (base?.startsWith('/')) return join(base, 'kubectl-swarm');
  return join(environment['HOME'] ?? homedir(), '.local', 'state', 'kubectl-swarm');
}

export interface MemoryPlace {
  /** Of all conversations. */
  readonly directory: string;
  readonly namespace: string;
  readonly conversation: { readonly name: string; readonly uid: string };
}

/**
 * What a chat keeps on this machine, readable by its user only: the lines typed and the tools that need no question.
 * The conversation itself is in the cluster. A directory that cannot be written costs the memory, not the chat.
 */
export class ChatMemory {
  readonly #directory: string;
  readonly #uid: string;
  #history: string[];
  #always: readonly AlwaysAllowed[];

  constructor({ directory, namespace, conversation }: MemoryPlace) {
    this.#directory = join(directory, namespace, conversation.name);
    this.#uid = conversation.uid;
    this.#history = this.#readHistory();
    this.#always = this.#readAlways();
  }

  /** Newest first, as the line editor wants it. */
  get history(): readonly string[] {
    return this.#history.toReversed();
  }

  addToHistory(text: string): void {
    if (text === this.#history.at(-1)) return;
    const lines = [...this.#history, text].slice(-historyLimits.lines);
    while (lines.length > 1 && lines.join('\n').length > historyLimits.characters) lines.shift();
    this.#history = lines;
    this.#write('history', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  isAlwaysAllowed({ agent, tool }: AlwaysAllowed): boolean {
    return this.#always.some((entry) => entry.agent === agent && entry.tool === tool);
  }

  get alwaysAllowed(): readonly AlwaysAllowed[] {
    return this.#always;
  }

  /** @returns false when it could be kept for this session only. */
  allowAlways({ agent, tool }: AlwaysAllowed): boolean {
    if (!this.isAlwaysAllowed({ agent, tool })) this.#always = [...this.#always, { agent, tool }];
    return this.#writeAlways();
  }

  forgetAlways(): void {
    this.#always = [];
    this.#writeAlways();
  }

  #writeAlways(): boolean {
    const remembered: Remembered = { conversation: this.#uid, always: this.#always };
    return this.#write('approvals.json', `${JSON.stringify(remembered, undefined, 2)}\n`);
  }

  #readHistory(): string[] {
    const lines = (this.#read('history') ?? '').split('\n').filter((line) => line !== '');
    return lines.flatMap((line) => {
      const text = parsed(line);
      return typeof text === 'string' ? [text] : [];
    });
  }

  /** Anything but a proper entry of this very conversation allows nothing. */
  #readAlways(): readonly AlwaysAllowed[] {
    const { conversation, always } = (parsed(this.#read('approvals.json') ?? '') ?? {}) as Partial<Remembered>;
    if (conversation !== this.#uid || !Array.isArray(always)) return [];
    return always.filter(isAlwaysAllowed).map(({ agent, tool }) => ({ agent, tool }));
  }

  #read(file: string): string | undefined {
    try {
      return readFileSync(join(this.#directory, file), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all: another chat in the same conversation may write too. */
  #write(file: string, content: string): boolean {
    const path = join(this.#directory, file);
    const draft = `${path}.${process.pid}`;
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      writeFileSync(draft, content, { mode: 0o600 });
      renameSync(draft, path);
      return true;
    } catch {
      return false;
    }
  }
}

function isAlwaysAllowed(entry: unknown): entry is AlwaysAllowed {
  const { agent, tool } = (entry ?? {}) as Partial<AlwaysAllowed>;
  return typeof agent === 'string' && typeof tool === 'string';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
