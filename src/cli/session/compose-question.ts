import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** As the schema of Turn has it; its own library is not loaded for this number. */
const mostCharacters = 32_768;

export interface QuestionParts {
  readonly prompt: string;
  /** What came by a pipe or from a file. */
  readonly data: string | undefined;
}

/** The prompt, with the data below it under a fence; data alone is the question. @throws CliError when there is neither, or too much. */
export function composeQuestion({ prompt, data = '' }: QuestionParts): string {
  const question = prompt.trim();
  const material = data.trimEnd();
  if (question === '' && material.trim() === '') {
    throw new CliError(exitCodes.usage, 'there is no question: write it behind the command, or pipe it in', {
      next: 'kubectl swarm ask "Which pipelines can I run?"',
    });
  }
  if (question === '' || material === '') return bounded(question === '' ? material.trim() : question);
  const fence = fenceFor(material);
  return bounded(`${question}\n\n${fence}\n${material}\n${fence}`);
}

/** Longer than any fence inside. */
function fenceFor(material: string): string {
  const longest = Math.max(2, ...[...material.matchAll(/`{3,}/g)].map(([ticks]) => ticks.length));
  return '`'.repeat(longest + 1);
}

function bounded(text: string): string {
  if (text.length <= mostCharacters) return text;
  throw new CliError(
    exitCodes.usage,
    `the question has ${text.length} characters, and at most ${mostCharacters} are taken`,
    { next: 'cut it, for example: tail -c 30000 err.log | kubectl swarm ask "why?"' },
  );
}
