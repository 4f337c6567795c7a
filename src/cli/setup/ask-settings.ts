import { cancel, isCancel, password, select, text } from '@clack/prompts';
import { InterruptedError } from '../session/interrupts.ts';

export interface ChosenModel {
  readonly name: string;
  readonly baseUrl: string;
  readonly key: string | undefined;
}

/** Asks a person at the keyboard which model answers; undefined for the builtin planner. */
export async function askForModel(defaultBaseUrl: string): Promise<ChosenModel | undefined> {
  const provider = answered(
    await select({
      message: 'Which model answers?',
      options: [
        { value: 'builtin', label: 'The builtin planner', hint: 'no key, no network' },
        { value: 'openai', label: 'An OpenAI-compatible endpoint', hint: 'OpenAI, vLLM, Ollama, …' },
      ],
    }),
  );
  if (provider === 'builtin') return undefined;
  const baseUrl = answered(await text({ message: 'Its address up to /v1', initialValue: defaultBaseUrl }));
  const required = (value: string | undefined) => (value?.trim() ? undefined : 'A name is needed.');
  const name = answered(await text({ message: 'The name of the model', validate: required }));
  const key = answered(await password({ message: 'The key (nothing when it asks for none)' }));
  return { name, baseUrl, key: key === '' ? undefined : key };
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel('Nothing was changed.');
  throw new InterruptedError();
}
