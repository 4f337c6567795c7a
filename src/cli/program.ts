import { Command, type Option } from 'commander';
import { declareAnswers } from './declarations/answers.ts';
import { declareConversations } from './declarations/conversations.ts';
import { declareDecisions } from './declarations/decisions.ts';
import { type Declare, type Loader } from './declarations/declare.ts';
import { declareSetup } from './declarations/setup.ts';
import { addGlobalFlags, type GlobalFlags } from './options/kubectl-flags.ts';
import { type ExitCode, exitCodes } from './session/exit-codes.ts';
import { type Invocation } from './session/invocation.ts';

export const programName = 'kubectl swarm';

/** What a call of the program needs from the process. */
export type Surroundings = Omit<Invocation, 'flags' | 'program' | 'open'> & {
  readonly open: (flags: GlobalFlags, invocation: Surroundings) => ReturnType<Invocation['open']>;
};

export interface Program {
  readonly command: Command;
  /** Of the command that was carried out. */
  exitCode(): ExitCode;
}

const about = `Ask the agents of this cluster, and follow, approve and keep what they do.

kubectl takes no flags of its own before the name of a plugin: write them last, kubectl swarm ask "…" -n team-a.`;

/** All commands with their flags; what carries them out is loaded when one is called. */
export function createProgram(surroundings: Surroundings): Program {
  let exitCode: ExitCode = exitCodes.answered;
  const program = addGlobalFlags(new Command('swarm'))
    .usage('[command] [flags]')
    .description(about)
    .helpOption('-h, --help', 'show help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: false, visibleOptions, subcommandTerm })
    .configureOutput({
      writeOut: (text) => void surroundings.shell.stdout.write(named(text)),
      writeErr: (text) => void surroundings.shell.stderr.write(named(text)),
    })
    .showHelpAfterError('See kubectl swarm --help.')
    .exitOverride();
  const declare: Declare = {
    program,
    does:
      (load) =>
      async (...parameters: unknown[]) => {
        const command = parameters.at(-1) as Command;
        exitCode = await carryOut(load, command, surroundings);
      },
  };
  for (const declareGroup of [declareConversations, declareDecisions, declareAnswers, declareSetup])
    declareGroup(declare);
  for (const command of program.commands) {
    command.copyInheritedSettings(program).summary(command.description().split('\n', 1)[0] ?? '');
  }
  program.addHelpText(
    'after',
    '\nFlags of every command: kubectl swarm options. Exit codes: kubectl swarm help exit-codes.',
  );
  return { command: program, exitCode: () => exitCode };
}

async function carryOut(load: Loader, command: Command, surroundings: Surroundings): Promise<ExitCode> {
  const program = rootOf(command);
  const flags = program.opts<GlobalFlags>();
  const handler = await load();
  const open = () => surroundings.open(flags, surroundings);
  return handler({ ...surroundings, flags, program, open }, command.args, command.opts());
}

function rootOf(command: Command): Command {
  return command.parent ? rootOf(command.parent) : command;
}

/** The flags of every command would drown the few of the program itself: `kubectl swarm options` lists them. */
function visibleOptions(command: Command): Option[] {
  return command.parent ? command.options.filter(({ hidden }) => !hidden) : [];
}

/** `ask [prompt...]`: that there are flags goes without saying. */
function subcommandTerm(command: Command): string {
  const given = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...given].join(' ');
}

/** Commander knows the program by one word; people type two. */
function named(text: string): string {
  return text.replace(/^Usage: swarm\b/m, `Usage: ${programName}`);
}
