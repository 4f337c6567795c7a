import { type Command } from 'commander';
import { type CommandHandler } from '../session/invocation.ts';

/** Loads what carries a command out; commands that are not called cost nothing at the start. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each handler names the flags that its declaration adds
export type Loader = () => Promise<CommandHandler<any>>;

export interface Declare {
  readonly program: Command;
  /** The action of a command. */
  readonly does: (load: Loader) => (...parameters: unknown[]) => Promise<void>;
}
