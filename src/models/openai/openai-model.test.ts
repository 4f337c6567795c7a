import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import {
  type FakeOpenAiOptions,
  type FakeOpenAiServer,
  startFakeOpenAiServer,
} from '../../testing/fake-openai-server.ts';
import { type FakeReply } from '../../testing/fake-openai-reply.ts';
import { ModelOutputError, type ModelRequest, type ToolSchema } from '../language-model.ts';
import { createOpenAiModel, listOpenAiModels, type OpenAiModelSettings } from './openai-model.ts';

const runPipeline: ToolSchema = {
  name: 'run_pipeline',
  description: 'Runs a pipeline.',
  parameters: {
    type: 'object',
    properties: { pipeline: { type: 'string', 'x-inventory': 'pipeline' }, limit: { type: 'integer', default: 20 } },
    required: ['pipeline'],
    additionalProperties: false,
  },
  examples: ['Start the nightly build'],
  writes: true,
};

function request(overrides: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: 'You help.',
    messages: [{ role: 'user', text: 'Hello' }],
    tools: [runPipeline],
    inventory: [],
    now: new Date('2026-03-01T00:00:00Z'),
    signal: new AbortController().signal,
    ...overrides,
  };
}

let server: FakeOpenAiServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function modelFor(
  replies: readonly FakeReply[],
  settings: Partial<OpenAiModelSettings & FakeOpenAiOptions> = {},
) {
  server = await startFakeOpenAiServer({ script: replies, ...(settings.models && { models: settings.models }) });
  return createOpenAiModel({ baseURL: server.baseURL, model: 'fake-model', ...settings });
}

function received() {
  return server?.requests.map(({ body }) => body) ?? [];
}

describe('an answer', () => {
  test('arrives as deltas and is returned complete, with the usage of the stream', async () => {
    const deltas: string[] = [];
    const model = await modelFor([{ text: 'All pipelines are green.', usage: { inputTokens: 70, outputTokens: 6 } }]);

    const response = await model.respond(request({ onDelta: (text) => deltas.push(text) }));

    expect(response).toEqual({
      text: 'All pipelines are green.',
      calls: [],
      usage: { inputTokens: 70, outputTokens: 6 },
      finish: 'stop',
    });
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join('')).toBe(response.text);
  });

  test('with parallel calls has each call put together from its own pieces', async () => {
    const calls = [
      { id: 'a', tool: 'run_pipeline', arguments: { pipeline: 'first-one-of-them' } },
      { id: 'b', tool: 'run_pipeline', arguments: { pipeline: 'second', limit: 3 } },
    ];
    const model = await modelFor([{ calls }]);

    const response = await model.respond(request());

    expect(response.finish).toBe('tool-calls');
    expect(
      response.calls.map(({ id, tool, arguments: text }) => ({ id, tool, arguments: JSON.parse(text) as unknown })),
    ).toEqual(calls);
  });

  const oddities: Record<string, { reply: FakeReply; want: object }> = {
    'keeps cut arguments as they came': {
      reply: { calls: [{ id: 'a', tool: 'run_pipeline', arguments: '{"pipeline": "x' }] },
      want: { calls: [{ id: 'a', tool: 'run_pipeline', arguments: '{"pipeline": "x' }] },
    },
    'keeps duplicate ids for the engine to judge': {
      reply: { calls: ['x', 'y'].map((pipeline) => ({ id: 'same', tool: 'run_pipeline', arguments: { pipeline } })) },
      want: { calls: [expect.objectContaining({ id: 'same' }), expect.objectContaining({ id: 'same' })] },
    },
    'names calls that came without an id': {
      reply: { calls: [{ id: '', tool: 'run_pipeline', arguments: { pipeline: 'x' } }] },
      want: { calls: [expect.objectContaining({ id: 'call_0' })] },
    },
    'reads missing arguments as none': {
      reply: { calls: [{ id: 'a', tool: 'list', arguments: '' }] },
      want: { calls: [{ id: 'a', tool: 'list', arguments: '{}' }] },
    },
    'drops nulls for optional properties': {
      reply: { calls: [{ id: 'a', tool: 'run_pipeline', arguments: { pipeline: 'x', limit: null } }] },
      want: { calls: [{ id: 'a', tool: 'run_pipeline', arguments: '{"pipeline":"x"}' }] },
    },
    'counts calls as such when the server says stop': {
      reply: { calls: [{ id: 'a', tool: 'list', arguments: {} }], finish: 'stop' },
      want: { finish: 'tool-calls' },
    },
    'tells that it was cut by the length limit': {
      reply: { text: 'And so', finish: 'length' },
      want: { finish: 'length' },
    },
    'tells that it was filtered': { reply: { finish: 'content_filter' }, want: { finish: 'content-filter' } },
    'may have a finish reason nobody knows': { reply: { text: 'x', finish: 'eos' }, want: { finish: 'other' } },
    'leaves reasoning out': { reply: { reasoning: 'Hm, let me see.', text: 'Yes.' }, want: { text: 'Yes.' } },
    'may be empty': { reply: {}, want: { text: '', calls: [], finish: 'stop' } },
    'without usage is counted by its length': {
      reply: { text: 'x'.repeat(400), usage: null },
      want: { usage: { inputTokens: expect.any(Number) as number, outputTokens: 101 } },
    },
  };
  test.each(Object.entries(oddities))('%s', async (_name, { reply, want }) => {
    const model = await modelFor([reply]);
    expect(await model.respond(request())).toMatchObject(want);
  });
});

describe('a request on the wire', () => {
  test('carries system, history and strict tools without members of our own', async () => {
    const model = await modelFor([{ text: 'Done.' }], { apiKey: 'secret', temperature: 0 });
    await model.respond(
      request({
        maxOutputTokens: 50,
        messages: [
          { role: 'user', text: 'Run x' },
          { role: 'assistant', text: '', calls: [{ id: '1.0', tool: 'run_pipeline', arguments: '{"pipeline":"x"}' }] },
          { role: 'tool', callId: '1.0', tool: 'run_pipeline', content: '{"summary":"Started."}' },
        ],
      }),
    );

    const [body] = received();
    expect(body).toMatchObject({
      model: 'fake-model',
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      max_completion_tokens: 50,
      messages: [
        { role: 'system', content: 'You help.' },
        { role: 'user', content: 'Run x' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: '1.0', type: 'function', function: { name: 'run_pipeline', arguments: '{"pipeline":"x"}' } },
          ],
        },
        { role: 'tool', tool_call_id: '1.0', content: '{"summary":"Started."}' },
      ],
    });
    expect(body?.tools?.[0]?.function).toMatchObject({
      strict: true,
      parameters: {
        properties: { pipeline: { type: 'string' }, limit: { anyOf: [{ type: 'integer' }, { type: 'null' }] } },
        required: ['pipeline', 'limit'],
        additionalProperties: false,
      },
    });
    expect(JSON.stringify(body)).not.toMatch(/x-inventory|secret/);
    expect(server?.requests[0]?.headers.authorization).toBe('Bearer secret');
  });

  test('has no Authorization header when there is no key, and no tools when none are offered', async () => {
    const model = await modelFor([{ text: 'Hi.' }]);
    await model.respond(request({ tools: [] }));
    expect(server?.requests[0]?.headers.authorization).toBeUndefined();
    expect(received()[0]).not.toHaveProperty('tools');
    expect(received()[0]).not.toHaveProperty('parallel_tool_calls');
  });
});

describe('a fault of the endpoint', () => {
  const status = (code: number, error?: object, retryAfter?: string): FakeReply => ({
    fault: {
      kind: 'status',
      status: code,
      ...(error && { body: JSON.stringify({ error }) }),
      ...(retryAfter && { retryAfter }),
    },
  });
  interface Want {
    readonly type: abstract new (...rest: never[]) => Error;
    readonly reason?: string;
    readonly retryAfterMs?: number;
    readonly message: RegExp;
  }
  const faults: Record<string, { reply: FakeReply; settings?: Partial<OpenAiModelSettings>; want: Want }> = {
    '429 with seconds waits as long as it says': {
      reply: status(429, { message: 'Slow down.' }, '7'),
      want: {
        type: RetryableError,
        reason: 'ModelRateLimited',
        retryAfterMs: 7000,
        message: /status 429: Slow down\.$/,
      },
    },
    '429 with a date waits until then': {
      reply: status(429, undefined, 'Sun, 01 Mar 2026 00:01:30 GMT'),
      settings: { clock: { ...systemClock, now: () => new Date('2026-03-01T00:00:00Z') } },
      want: { type: RetryableError, reason: 'ModelRateLimited', retryAfterMs: 90_000, message: /429/ },
    },
    'a used-up quota needs a person': {
      reply: status(429, { message: 'You exceeded your quota.', code: 'insufficient_quota' }),
      want: { type: TerminalError, reason: 'ModelQuotaExhausted', message: /no quota left/ },
    },
    '500 is worth another try': {
      reply: status(500),
      want: { type: RetryableError, reason: 'ModelUnavailable', message: /500/ },
    },
    '529 is worth another try': {
      reply: status(529),
      want: { type: RetryableError, reason: 'ModelUnavailable', message: /529/ },
    },
    '401 names the key, and shows none of it': {
      reply: status(401, { message: 'Incorrect API key provided: sk-key.' }),
      settings: { apiKey: 'sk-key' },
      want: { type: TerminalError, reason: 'ModelUnauthorized', message: /^(?!.*sk-key).*check the key/ },
    },
    '404 of a model says which one': {
      reply: status(404, { message: 'The model does not exist.', code: 'model_not_found' }),
      want: { type: TerminalError, reason: 'ModelNotFound', message: /no model named fake-model/ },
    },
    '404 of the route points at the URL': {
      reply: status(404, { message: 'Not Found' }),
      want: { type: TerminalError, reason: 'ModelEndpointNotFound', message: /check baseURL/ },
    },
    'a request it refuses is told with its words, without the key': {
      reply: status(400, { message: "Unknown field 'strict' for\nsk-key." }),
      settings: { apiKey: 'sk-key' },
      want: {
        type: TerminalError,
        reason: 'ModelRequestRefused',
        message: /status 400\): Unknown field 'strict' for \*\*\*\.$/,
      },
    },
    'a request beyond the context window says so': {
      reply: status(400, { message: 'Too long.', code: 'context_length_exceeded' }),
      want: { type: TerminalError, reason: 'ModelContextExceeded', message: /context window of model fake-model/ },
    },
    'a redirect is not followed': {
      reply: { fault: { kind: 'redirect', location: 'http://127.0.0.1:1/v1' } },
      want: { type: TerminalError, reason: 'ModelEndpointRedirects', message: /redirects/ },
    },
    'a web page is no answer': {
      reply: { fault: { kind: 'body', contentType: 'text/html; charset=utf-8', body: '<html>Log in</html>' } },
      want: { type: ModelOutputError, message: /text\/html.*check baseURL/ },
    },
    'another content type is no answer': {
      reply: { fault: { kind: 'body', contentType: 'application/octet-stream', body: 'x' } },
      want: { type: ModelOutputError, message: /application\/octet-stream instead of text\/event-stream/ },
    },
    'garbage instead of JSON is no answer': {
      reply: { fault: { kind: 'garbage', bytes: 'data: {"choices": [{"del\n\n' } },
      want: { type: ModelOutputError, message: /not JSON/ },
    },
    'invalid UTF-8 is no answer': {
      reply: { fault: { kind: 'garbage', bytes: 'data: {"choices": "\xff\xfe"}\n\n' } },
      want: { type: ModelOutputError, message: /UTF-8/ },
    },
    'a stream without events is no answer': {
      reply: { fault: { kind: 'no-events' } },
      want: { type: ModelOutputError, message: /before it was complete/ },
    },
    'a stream that ends without a finish reason is no answer': {
      reply: { text: 'Half of', finish: null },
      want: { type: ModelOutputError, message: /before it was complete/ },
    },
    'an error event inside the stream is told': {
      reply: { fault: { kind: 'garbage', bytes: 'data: {"error": {"message": "Bad grammar.", "code": 400}}\n\n' } },
      want: { type: ModelOutputError, message: /broke off its answer: Bad grammar/ },
    },
    'a server error inside the stream is worth another try': {
      reply: { fault: { kind: 'garbage', bytes: 'data: {"error": {"message": "Engine died.", "code": 500}}\n\n' } },
      want: { type: RetryableError, reason: 'ModelUnavailable', message: /Engine died/ },
    },
    'a cut stream is worth another try': {
      reply: { text: 'A long answer that is cut.', fault: { kind: 'cut', afterEvents: 2 } },
      want: { type: RetryableError, reason: 'ModelConnectionLost', message: /broke off/ },
    },
    'a closed connection is worth another try': {
      reply: { fault: { kind: 'reset' } },
      want: { type: RetryableError, reason: 'ModelConnectionLost', message: /broke off/ },
    },
    'silence ends with the idle deadline': {
      reply: { fault: { kind: 'hang' } },
      settings: { idleTimeoutMs: 50 },
      want: { type: RetryableError, reason: 'ModelTimeout', message: /stalled for 0\.1 s/ },
    },
    'a drip ends with the total deadline': {
      reply: { text: 'x'.repeat(10_000), fault: { kind: 'drip', intervalMs: 1 } },
      settings: { totalTimeoutMs: 300 },
      want: { type: RetryableError, reason: 'ModelTimeout', message: /no complete answer within 0\.3 s/ },
    },
    'a drip whose bytes make no event ends with the idle deadline': {
      reply: { text: 'x', fault: { kind: 'drip', intervalMs: 5 } },
      settings: { idleTimeoutMs: 200 },
      want: { type: RetryableError, reason: 'ModelTimeout', message: /stalled/ },
    },
    'a flood is refused': {
      reply: { text: 'x'.repeat(100_000) },
      settings: { maxResponseBytes: 50_000 },
      want: { type: ModelOutputError, message: /larger than 50000 bytes/ },
    },
  };
  test.each(Object.entries(faults))('%s', async (_name, { reply, settings, want }) => {
    const model = await modelFor([reply], settings);
    const error: unknown = await model.respond(request()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(want.type);
    expect((error as Error).message).toMatch(want.message);
    if (want.reason !== undefined) expect(error).toMatchObject({ reason: want.reason });
    if (want.retryAfterMs !== undefined) expect(error).toMatchObject({ retryAfterMs: want.retryAfterMs });
    expect(received()).toHaveLength(1);
  });

  test('is told for a port where nobody listens', async () => {
    const model = await modelFor([]);
    await server?.stop();
    server = undefined;
    await expect(model.respond(request())).rejects.toMatchObject({
      name: 'RetryableError',
      reason: 'ModelUnreachable',
    });
  });

  test('is told for a baseURL that is none', async () => {
    const model = createOpenAiModel({ baseURL: 'vllm:8000/v1', model: 'm' });
    await expect(model.respond(request())).rejects.toMatchObject({ name: 'TerminalError', reason: 'ModelUrlInvalid' });
  });
});

test('an abort ends the request with the reason of the caller', async () => {
  const controller = new AbortController();
  const reason = new Error('The lease is lost.');
  const model = await modelFor([{ fault: { kind: 'hang' } }]);
  const answer = model.respond(request({ signal: controller.signal }));
  await expect.poll(() => received().length).toBe(1);
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});

test('the models of an endpoint can be listed to probe it', async () => {
  server = await startFakeOpenAiServer({ script: [], apiKey: 'right', models: ['small', 'large'] });
  const settings = { baseURL: server.baseURL, model: 'small', apiKey: 'right' };
  const { signal } = new AbortController();
  expect(await listOpenAiModels(settings, signal)).toEqual(['small', 'large']);
  await expect(listOpenAiModels({ ...settings, apiKey: 'wrong' }, signal)).rejects.toMatchObject({
    reason: 'ModelUnauthorized',
  });
});
