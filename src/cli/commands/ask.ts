import { type AnswerFormat } from '../options/common-options.ts';
import { nameOf, isObjectFormat, writeObject } from '../output/write-object.ts';
import { type AgentName } from '../session/agent-names.ts';
import { createTurn } from '../session/create-turn.ts';
import { carryTurn } from '../session/carry-turn.ts';
import { type CliContext } from '../session/cli-context.ts';
import { composeQuestion } from '../session/compose-question.ts';
import { openConversation } from '../session/conversations.ts';
import { decideHere } from '../session/decide-here.ts';
import { type ExitCode, exitCodes } from '../session/exit-codes.ts';
import { type CommandHandler } from '../session/invocation.ts';
import { type InputSource, readStdin, readTextFile } from '../session/read-input.ts';
import { type StreamMode } from '../session/stream-modes.ts';

export interface AskOptions {
  readonly conversation?: string;
  readonly file?: string;
  readonly agent?: AgentName;
  readonly output: AnswerFormat;
  readonly wait: boolean;
  readonly timeout?: number;
  readonly approve?: string;
  readonly quiet?: boolean;
  readonly stream?: StreamMode;
}

export const runAsk: CommandHandler<AskOptions> = async ({ shell, interrupts, open }, words, options) => {
  const source = { stdin: shell.stdin, signal: interrupts.signal };
  const text = composeQuestion({ prompt: words.join(' '), data: await dataOf(options, source) });
  const context = await open();
  const { conversation: name, agent } = options;
  const conversation = await openConversation(context, { name, agent, prefix: 'ask' });
  return askIn(context, { conversation, text }, options);
};

/** Also for commands that are questions in other words. */
export async function askIn(
  context: CliContext,
  question: Parameters<typeof createTurn>[1],
  options: Omit<Parameters<typeof carryTurn>[2], 'cancelOnInterrupt'> & {
    readonly wait?: boolean;
    readonly approve?: string;
  },
): Promise<ExitCode> {
  const asked = await createTurn(context, question);
  if (options.wait === false) {
    if (isObjectFormat(options.output)) await writeObject(context, options.output, asked.turn);
    else context.shell.stdout.write(`${nameOf(asked.turn)}\n`);
    return exitCodes.answered;
  }
  if (options.quiet !== true && options.output === 'text' && context.shell.stderr.isTTY === true) {
    context.shell.stderr.write(
      `conversation ${question.conversation.metadata.name}, turn ${asked.turn.metadata.name}\n`,
    );
  }
  const approved = options.approve?.split(',').map((tool) => tool.trim()) ?? [];
  return carryTurn(context, asked, {
    ...options,
    cancelOnInterrupt: true,
    decide: decideHere(context, asked, approved),
  });
}

/** What comes by a pipe is data, unless a file is named. */
function dataOf({ file }: AskOptions, source: InputSource): Promise<string | undefined> {
  return file === undefined ? readStdin(source) : readTextFile(file, source);
}
