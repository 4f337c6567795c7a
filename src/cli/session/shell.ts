import { type Readable } from 'node:stream';

/** What the program is called from. Data goes to `stdout`, everything else to `stderr`. */
export interface Shell {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Input = Readable & { readonly isTTY?: boolean | undefined };

export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

/** Whether a person can be asked: reads from the keyboard, and sees the question even when the data goes to a file. */
export function isInteractive({ stdin, stderr }: Shell): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}
