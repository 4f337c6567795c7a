import { readFile } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { type Shell } from './shell.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

export interface InputSource {
  readonly stdin: Shell['stdin'];
  /** Ends the reading, of a pipe that nobody closes for example. */
  readonly signal: AbortSignal;
}

/** The rest of the standard input; undefined at a keyboard. @throws the reason of the signal. */
export async function readStdin({ stdin, signal }: InputSource): Promise<string | undefined> {
  if (stdin.isTTY === true) return undefined;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of addAbortSignal(signal, stdin)) chunks.push(Buffer.from(chunk as Uint8Array));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return Buffer.concat(chunks).toString('utf8');
}

export async function readTextFile(file: string, source: InputSource): Promise<string> {
  if (file === '-') return (await readStdin(source)) ?? '';
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
