import { randomBytes } from 'node:crypto';
import { type LanguageModel, type ModelMessage, type ModelResponse } from '../../src/models/language-model.ts';
import { parseScript, slotOf, type ScriptedCall } from './script.ts';

/**
 * Follows the script in the newest user message, and never decides the same way twice: each answer carries another
 * value. Whoever asks again after a crash and acts on the second answer beside the first is found out.
 *
 * @param bucket where it writes objects
 */
export function createFickleModel(bucket: string): LanguageModel {
  return { name: 'fickle', respond: ({ messages }) => Promise.resolve(respondTo(messages, bucket)) };
}

const usage = { inputTokens: 100, outputTokens: 10 };

function respondTo(messages: readonly ModelMessage[], bucket: string): ModelResponse {
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
  const decided = calls.map((call, index) => decide(call, { item: slotOf(script.item, step, index), runs, bucket }));
  return { text: '', calls: decided, usage, finish: 'tool-calls' };
}

function decide(call: ScriptedCall, place: Place) {
  const { item } = place;
  const value = randomBytes(6).toString('hex');
  const id = `call_${value}`;
  if ('ask' in call) {
    const task = JSON.stringify({ item, steps: call.steps });
    return { id, tool: `ask_${call.ask}`, arguments: JSON.stringify({ task, answerDirectly: false }) };
  }
  return { id, tool: call.tool, arguments: JSON.stringify(argumentsOf(call.tool, { ...place, value })) };
}

interface Place {
  readonly item: string;
  readonly runs: readonly string[];
  readonly bucket: string;
}

function argumentsOf(tool: string, { item, value, runs, bucket }: Place & { readonly value: string }): object {
  const [run = 'none'] = runs;
  switch (tool) {
    case 'run_pipeline':
      return { pipeline: 'held', params: { item, value } };
    case 'wait_for_run':
      return { backend: run.startsWith('swarm-') ? 'tekton' : 'kfp', run, timeout: '10m' };
    case 'create_schedule':
      return { pipeline: 'held', schedule: item, cron: yearly, params: { item, value } };
    case 'put_object':
      return { bucket, key: item, content: value };
    default:
      return { item, value };
  }
}

/** Not before the test is long over. */
const yearly = '0 0 5 1 1 *';

/** PipelineRuns by their names, runs of Kubeflow Pipelines by their ids. */
const runPattern = /swarm-[a-z2-7]{26}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function runsIn(messages: readonly ModelMessage[]): readonly string[] {
  const contents = messages.flatMap((message) => (message.role === 'tool' ? [message.content] : []));
  return [...new Set(contents.join('\n').match(runPattern) ?? [])];
}
