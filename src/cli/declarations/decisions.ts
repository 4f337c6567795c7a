import { Argument, type Command, Option } from 'commander';
import {
  answerFormats,
  completing,
  outputOption,
  quietOption,
  streamOption,
  timeoutOption,
} from '../options/common-options.ts';
import { type Declare } from './declare.ts';

const heading = 'Decide:';

export function declareDecisions({ program, does }: Declare): void {
  decision(
    program.command('approve'),
    'Let a call that waits for you go on, after showing exactly what it does.',
  ).action(does(async () => (await import('../commands/decide.ts')).runApprove));
  decision(program.command('deny'), 'Refuse a call that waits for you; the agent is told so, and why.').action(
    does(async () => (await import('../commands/decide.ts')).runDeny),
  );

  program
    .command('cancel')
    .helpGroup(heading)
    .description(
      'Stop a turn, the current turn of a conversation, or an intent. What was started goes on, and is named.',
    )
    .addArgument(completing('any', new Argument('<name>', 'NAME, or turn/NAME, intent/NAME')))
    .addOption(outputOption(['text', 'json', 'yaml', 'name']))
    .action(does(async () => (await import('../commands/cancel.ts')).runCancel));

  program
    .command('retry')
    .helpGroup(heading)
    .description('Ask the same once more: a turn as a new turn, an intent by raising its spec.attempt.')
    .addArgument(completing('any', new Argument('<name>', 'NAME, or turn/NAME, intent/NAME')))
    .addOption(outputOption(answerFormats))
    .addOption(new Option('--no-wait', 'do not wait for the answer'))
    .addOption(timeoutOption('how long to wait; the turn goes on'))
    .addOption(quietOption())
    .addOption(streamOption())
    .action(does(async () => (await import('../commands/retry.ts')).runRetry));
}

function decision(command: Command, description: string): Command {
  return command
    .helpGroup(heading)
    .description(description)
    .addArgument(
      completing('pending', new Argument('<name>', 'turn, or conversation or intent with a call that waits')),
    )
    .addOption(new Option('--call <id>', 'call to decide, for example 2.0; needed when several wait'))
    .addOption(new Option('--reason <text>', 'why; kept with the decision'))
    .addOption(new Option('-y, --yes', 'do not ask again'))
    .addOption(outputOption(['text', 'json', 'yaml', 'name']));
}
