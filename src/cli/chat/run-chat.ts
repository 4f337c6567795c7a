import { type Conversation } from '../../api/conversation.ts';
import { type AgentName } from '../session/agent-names.ts';
import { carryTurn } from '../session/carry-turn.ts';
import { createTurn } from '../session/create-turn.ts';
import { type CliContext } from '../session/cli-context.ts';
import { openConversation } from '../session/conversations.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { type StreamMode } from '../session/stream-modes.ts';
import { Chat } from './chat.ts';
import { ChatMemory, historyLimits, stateDirectory } from './chat-memory.ts';
import { identityOf } from './conversation-facts.ts';
import { LineInput } from './line-input.ts';
import { completions, findSlash, parseSlash } from './slash/slash-commands.ts';
import { type ChatControl } from './chat-control.ts';

export interface ChatWish {
  /** Of a conversation that exists; absent: a new one. */
  readonly name?: string;
  /** First message. */
  readonly prompt?: string;
  readonly agent?: AgentName;
  readonly stream?: StreamMode;
}

/** A chat at a terminal; from a pipe, each line of it as a message. @returns when the person has left. */
export async function runChat(context: CliContext, { name, prompt, agent, stream }: ChatWish): Promise<ExitCode> {
  const { stdin, stdout } = context.shell;
  const conversation = await openConversation(context, { name, agent, prefix: 'chat' });
  const directory = stateDirectory(context.shell.environment);
  const memoryOf = ({ metadata }: Conversation) =>
    new ChatMemory({ directory, namespace: metadata.namespace, conversation: metadata });
  if (stdin.isTTY !== true || stdout.isTTY !== true) {
    return readMessages({ context, conversation, memory: memoryOf(conversation), prompt, stream });
  }
  const screen = new Screen(context);
  let chat: Chat | undefined;
  const input = new LineInput({
    ...{ input: stdin, output: stdout, isTerminal: true, continuationPrompt: '… ' },
    ...{ history: memoryOf(conversation).history, historySize: historyLimits.lines },
    complete: (line) => (chat ? completions(line, chat).catch(() => []) : Promise.resolve([])),
  });
  // SIGTERM: the line editor gives the terminal back, and the loop ends.
  const close = () => {
    input.close();
  };
  context.signal.addEventListener('abort', close, { once: true });
  try {
    screen.begin();
    chat = new Chat({ context, conversation, input, memoryOf, stream, identity: await identityOf(context) });
    await chat.run(prompt);
    return context.signal.aborted ? exitCodes.interrupted : exitCodes.answered;
  } finally {
    context.signal.removeEventListener('abort', close);
    input.close();
    screen.end();
  }
}

/** What a chat asks of a terminal, and takes back at its end, however it ends. */
class Screen {
  readonly #context: CliContext;
  readonly #isLive: boolean;

  constructor(context: CliContext) {
    this.#context = context;
    this.#isLive = context.layout().look.live;
  }

  /** Asks to be told what is pasted. */
  begin(): void {
    if (this.#isLive) this.#context.shell.stdout.write('\u001b[?2004h');
  }

  end(): void {
    this.#context.shell.stdout.write(this.#isLive ? '\u001b[?2004l\u001b[?25h\n' : '\n');
  }
}

interface Reading {
  readonly context: CliContext;
  readonly conversation: Conversation;
  readonly memory: ChatMemory;
  readonly prompt?: string | undefined;
  readonly stream?: StreamMode | undefined;
}

/** The first failure is what the shell gets to know; later messages are asked all the same. */
async function readMessages({ context, conversation, memory, prompt, stream }: Reading): Promise<ExitCode> {
  const { stdin, stdout } = context.shell;
  const input = new LineInput({
    ...{ input: stdin, output: stdout, isTerminal: false, continuationPrompt: '', history: [], historySize: 0 },
    complete: () => Promise.resolve([]),
  });
  let worst: ExitCode = exitCodes.answered;
  const ask = async (text: string) => {
    const asked = await createTurn(context, { conversation, text });
    const code = await carryTurn(context, asked, { output: 'text', stream, cancelOnInterrupt: true });
    if (worst === exitCodes.answered) worst = code;
    return undefined;
  };
  const control: ChatControl = {
    ...{ context, conversation, memory, last: undefined, runs: new Map(), ask },
    print: (text) => void stdout.write(text),
    switchTo: () => Promise.reject(new Error('only a chat at a terminal changes its conversation')),
    decidePending: () => Promise.resolve(0),
    followRun: () => Promise.resolve(false),
    leave: () => {
      input.close();
    },
  };
  if (prompt !== undefined) await ask(prompt);
  for (let entry = await input.read(''); entry.kind === 'text'; entry = await input.read('')) {
    if (entry.text.trim() === '') continue;
    const slash = parseSlash(entry.text);
    const command = slash && findSlash(slash.name);
    if (command) await command.run(control, slash.words);
    else await ask(entry.text);
  }
  input.close();
  return worst;
}
