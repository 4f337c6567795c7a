import { type RandomSource } from '../../base/backoff.ts';
import { type Clock } from '../../base/clock.ts';
import { type UserClient } from '../../kube/user-client.ts';
import { type Layout } from '../display/look.ts';
import { type Interrupts } from './interrupts.ts';
import { type Shell } from './shell.ts';

/** All that a command works with; tests make one of fakes. */
export interface CliContext {
  readonly shell: Shell;
  /** Acts with the rights of the person at the terminal. */
  readonly kube: UserClient;
  /** Of -n, else of the kubeconfig's context, else `default`. */
  readonly namespace: string;
  /** Colours, width, words instead of signs: what the standard output can show. Read anew each time: windows change. */
  readonly layout: () => Layout;
  /** The same for the standard error, which may be a terminal when the output is a file. */
  readonly errorLayout: () => Layout;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Cryptographically strong, for names and stream keys. */
  readonly randomBytes: (size: number) => Buffer;
  /** Fires when the command is to end: SIGTERM, or Ctrl-C that nobody has taken over. */
  readonly signal: AbortSignal;
  readonly interrupts: Interrupts;
  /** Of -v: from 4 on, lines about requests and transports go to stderr. */
  readonly verbosity: number;
}
