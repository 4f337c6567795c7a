import { resultText } from '../display/result-text.ts';
import { type AnswerFormat } from '../options/common-options.ts';
import { type CliContext } from '../session/cli-context.ts';
import { openConversation } from '../session/conversations.ts';
import { type ExitCode } from '../session/exit-codes.ts';
import { type StreamMode } from '../session/stream-modes.ts';
import { type TurnOutcome } from '../session/turn-outcome.ts';
import { askIn } from './ask.ts';

export interface RunQuestionOptions {
  readonly conversation?: string;
  readonly output: Exclude<AnswerFormat, 'md'>;
  readonly timeout?: number;
  readonly quiet?: boolean;
  readonly stream?: StreamMode;
}

export interface RunQuestion {
  readonly text: string;
  /** Tools whose typed result is what was asked for. */
  readonly tools: readonly string[];
}

/** Asks the agents, who reach the backends, and prints what the tool found: the plugin needs no rights there. */
export async function askAboutRun(
  context: CliContext,
  { text, tools }: RunQuestion,
  options: RunQuestionOptions & { readonly after?: (outcome: TurnOutcome) => Promise<string> },
): Promise<ExitCode> {
  const conversation = await openConversation(context, { name: options.conversation, prefix: 'ask' });
  const shownResult = (outcome: TurnOutcome) => {
    const result = resultOf(outcome, tools);
    return Promise.resolve(
      result === undefined ? '' : `\n${resultText(result, { layout: context.layout(), now: context.clock.now() })}`,
    );
  };
  return askIn(context, { conversation, text }, { after: shownResult, ...options });
}

/** The newest result of one of these tools, as JSON. */
export function resultOf(outcome: TurnOutcome, tools: readonly string[]): string | undefined {
  return outcome.results.filter(({ tool, state }) => tools.includes(tool) && state === 'Succeeded').at(-1)?.result;
}
