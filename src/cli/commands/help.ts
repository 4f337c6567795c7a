import { Command } from 'commander';
import { CliError } from '../session/cli-error.ts';
import { exitCodeMeanings, exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler } from '../session/invocation.ts';

export const runHelp: CommandHandler<object> = ({ shell, program }, [topic]) => {
  if (topic === 'exit-codes') shell.stdout.write(exitCodesText());
  else if (topic === undefined) program.outputHelp();
  else {
    const command = program.commands.find((candidate) => [candidate.name(), ...candidate.aliases()].includes(topic));
    if (!command) {
      throw new CliError(exitCodes.usage, `there is no help about ${topic}`, { next: 'kubectl swarm --help' });
    }
    command.outputHelp();
  }
  return Promise.resolve(exitCodes.answered);
};

/** As kubectl options does it. */
export const runOptions: CommandHandler<object> = ({ shell, program }) => {
  const onlyFlags = new Command('swarm').helpOption(false).helpCommand(false).usage('[command] [flags]');
  for (const option of program.options) onlyFlags.addOption(option);
  const help = onlyFlags.helpInformation().split('\n').slice(2).join('\n');
  shell.stdout.write(`These flags can be given to every command:\n\n${help}`);
  return Promise.resolve(exitCodes.answered);
};

export function exitCodesText(): string {
  const lines = Object.entries(exitCodes).map(
    ([name, code]) => `${String(code).padStart(5)}  ${exitCodeMeanings[name as keyof typeof exitCodes]}\n`,
  );
  return `Exit codes:\n\n${lines.join('')}`;
}
