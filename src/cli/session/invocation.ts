import { type Command } from 'commander';
import { type GlobalFlags } from '../options/kubectl-flags.ts';
import { type CliContext } from './cli-context.ts';
import { type ExitCode } from './exit-codes.ts';
import { type Interrupts } from './interrupts.ts';
import { type Shell } from './shell.ts';

/** One call of the program. */
export interface Invocation {
  readonly shell: Shell;
  readonly flags: GlobalFlags;
  readonly interrupts: Interrupts;
  /** All commands, for those that speak of the others. */
  readonly program: Command;
  /** Reads the kubeconfig; nothing is sent before a command asks for something. */
  readonly open: () => Promise<CliContext>;
}

/** What a command module exports: carries the command out. `words` are its arguments, `options` its own flags. */
export type CommandHandler<Options> = (
  invocation: Invocation,
  words: readonly string[],
  options: Options,
) => Promise<ExitCode>;
