import { type Conversation } from '../../api/conversation.ts';
import { type RunView } from '../display/run-tree.ts';
import { type CliContext } from '../session/cli-context.ts';
import { type TurnOutcome } from '../session/turn-outcome.ts';
import { type ChatMemory } from './chat-memory.ts';

/** What slash commands may do with the chat they are typed in. */
export interface ChatControl {
  readonly context: CliContext;
  readonly conversation: Conversation;
  readonly memory: ChatMemory;
  /** Of the turn that was asked last in this chat. */
  readonly last: TurnOutcome | undefined;
  /** Runs as they were seen last in this chat, newest last. */
  readonly runs: ReadonlyMap<string, RunView>;
  print(text: string): void;
  /** A message to the agents, with everything that comes of it on the screen; undefined when it did not come to its end. */
  ask(text: string): Promise<TurnOutcome | undefined>;
  /** Goes on with another conversation; `namespace`: there. */
  switchTo(conversation: Conversation, namespace?: string): Promise<void>;
  /** Asks the person about each call of this conversation that waits; returns how many there were. */
  decidePending(): Promise<number>;
  /** Until the run has ended or Ctrl-C. */
  followRun(name: string): Promise<boolean>;
  leave(): void;
}

export interface SlashCommand {
  readonly name: string;
  /** Behind the name in /help. */
  readonly usage?: string;
  readonly about: string;
  /** What Tab offers behind the name. */
  readonly completes?: 'conversation' | 'run' | 'metric';
  readonly run: (chat: ChatControl, words: readonly string[]) => Promise<void>;
}
