import { type Argument, type Command, type Option } from 'commander';
import { createProgram, programName } from '../../src/cli/program.ts';
import { exitCodeMeanings, exitCodes } from '../../src/cli/session/exit-codes.ts';
import { Interrupts } from '../../src/cli/session/interrupts.ts';

/** docs/reference/kubectl-swarm.md, from the declarations that the plugin itself parses with. */
export function commandsReference(): string {
  const { command: program } = createProgram({
    shell: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, environment: {} },
    interrupts: new Interrupts(),
    open: () => Promise.reject(new Error('nothing is carried out here')),
  });
  const groups = Map.groupBy(program.commands, (command) => command.helpGroup().replace(/:$/, ''));
  const sections = [...groups].map(
    ([heading, commands]) => `## ${heading}\n\n${commands.map(commandSection).join('\n')}`,
  );
  return [
    `# ${programName}`,
    escaped(program.description()),
    'Data goes to the standard output, everything else to the standard error; nothing is coloured when the output is no terminal.',
    ...sections,
    `## Flags of every command\n\n${optionTable(program.options)}`,
    `## Exit codes\n\n${exitCodeTable()}`,
  ].join('\n\n');
}

function commandSection(command: Command): string {
  const parts = [
    `### ${programName} ${usageOf(command)}`,
    escaped(command.description()),
    ...(command.registeredArguments.length > 0 ? [argumentTable(command.registeredArguments)] : []),
    ...(command.options.length > 0 ? [optionTable(command.options)] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function usageOf(command: Command): string {
  const given = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...given].map(escaped).join(' ');
}

function argumentTable(parts: readonly Argument[]): string {
  const rows = parts.map((part) => row([part.name(), withChoices(part.description, part.argChoices)]));
  return ['| Argument | Meaning |', '| --- | --- |', ...rows].join('\n');
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map(({ flags, description, argChoices, defaultValue }) => {
    const otherwise = ['string', 'number'].includes(typeof defaultValue) ? `; default ${String(defaultValue)}` : '';
    return row([`\`${flags}\``, `${withChoices(description, argChoices)}${otherwise}`]);
  });
  return ['| Flag | Meaning |', '| --- | --- |', ...rows].join('\n');
}

function withChoices(description: string, choices: readonly string[] | undefined): string {
  return choices ? `${description}: ${choices.map((choice) => `\`${choice}\``).join(', ')}` : description;
}

function exitCodeTable(): string {
  const rows = Object.entries(exitCodes).map(([name, code]) =>
    row([String(code), exitCodeMeanings[name as keyof typeof exitCodes]]),
  );
  return ['| Code | Meaning |', '| --- | --- |', ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** In Markdown `<name>` would be a tag. */
function escaped(text: string): string {
  return text.replaceAll('<', '\\<').replaceAll('...]', '…]').replaceAll('...>', '…>');
}
