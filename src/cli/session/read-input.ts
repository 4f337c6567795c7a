import { readFile } from 'node:fs/promises';
import { type Shell } from './shell.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** The rest of the standard input; undefined at a keyboard. */
export async function readStdin({ stdin }: Pick<Shell, 'stdin'>): Promise<string | undefined> {
  if (stdin.isTTY === true) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export async function readTextFile(file: string, shell: Pick<Shell, 'stdin'>): Promise<string> {
  if (file === '-') return (await readStdin(shell)) ?? '';
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError(exitCodes.usage, `cannot read ${file}: ${(cause as Error).message}`, { cause });
  }
}
