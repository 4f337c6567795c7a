import { type CommandHandler } from '../session/invocation.ts';
import { askAboutRun, type RunQuestionOptions } from './run-question.ts';

export const runCompare: CommandHandler<RunQuestionOptions> = async ({ open }, runs, options) => {
  const last = runs.at(-1) ?? '';
  const text = `Compare run ${runs.slice(0, -1).join(', ')} with ${last}`;
  return askAboutRun(await open(), { text, tools: ['compare_runs'] }, options);
};
