import { type Command, CommanderError } from 'commander';
import { createProgram, programName, type Surroundings } from './program.ts';
import { type ExitCode, exitCodes } from './session/exit-codes.ts';
import { InterruptedError } from './session/interrupts.ts';
import { type Shell } from './session/shell.ts';

/** From the words of the command line to the exit code; everything a person has to know is written by then. */
export async function runProgram(
  args: readonly string[],
  surroundings: Omit<Surroundings, 'open'> & Partial<Pick<Surroundings, 'open'>>,
): Promise<ExitCode> {
  const program = createProgram({ open: openOnDemand, ...surroundings });
  try {
    // Before the command line is read as one: it is not finished yet.
    if (args[0] === '__complete') return await completeWords(args.slice(1), program.command, surroundings);
    if (args.length === 0) program.command.outputHelp();
    else await program.command.parseAsync([...args], { from: 'user' });
    return program.exitCode();
  } catch (error) {
    return report(error, surroundings.shell);
  }
}

/** The Kubernetes client and all that comes with it are loaded by commands that talk to a cluster, and by no others. */
const openOnDemand: Surroundings['open'] = async (flags, { shell, interrupts }) => {
  const { openContext } = await import('./session/open-context.ts');
  return openContext(flags, shell, interrupts);
};

async function completeWords(
  words: readonly string[],
  program: Command,
  surroundings: Parameters<typeof runProgram>[1],
): Promise<ExitCode> {
  const { complete, completionText } = await import('./commands/complete.ts');
  const whole = { open: openOnDemand, ...surroundings };
  const completion = await complete(words, { program, open: (flags) => whole.open(flags, whole) });
  surroundings.shell.stdout.write(completionText(completion));
  return exitCodes.answered;
}

async function report(error: unknown, shell: Shell): Promise<ExitCode> {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.answered : exitCodes.usage;
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  const { explainError } = await import('./session/explain-error.ts');
  const { safeText } = await import('./display/safe-text.ts');
  const explained = explainError(error);
  if (explained === undefined) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    shell.stderr.write(`${safeText(stack)}\nThis is a mistake in ${programName}.\n`);
    return exitCodes.failed;
  }
  shell.stderr.write(`error: ${safeText(explained.message)}\n`);
  if (explained.next !== undefined) shell.stderr.write(`try: ${safeText(explained.next)}\n`);
  return explained.exitCode;
}
