import { Argument, Option } from 'commander';
import { outputOption } from '../options/common-options.ts';
import { type Declare } from './declare.ts';

const heading = 'Set up:';

export function declareSetup({ program, does }: Declare): void {
  program
    .command('init')
    .helpGroup(heading)
    .description(
      'Prepare a namespace: the account that agents act as, with its rights, and the settings.\n\nThe key of a model is read from the standard input or from SWARM_MODEL_KEY, never from the command line.',
    )
    .addOption(new Option('--model <name>', 'model of an OpenAI-compatible endpoint; the builtin planner when absent'))
    .addOption(new Option('--base-url <url>', 'address of the endpoint up to /v1').default('https://api.openai.com/v1'))
    .addOption(new Option('--model-key-stdin', 'read the key of the endpoint from the standard input'))
    .addOption(new Option('--kfp-url <url>', 'address of Kubeflow Pipelines'))
    .addOption(
      new Option('--object-store <url>', 'address of the S3-compatible store; its Secret is swarm-object-store'),
    )
    .addOption(new Option('--operator-namespace <name>', 'where the operator runs').default('swarm-system'))
    .addOption(new Option('--dry-run', 'print the YAML and change nothing'))
    .addOption(new Option('-y, --yes', 'ask nothing'))
    .action(does(async () => (await import('../commands/init.ts')).runInit));

  program
    .command('doctor')
    .helpGroup(heading)
    .description('Check the way from here to an answer, and say how to mend what is broken.')
    .addOption(new Option('--operator-namespace <name>', 'where the operator runs').default('swarm-system'))
    .addOption(outputOption(['text', 'json']))
    .action(does(async () => (await import('../commands/doctor.ts')).runDoctor));

  program
    .command('completion')
    .helpGroup(heading)
    .description('Print a completion script, or install what kubectl needs to complete kubectl swarm.')
    .addArgument(new Argument('<shell>', 'shell, or install').choices(['bash', 'zsh', 'fish', 'install']))
    .addOption(new Option('--dir <folder>', 'with install: folder of PATH to write kubectl_complete-swarm to'))
    .action(does(async () => (await import('../commands/completion.ts')).runCompletion));

  program
    .command('version')
    .helpGroup(heading)
    .description('Print the version of the plugin; --server asks the cluster for its own and for that of Swarm.')
    .addOption(new Option('--server', 'ask the cluster, too'))
    .addOption(outputOption(['text', 'json', 'yaml']))
    .action(does(async () => (await import('../commands/version.ts')).runVersion));

  program
    .command('options')
    .helpGroup(heading)
    .description('List the flags that every command takes.')
    .action(does(async () => (await import('../commands/help.ts')).runOptions));

  program
    .command('help')
    .helpGroup(heading)
    .description('Explain a command, or exit-codes.')
    .argument('[topic]', 'command, or exit-codes')
    .action(does(async () => (await import('../commands/help.ts')).runHelp));
}
