import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { declaredAgents } from '../../compose/agents.ts';
import type { ToolDeclaration } from '../../agents/tool.ts';
import type { InventoryEntry, ModelMessage, ToolSchema } from '../language-model.ts';
import { createBuiltinModel } from './builtin-model.ts';

const now = new Date('2026-04-02T12:00:00Z');

const tekton = (kind: string, name: string, attributes: Record<string, string>): InventoryEntry => ({
  agent: 'tekton',
  kind,
  name,
  attributes,
});
const kfpRun = (name: string, createdAt: string): InventoryEntry => ({
  ...{ agent: 'kfp', kind: 'run', name },
  attributes: { pipeline: 'demand-train', state: 'Succeeded', createdAt },
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

const toolsOf = (agent: string): readonly ToolSchema[] =>
  declaredAgents().flatMap(({ name, tools }) => (name === agent ? tools.map(schema) : []));
const ask = (agent: string): ToolSchema => ({
  name: `ask_${agent}`,
  description: `Give a task to the ${agent} agent.`,
  parameters: {
    type: 'object',
    properties: { task: { type: 'string' }, answerDirectly: { type: 'boolean' } },
    required: ['task'],
  },
  examples: [],
  delegate: { agent, tools: toolsOf(agent) },
  writes: true,
});
const agentTools = toolsOf('tekton');
const supervisorTools = [...toolsOf('supervisor'), ask('tekton')];
const allTools = [...supervisorTools, ask('kfp'), ask('minio'), ask('docs')];

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

interface Overrides {
  readonly history?: readonly ModelMessage[];
  readonly answers?: Answers;
  readonly tools?: readonly ToolSchema[];
  readonly inventory?: readonly InventoryEntry[];
}

interface Talk {
  readonly calls: readonly string[];
  readonly reply: string;
}

/** Tools whose call is itself the reply. */
const replies = new Set(['clarify', 'refuse', 'help', 'smalltalk']);

/** Plays frames as the engine does, and tells the calls and the reply. */
async function talk(text: string, overrides: Overrides = {}): Promise<Talk> {
  const model = createBuiltinModel();
  const calls: string[] = [];
  const told = { ...answers, ...overrides.answers };
  const act = async (tool: string, args: Record<string, unknown>) => {
    const agent = /^ask_(.*)/.exec(tool)?.[1];
    if (agent === undefined) {
      calls.push(`${tool} ${JSON.stringify(args)}`);
      return { content: { summary: 'Done.', data: {}, ...told[tool] }, isReply: false };
    }
    const summary = await frame(toolsOf(agent), [{ role: 'user', text: String(args['task']) }]);
    return { content: { summary, data: {} }, isReply: args['answerDirectly'] === true };
  };
  const frame = async (tools: readonly ToolSchema[], messages: ModelMessage[]): Promise<string> => {
    for (let step = 0; step < 10; step += 1) {
      const { signal } = new AbortController();
      const known = overrides.inventory ?? inventory;
      const asked = { system: '', messages: [...messages], tools, inventory: known, now, signal };
      const answer = await model.respond(asked);
      const [call] = answer.calls;
      if (!call) return answer.text;
      messages.push({ role: 'assistant', text: answer.text, calls: answer.calls });
      const args = JSON.parse(call.arguments) as Record<string, string | boolean | undefined>;
      if (replies.has(call.tool)) {
        calls.push(`${call.tool} ${JSON.stringify(args)}`);
        return String(Object.values(args)[0]);
      }
      const { content, isReply } = await act(call.tool, args);
      if (isReply) return content.summary;
      messages.push({ role: 'tool', callId: call.id, tool: call.tool, content: JSON.stringify(content) });
    }
    throw new Error('The talk does not end.');
  };
  const reply = await frame(overrides.tools ?? supervisorTools, [...(overrides.history ?? []), { role: 'user', text }]);
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
    expect(await talk('Why did nightly-7 fail?', { tools: agentTools })).toMatchObject({
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

describe('a request of several steps', () => {
  const world: readonly InventoryEntry[] = [
    { agent: 'minio', kind: 'bucket', name: 'raw', attributes: {} },
    {
      ...{ agent: 'kfp', kind: 'pipeline', name: 'demand-train', attributes: {} },
      parameters: [
        { name: 'data_uri', type: 'string' },
        { name: 'epochs', type: 'integer', default: '5' },
      ],
    },
    kfpRun('demand-old', '2026-03-24T08:00:00Z'),
    kfpRun('demand-older', '2026-03-02T08:00:00Z'),
    ...inventory,
  ];
  const found = (...keys: readonly string[]) => ({
    summary: `There are ${keys.length} objects.`,
    data: { objects: keys.map((key) => ({ bucket: 'raw', key, sizeBytes: 10 })) },
  });
  const steps: Record<string, { text: string; answers?: Answers; calls: readonly string[]; reply?: RegExp }> = {
    'finds, profiles, runs, waits, measures and compares': {
      text: 'Find the newest csv file in bucket raw, profile it, run demand-train on it, wait, tell me the metrics and compare it with the run of last week.',
      answers: { find_objects: found('sales/may.csv') },
      calls: [
        'find_objects {"extension":"csv","bucket":"raw","limit":1}',
        'profile_dataset {"bucket":"raw","key":"sales/may.csv"}',
        'run_pipeline {"pipeline":"demand-train","params":{"data_uri":"s3://raw/sales/may.csv"}}',
        'wait_for_run {"run":"swarm-abc"}',
        'get_run_metrics {"run":"swarm-abc"}',
        'compare_runs {"runs":["swarm-abc","demand-old"]}',
      ],
    },
    'changes nothing when several things were found': {
      text: 'Find the csv files in bucket raw and delete it',
      answers: { find_objects: found('a.csv', 'b.csv') },
      calls: ['find_objects {"extension":"csv","bucket":"raw"}'],
      reply: /raw\/a\.csv.*\n.*raw\/b\.csv/,
    },
    'stops where nothing was found': {
      text: 'Find the newest csv file in bucket raw and profile it',
      answers: { find_objects: { summary: 'There is no such object.', data: { objects: [] } } },
      calls: ['find_objects {"extension":"csv","bucket":"raw","limit":1}'],
      reply: /no such object/,
    },
    'uses what it has just made': {
      text: 'Create an experiment called spring and run demand-train with 7 epochs in it, data_uri=s3://raw/a.csv',
      calls: [
        'create_experiment {"experiment":"spring"}',
        'run_pipeline {"pipeline":"demand-train","experiment":"spring","params":{"data_uri":"s3://raw/a.csv","epochs":7}}',
      ],
    },
    'goes from a run to its logs': {
      text: 'Run the Tekton pipeline always-fails, wait until it is done and show me its logs',
      calls: [
        'run_pipeline {"pipeline":"always-fails"}',
        'wait_for_run {"run":"swarm-abc"}',
        'get_run_logs {"run":"swarm-abc"}',
      ],
    },
    'keeps what a run reported': {
      text: 'Get the metrics of demand-old and save them as notes/demand.txt in bucket raw',
      answers: { get_run_metrics: { summary: 'Run demand-old: loss=0.2 "best".', data: {} } },
      calls: [
        'get_run_metrics {"run":"demand-old"}',
        'put_object {"bucket":"raw","key":"notes/demand.txt","content":"Run demand-old: loss=0.2 \\"best\\"."}',
      ],
    },
    'reads the documents, then acts': {
      text: 'How do I name an experiment according to the handbook? Then create an experiment called spring-24.',
      answers: { search_docs: { summary: 'Names are lower case [1].', data: { passages: [{ n: 1, text: 'Long' }] } } },
      calls: [
        'search_docs {"query":"How do I name an experiment according to the handbook"}',
        'create_experiment {"experiment":"spring-24"}',
      ],
      reply: /^Names are lower case \[1\]\.\nDone\.$/,
    },
  };
  test.each(Object.entries(steps))('%s', async (_name, { text, calls, reply, answers: given = {} }) => {
    const talked = await talk(text, { tools: allTools, inventory: world, answers: given });
    expect(talked.calls).toEqual(calls);
    if (reply) expect(talked.reply).toMatch(reply);
  });
});

describe('what real clusters taught', () => {
  const thing = (place: string, name: string, attributes: Record<string, string> = {}): InventoryEntry => {
    const [agent = '', kind = ''] = place.split('/');
    return { agent, kind, name, attributes };
  };
  const forecastRun = (name: string, createdAt: string) =>
    thing('kfp/run', name, { pipeline: 'forecast', state: 'Succeeded', createdAt });
  const cluster: readonly InventoryEntry[] = [
    thing('docs/knowledge-base', 'runbooks', { namespace: 'team' }),
    thing('minio/bucket', 'raw'),
    thing('minio/object', 'churn/train/3/model', { bucket: 'raw', lastModified: '2026-04-01T08:00:00Z' }),
    thing('minio/object', 'churn/accuracy', { bucket: 'raw', lastModified: '2026-04-01T07:00:00Z' }),
    thing('tekton/pipeline', 'churn-train'),
    {
      ...thing('kfp/pipeline', 'forecast'),
      parameters: [
        { name: 'epochs', type: 'integer', default: '10' },
        { name: 'lr', type: 'number', default: '0.1' },
      ],
    },
    thing('kfp/pipeline', 'cleaning'),
    thing('kfp/run', 'model', { pipeline: 'forecast', state: 'Succeeded', createdAt: '2026-03-01T08:00:00Z' }),
    forecastRun('forecast of last week', '2026-03-26T08:00:00Z'),
    forecastRun('forecast-tx7cla', '2026-04-02T11:50:00Z'),
  ];
  const ask = (text: string, given: Answers = {}, history: readonly ModelMessage[] = []) =>
    talk(text, { tools: allTools, inventory: cluster, answers: given, history });

  test.each([
    'How long are model artifacts kept?',
    'Which accuracy is needed to release a churn model?',
    'Who may approve a release?',
    'Tell me who is allowed to release a model.',
    'When may I delete old training data?',
    'Why do we keep artifacts for 90 days?',
    'What is the retention period of a model?',
    'How often should a model be retrained?',
    'Are we allowed to store personal data in the raw zone?',
    'What must a release contain?',
    'Which approvals are required before a model goes live?',
    'Who is responsible for the forecast on weekends?',
  ])('%s: the documents are asked', async (text) => {
    const { calls } = await ask(text);
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['search_docs']);
  });

  test.each([
    ['Run the Kubeflow pipeline forecast with epoch=5.', { epoch: 5 }],
    ['Run the Kubeflow pipeline forecast with epoch=5 and lr=0.2.', { lr: 0.2, epoch: 5 }],
    ['Run the Kubeflow pipeline forecast with epoch 5.', { epoch: 5 }],
    ['Run the Kubeflow pipeline forecast with only 5 epochs.', { epochs: 5 }],
    ['Run the Kubeflow pipeline forecast with seed 3 and epochs 5.', { epochs: 5, seed: 3 }],
  ])('%s: no value is dropped, none made up', async (text, params) => {
    const { calls } = await ask(text);
    expect(calls).toEqual([`run_pipeline ${JSON.stringify({ pipeline: 'forecast', params })}`]);
  });

  const started = (pipeline: string) => ({
    summary: `Started run ${pipeline}-1 of ${pipeline}.`,
    data: { run: { name: `${pipeline}-1` } },
  });
  const failing: Answers = {
    run_pipeline: started('cleaning'),
    wait_for_run: {
      summary: 'Run cleaning-1 of cleaning failed after 1 s.',
      data: { run: 'cleaning-1', backend: 'kfp', state: 'Failed', results: {} },
    },
    diagnose_run: { summary: 'Run cleaning-1 of cleaning failed after 1 s; exit code 1, no rows left.', data: {} },
  };
  test.each([
    'Run the Kubeflow pipeline cleaning, wait for it, and if it fails tell me why.',
    'Run the Kubeflow pipeline cleaning, wait for it and tell me the accuracy.',
    'Run the Kubeflow pipeline cleaning and wait for it.',
  ])('%s: a failure is explained', async (text) => {
    const { calls, reply } = await ask(text, failing);
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['run_pipeline', 'wait_for_run', 'diagnose_run']);
    expect(calls.at(-1)).toBe('diagnose_run {"run":"cleaning-1"}');
    expect(reply.match(/failed after/g)).toHaveLength(1);
    expect(reply).toContain('no rows left');
  });

  const succeeding: Answers = {
    run_pipeline: started('forecast'),
    wait_for_run: {
      summary: 'Run forecast-1 of forecast succeeded after 0 s; results: accuracy=0.9312, loss=0.21.',
      data: {
        ...{ run: 'forecast-1', backend: 'kfp', state: 'Succeeded' },
        results: { accuracy: '0.9312', loss: '0.21' },
      },
    },
    get_run_metrics: {
      summary: 'Run forecast-1 reported accuracy 0.9312, loss 0.21.',
      data: { run: 'forecast-1', metrics: { accuracy: 0.9312, loss: 0.21 } },
    },
  };
  test('the value that was asked for stands first, and nothing is told twice', async () => {
    const text = 'Run the Kubeflow pipeline forecast with epochs 5, wait for it and tell me the accuracy.';
    const { calls, reply } = await ask(text, succeeding);
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['run_pipeline', 'wait_for_run']);
    expect(reply.split('\n')).toEqual([
      'The accuracy of run forecast-1 is 0.9312.',
      'Started run forecast-1 of forecast.',
      'Run forecast-1 of forecast succeeded after 0 s.',
    ]);
  });

  test('the newest file is found, then profiled', async () => {
    const found = { summary: 'There is 1 object.', data: { objects: [{ bucket: 'raw', key: 'churn/2026-10.csv' }] } };
    const { calls } = await ask('Find the newest file in bucket raw and profile it.', { find_objects: found });
    expect(calls).toEqual([
      'find_objects {"bucket":"raw","limit":1}',
      'profile_dataset {"bucket":"raw","key":"churn/2026-10.csv"}',
    ]);
  });

  test('where only the report has the value, it is asked for, and told once', async () => {
    const silent = {
      summary: 'Run forecast-1 of forecast succeeded after 0 s.',
      data: { run: 'forecast-1', state: 'Succeeded' },
    };
    const text = 'Run the Kubeflow pipeline forecast, wait for it and tell me the accuracy.';
    const { reply } = await ask(text, { ...succeeding, wait_for_run: silent });
    expect(reply.match(/0\.9312/g)).toHaveLength(1);
    expect(reply).toMatch(/^The accuracy of run forecast-1 is 0\.9312\./);
  });

  test('a run that was spoken of is compared with the one before it', async () => {
    const history: ModelMessage[] = [
      { role: 'user', text: 'Find the newest file in bucket raw and profile it.' },
      { role: 'assistant', text: 'There is 1 object.\nraw/churn/train/3/model: 200 rows.', calls: [] },
      {
        role: 'user',
        text: 'Run the Kubeflow pipeline forecast with epochs 20, wait for it and tell me the accuracy.',
      },
      {
        role: 'assistant',
        text: 'The accuracy of run forecast-tx7cla is 0.93.\nStarted run forecast-tx7cla of forecast with epochs=20.',
        calls: [],
      },
    ];
    const { calls } = await ask('Compare it with the run before.', {}, history);
    expect(calls).toEqual(['compare_runs {"runs":["forecast-tx7cla","forecast of last week"]}']);
  });
});

test('every example of every declared tool leads to a call or a question, never to an error', async () => {
  const examples = [...toolsOf('kfp'), ...toolsOf('tekton')].flatMap((tool) => tool.examples);
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
