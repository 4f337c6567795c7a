import { randomBytes } from 'node:crypto';
import { type LanguageModel, type ModelMessage, type ModelResponse } from '../../src/models/language-model.ts';
import { parseScript, slotOf, type ScriptedCall } from './script.ts';

/**
 * Follows the script in the newest user message, and never decides the same way twice: each answer carries another
 * value. Whoever asks again after a crash and acts on the second answer beside the first is found out.
 */
export const fickleModel: LanguageModel = {
  name: 'fickle',
  respond: ({ messages }) => Promise.resolve(respondTo(messages)),
};

const usage = { inputTokens: 100, outputTokens: 10 };

function respondTo(messages: readonly ModelMessage[]): ModelResponse {
  const asked = messages.findLastIndex((message) => message.role === 'user');
  const question = messages[asked];
  if (question?.role !== 'user') throw new Error('nothing was asked');
  const script = parseScript(question.text);
  const since = messages.slice(asked + 1);
  const step = since.filter((message) => message.role === 'assistant').length;
  const runs = runsIn(since);
  const calls = script.steps[step];
  if (calls === undefined) {
    return { text: `done ${script.item} ${runs.join(' ')}`.trim(), calls: [], usage, finish: 'stop' };
  }
  const decided = calls.map((call, index) => decide(call, slotOf(script.item, step, index), runs));
  return { text: '', calls: decided, usage, finish: 'tool-calls' };
}

function decide(call: ScriptedCall, item: string, runs: readonly string[]) {
  const value = randomBytes(6).toString('hex');
  const id = `call_${value}`;
  if ('ask' in call) {
    const task = JSON.stringify({ item, steps: call.steps });
    return { id, tool: `ask_${call.ask}`, arguments: JSON.stringify({ task, answerDirectly: false }) };
  }
  return { id, tool: call.tool, arguments: JSON.stringify(argumentsOf(call.tool, { item, value, runs })) };
}

interface Slot {
  readonly item: string;
  readonly value: string;
  readonly runs: readonly string[];
}

function argumentsOf(tool: string, { item, value, runs }: Slot): object {
  switch (tool) {
    case 'run_pipeline':
      return { pipeline: 'held', params: { item, value } };
    case 'wait_for_run':
      return { backend: 'tekton', run: runs[0] ?? 'none', timeout: '10m' };
    default:
      return { item, value };
  }
}

function runsIn(messages: readonly ModelMessage[]): readonly string[] {
  const contents = messages.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
  return [...new Set(contents.join('\n').match(/swarm-[a-z2-7]{26}/g) ?? [])];
}
