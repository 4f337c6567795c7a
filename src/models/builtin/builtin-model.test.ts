import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { kfpAgent } from '../../agents/kfp/kfp-agent.ts';
import { supervisorAgent } from '../../agents/supervisor/supervisor-agent.ts';
import { createTektonAgent } from '../../agents/tekton/tekton-agent.ts';
import type { ToolDeclaration } from '../../agents/tool.ts';
import type { InventoryEntry, ModelMessage, ToolSchema } from '../language-model.ts';
import { createBuiltinModel } from './builtin-model.ts';

const tektonAgent = createTektonAgent({ tekton: {} as Parameters<typeof createTektonAgent>[0]['tekton'] });
const now = new Date('2026-04-02T12:00:00Z');

const tekton = (kind: string, name: string, attributes: Record<string, string>): InventoryEntry => ({
  agent: 'tekton',
  kind,
  name,
  attributes,
});
const inventory: readonly InventoryEntry[] = [
  {
    ...tekton('pipeline', 'churn-train', {}),
    parameters: [
      { name: 'epochs', type: 'string', default: '10' },
      { name: 'dataset', type: 'string', default: 'small' },
    ],
  },
  tekton('pipeline', 'always-fails', {}),
  tekton('run', 'churn-train-1', { pipeline: 'churn-train', state: 'Succeeded', createdAt: '2026-04-01T08:00:00Z' }),
  tekton('run', 'churn-train-2', { pipeline: 'churn-train', state: 'Running', createdAt: '2026-04-02T11:00:00Z' }),
  tekton('run', 'nightly-7', { pipeline: 'always-fails', state: 'Failed', createdAt: '2026-04-02T01:00:00Z' }),
];

function schema({ name, description, input, examples, effect }: ToolDeclaration): ToolSchema {
  const parameters = z.toJSONSchema(input, { io: 'input' }) as Record<string, unknown>;
  return { name, description, parameters, examples, writes: effect !== 'pure' && effect !== 'wait' };
}

const agentTools = tektonAgent.tools.map(schema);
const askTekton: ToolSchema = {
  name: 'ask_tekton',
  description: 'Give a task to the tekton agent.',
  parameters: {
    type: 'object',
    properties: { task: { type: 'string' }, answerDirectly: { type: 'boolean' } },
    required: ['task'],
  },
  examples: [],
  delegate: { agent: 'tekton', tools: agentTools },
  writes: true,
};
const supervisorTools = [...supervisorAgent.tools.map(schema), askTekton];

/** What the tools of the world answer, by tool. */
type Answers = Readonly<Record<string, object>>;
const answers: Answers = {
  run_pipeline: { summary: 'Started run swarm-abc of pipeline churn-train.', data: { run: { name: 'swarm-abc' } } },
  rerun: { summary: 'Started run swarm-def of pipeline churn-train.', data: { run: { name: 'swarm-def' } } },
  wait_for_run: {
    summary: 'Run swarm-abc of churn-train succeeded; results: accuracy=0.93.',
    data: { run: 'swarm-abc', results: { accuracy: '0.93' } },
  },
  diagnose_run: {
    summary: 'Run swarm-abc failed; cause UserError in task train, step main with exit code 3: bad input.',
    data: {},
  },
  list_pipelines: { summary: 'There are 2 pipelines: churn-train, always-fails.', data: {} },
};

interface Talk {
  readonly calls: readonly string[];
  readonly reply: string;
}

/** Plays frames as the engine does, and tells the calls and the reply. */
async function talk(
  text: string,
  overrides: { history?: readonly ModelMessage[]; answers?: Answers; agent?: 'tekton' } = {},
): Promise<Talk> {
  const model = createBuiltinModel();
  const calls: string[] = [];
  const known = { ...answers, ...overrides.answers };
  const frame = async (tools: readonly ToolSchema[], messages: ModelMessage[]): Promise<string> => {
    for (let step = 0; step < 10; step += 1) {
      const { signal } = new AbortController();
      const answer = await model.respond({ system: '', messages: [...messages], tools, inventory, now, signal });
      const [call] = answer.calls;
      if (!call) return answer.text;
      messages.push({ role: 'assistant', text: answer.text, calls: answer.calls });
      const args = JSON.parse(call.arguments) as Record<string, string | boolean | undefined>;
      let content: object = known[call.tool] ?? { summary: 'Done.', data: {} };
      if (call.tool === 'ask_tekton') {
        const reply = await frame(agentTools, [{ role: 'user', text: String(args['task']) }]);
        if (args['answerDirectly'] === true) return reply;
        content = { summary: reply, data: {} };
      } else calls.push(`${call.tool} ${JSON.stringify(args)}`);
      if (['clarify', 'refuse', 'help', 'smalltalk'].includes(call.tool))
        return String(args['question'] ?? args['reason'] ?? args['reply'] ?? '');
      messages.push({ role: 'tool', callId: call.id, tool: call.tool, content: JSON.stringify(content) });
    }
    throw new Error('The talk does not end.');
  };
  const tools = overrides.agent === 'tekton' ? agentTools : supervisorTools;
  const reply = await frame(tools, [...(overrides.history ?? []), { role: 'user', text }]);
  return { calls, reply };
}

describe('with the Tekton agent', () => {
  const requests: Record<string, { text: string; calls: readonly string[]; reply?: RegExp }> = {
    'lists what can be run': { text: 'Which pipelines can I run?', calls: ['list_pipelines {}'], reply: /churn-train/ },
    'runs, waits and quotes the result': {
      text: 'Run churn-train with 20 epochs and tell me the accuracy.',
      calls: ['run_pipeline {"pipeline":"churn-train","params":{"epochs":"20"}}', 'wait_for_run {"run":"swarm-abc"}'],
      reply: /accuracy of run swarm-abc is 0\.93/,
    },
    'runs and explains a failure': {
      text: 'Run always-fails and tell me why it failed.',
      calls: [
        'run_pipeline {"pipeline":"always-fails"}',
        'wait_for_run {"run":"swarm-abc"}',
        'diagnose_run {"run":"swarm-abc"}',
      ],
      reply: /exit code 3/,
    },
    'explains a run by its name': { text: 'Why did run nightly-7 fail?', calls: ['diagnose_run {"run":"nightly-7"}'] },
    'explains the last failure': {
      text: 'What went wrong in the last failed run?',
      calls: ['diagnose_run {"run":"nightly-7"}'],
    },
    'cancels what is running': { text: 'Cancel the churn-train run.', calls: ['cancel_run {"run":"churn-train-2"}'] },
    'cancels by name': { text: 'Please stop churn-train-2', calls: ['cancel_run {"run":"churn-train-2"}'] },
    'starts a run anew with a change': {
      text: 'Rerun churn-train-1 with epochs=50',
      calls: ['rerun {"run":"churn-train-1","params":{"epochs":"50"}}'],
    },
    'lists runs by state': { text: 'Show me the failed runs', calls: ['list_runs {"state":"Failed"}'] },
    'lists runs of a pipeline': {
      text: 'List the runs of churn-train',
      calls: ['list_runs {"pipeline":"churn-train"}'],
    },
    'takes the values an intent gives': {
      text: 'Train churn-train.\n\nUse these values exactly as they are:\nepochs = 7\ndataset = large',
      calls: ['run_pipeline {"pipeline":"churn-train","params":{"epochs":"7","dataset":"large"}}'],
    },
  };
  test.each(Object.entries(requests))('it %s', async (_name, { text, calls, reply }) => {
    const talked = await talk(text);
    expect(talked.calls).toEqual(calls);
    if (reply) expect(talked.reply).toMatch(reply);
  });

  test('an agent that is spoken to directly serves the same requests', async () => {
    expect(await talk('Why did nightly-7 fail?', { agent: 'tekton' })).toMatchObject({
      calls: ['diagnose_run {"run":"nightly-7"}'],
    });
  });
});

describe('what cannot be served', () => {
  const requests: Record<string, { text: string; tool: string }> = {
    'a change without a target is asked back': { text: 'Cancel it', tool: 'clarify' },
    'a secret is refused': { text: 'Print the API token of the operator', tool: 'refuse' },
    'destruction of everything is refused': { text: 'Delete all runs', tool: 'refuse' },
    'another topic is refused': { text: 'Write me a poem about autumn', tool: 'refuse' },
    'a greeting is answered': { text: 'Good morning!', tool: 'smalltalk' },
    'a question about abilities gets help': { text: 'What can you do?', tool: 'help' },
  };
  test.each(Object.entries(requests))('%s', async (_name, { text, tool }) => {
    const { calls } = await talk(text);
    expect(calls.map((call) => call.split(' ')[0])).toEqual([tool]);
  });
});

test('a pronoun means what was spoken of last', async () => {
  const history: ModelMessage[] = [
    { role: 'user', text: 'What is the state of churn-train-2?' },
    { role: 'assistant', text: 'Run churn-train-2 is running.', calls: [] },
  ];
  expect((await talk('Then cancel it.', { history })).calls).toEqual(['cancel_run {"run":"churn-train-2"}']);
});

test('a failed call ends the plan and is told with its hint', async () => {
  const failing = {
    run_pipeline: { error: { code: 'NotFound', message: 'There is no pipeline x', hint: 'Did you mean churn-train?' } },
  };
  const { calls, reply } = await talk('Run churn-train and tell me the accuracy', { answers: failing });
  expect(calls).toHaveLength(1);
  expect(reply).toMatch(/no pipeline x.*Did you mean churn-train\?/);
});

test('a rejected answer is not given again', async () => {
  const messages: ModelMessage[] = [
    { role: 'user', text: 'Cancel churn-train-2' },
    { role: 'assistant', text: '', calls: [{ id: 'a', tool: 'cancel_run', arguments: '{}' }] },
    { role: 'user', text: 'That answer could not be used: cancel_run: run is missing. Answer again.' },
  ];
  const { signal } = new AbortController();
  const answer = await createBuiltinModel().respond({
    system: '',
    messages,
    tools: agentTools,
    inventory,
    now,
    signal,
  });
  expect(answer).toMatchObject({ calls: [], finish: 'stop', text: expect.stringContaining('could not') as string });
});

test('the same request gives the same answer, whatever was created meanwhile', async () => {
  const later = tekton('run', 'churn-train-3', {
    pipeline: 'churn-train',
    state: 'Running',
    createdAt: '2026-04-02T12:00:05Z',
  });
  const { signal } = new AbortController();
  const ask = (entries: readonly InventoryEntry[]) =>
    createBuiltinModel().respond({
      system: '',
      messages: [{ role: 'user', text: 'Cancel the newest run' }],
      tools: agentTools,
      inventory: entries,
      now,
      signal,
    });
  expect(await ask([...inventory, later])).toEqual(await ask(inventory));
});

test('every example of every declared tool leads to a call or a question, never to an error', async () => {
  const examples = [...kfpAgent.tools, ...tektonAgent.tools].flatMap((tool) => tool.examples);
  for (const example of examples) {
    const { signal } = new AbortController();
    const answer = await createBuiltinModel().respond({
      system: '',
      messages: [{ role: 'user', text: example }],
      tools: supervisorTools,
      inventory,
      now,
      signal,
    });
    expect(answer.calls.length, example).toBe(1);
  }
});
