import { Argument, type Command, Option } from 'commander';
import {
  completing,
  conversationOption,
  listFormats,
  outputOption,
  quietOption,
  selectorOptions,
  streamOption,
  timeoutOption,
} from '../options/common-options.ts';
import { type Declare } from './declare.ts';

const heading = 'Runs:';

export function declareAnswers({ program, does }: Declare): void {
  const runs = program
    .command('runs')
    .helpGroup(heading)
    .description('List the pipeline runs that conversations and intents started.')
    .addArgument(completing('any', new Argument('[name]', 'only of this conversation or intent')))
    .addOption(outputOption(listFormats));
  for (const option of selectorOptions()) runs.addOption(option);
  runs.action(does(async () => (await import('../commands/runs.ts')).runRuns));

  question(
    program.command('plot'),
    'Draw what a run reported: a metric, all metrics, roc, confusion-matrix or importance.',
  )
    .addArgument(completing('run', new Argument('<run>', 'name of a run')))
    .argument('[metric]', 'what to draw; all metrics when absent')
    .addOption(new Option('--out <file>', 'write the chart to this .svg or .png file'))
    .action(does(async () => (await import('../commands/plot.ts')).runPlot));

  question(program.command('compare'), 'Compare runs by parameters and metrics.')
    .addArgument(completing('run', new Argument('<run>', 'name of a run')))
    .addArgument(completing('run', new Argument('<others...>', 'runs to compare it with')))
    .action(does(async () => (await import('../commands/compare.ts')).runCompare));

  question(program.command('artifacts'), 'List what a run produced.')
    .addArgument(completing('run', new Argument('<run>', 'name of a run')))
    .action(does(async () => (await import('../commands/artifacts.ts')).runArtifacts));

  program
    .command('export')
    .helpGroup(heading)
    .description('Write a conversation as a file: as a manifest to commit, for reading, or for programs.')
    .addArgument(completing('conversation', new Argument('<name>', 'conversation')))
    .addOption(
      new Option('--yaml', 'manifest with everything that was asked, ready to commit (default)').conflicts([
        'md',
        'html',
        'json',
      ]),
    )
    .addOption(new Option('--md', 'Markdown').conflicts(['html', 'json']))
    .addOption(new Option('--html', 'one HTML file that needs no network').conflicts(['json']))
    .addOption(new Option('--json', 'the Conversation and its Turns'))
    .action(does(async () => (await import('../commands/export.ts')).runExport));
}

/** Runs belong to backends that only the agents reach: it is they who are asked. */
function question(command: Command, description: string): Command {
  return command
    .helpGroup(heading)
    .description(description)
    .addOption(completing('conversation', conversationOption()))
    .addOption(outputOption(['text', 'json', 'jsonl', 'yaml', 'name']))
    .addOption(timeoutOption('how long to wait; the turn goes on'))
    .addOption(quietOption())
    .addOption(streamOption());
}
