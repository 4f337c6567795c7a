import { Argument, Option } from 'commander';
import {
  agentOption,
  answerFormats,
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

const heading = 'Talk:';

export function declareConversations({ program, does }: Declare): void {
  program
    .command('chat')
    .helpGroup(heading)
    .description(
      'Talk to the agents in the terminal.\n\nA chat is a Conversation of the cluster: it goes on from any machine.',
    )
    .addArgument(
      completing('conversation', new Argument('[name]', 'conversation to go on with; a new one when absent')),
    )
    .argument('[prompt...]', 'first message')
    .addOption(agentOption())
    .addOption(streamOption())
    .action(does(async () => (await import('../commands/chat.ts')).runChatCommand));

  program
    .command('ask')
    .helpGroup(heading)
    .description(
      'Ask once and print the answer.\n\nWhat comes on the standard input is added to the question, or is the question: cat err.log | kubectl swarm ask "why?"',
    )
    .argument('[prompt...]', 'question in plain words')
    .addOption(completing('conversation', conversationOption()))
    .addOption(new Option('-f, --file <file>', 'file that is added to the question; - for the standard input'))
    .addOption(agentOption())
    .addOption(outputOption(answerFormats))
    .addOption(new Option('--no-wait', 'print the name of the turn and do not wait for the answer'))
    .addOption(timeoutOption('how long to wait; the turn goes on'))
    .addOption(new Option('--approve <tools>', 'approve calls of these tools, for example run_pipeline,tekton.rerun'))
    .addOption(quietOption())
    .addOption(streamOption())
    .action(does(async () => (await import('../commands/ask.ts')).runAsk));

  declareReading({ program, does });
}

function declareReading({ program, does }: Declare): void {
  const ls = program
    .command('ls')
    .alias('list')
    .helpGroup(heading)
    .description('List conversations, turns or intents.')
    .addArgument(
      new Argument('[kind]', 'what to list').choices(['conversations', 'turns', 'intents']).default('conversations'),
    )
    .addOption(outputOption(listFormats));
  for (const option of selectorOptions()) ls.addOption(option);
  ls.action(does(async () => (await import('../commands/ls.ts')).runLs));

  program
    .command('show')
    .helpGroup(heading)
    .description(
      'Print a conversation, a turn or an intent: what was asked, the tool calls, the answers and their sources.',
    )
    .addArgument(completing('any', new Argument('<name>', 'NAME, or turn/NAME, intent/NAME')))
    .addOption(outputOption(['text', 'md', 'json', 'yaml', 'name']))
    .addOption(new Option('--details', 'arguments and results of tool calls as a whole'))
    .action(does(async () => (await import('../commands/show.ts')).runShow));

  program
    .command('watch')
    .helpGroup(heading)
    .description('Follow a conversation, an intent, a turn or a run until it ends.')
    .addArgument(completing('any', new Argument('<name>', 'NAME, or turn/NAME, intent/NAME, tekton/RUN, kfp/RUN')))
    .addOption(outputOption(['text', 'jsonl']))
    .addOption(timeoutOption('how long to follow'))
    .addOption(streamOption())
    .action(does(async () => (await import('../commands/watch.ts')).runWatch));
}
