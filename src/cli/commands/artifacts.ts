import { type CommandHandler } from '../session/invocation.ts';
import { askAboutRun, type RunQuestionOptions } from './run-question.ts';

export const runArtifacts: CommandHandler<RunQuestionOptions> = async ({ open }, [run = ''], options) =>
  askAboutRun(await open(), { text: `List the artifacts of run ${run}`, tools: ['list_run_artifacts'] }, options);
