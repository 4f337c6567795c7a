import { describe, expect, test, vi } from 'vitest';
import { TerminalError } from '../../base/errors.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import type { KfpSettings } from './kfp-settings.ts';
import { createKfpTransport, type KfpRequest } from './kfp-transport.ts';
import { recordedAnswers } from './recorded/recorded-kfp.ts';
import { createSubmissionMemory } from './submission-memory.ts';

type Answer = () => Response | Promise<Response>;

/** Answers one request after the other; the last answer stays. */
function transportOver(answers: readonly Answer[], changes: Partial<KfpSettings> = {}) {
  const clock = new FakeClock();
  let asked = 0;
  const fetch = vi.fn<typeof globalThis.fetch>((_input, init) => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    const aborted = new Promise<never>((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => {
        reject(init.signal?.reason as Error);
      });
    });
    return Promise.race([Promise.resolve(answer?.() ?? new Response()), aborted]);
  });
  const memory = createSubmissionMemory(clock);
  const settings = { url: 'http://kfp.test/', namespace: 'team-a', fetch, clock, random: () => 0, memory, ...changes };
  return { clock, fetch, transport: createKfpTransport(settings) };
}

const get: KfpRequest = { method: 'GET', path: '/apis/v2beta1/runs', signal: new AbortController().signal };
const post: KfpRequest = { ...get, method: 'POST', json: { a: 1 } };
const json = (body: unknown, status = 200, headers = {}) => Response.json(body, { status, headers });
const recorded = ({ status, contentType, body }: (typeof recordedAnswers)['health']) => {
  const text = typeof body['text'] === 'string' ? body['text'] : JSON.stringify(body);
  return () => new Response(text, { status, headers: { 'content-type': contentType } });
};
const resetConnection = (): never => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
};

/** Runs the request while time passes. */
async function sent(world: ReturnType<typeof transportOver>, request: KfpRequest): Promise<unknown> {
  const outcome = world.transport.send(request).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  for (let waitedMs = 0; waitedMs < 120_000; waitedMs += 500) await world.clock.advance(500);
  const settled = await outcome;
  if ('error' in settled) throw settled.error;
  return settled.value;
}

describe('requests', () => {
  test('carry no sign of identity but a bearer token', async () => {
    const world = transportOver([() => json({})], { token: () => Promise.resolve('secret-token') });
    await world.transport.send(get);
    const [url, init] = world.fetch.mock.calls[0] ?? [];
    expect(url).toBe('http://kfp.test/apis/v2beta1/runs');
    const headers = Object.fromEntries(new Headers(init?.headers));
    expect(headers).toEqual({ accept: 'application/json', authorization: 'Bearer secret-token' });
    expect(init?.redirect).toBe('manual');
  });

  test('without a token provider are not signed', async () => {
    const world = transportOver([() => json({})]);
    await world.transport.send(get);
    expect(new Headers(world.fetch.mock.calls[0]?.[1]?.headers).has('authorization')).toBe(false);
  });

  test('ask for a new token each time', async () => {
    let tokens = 0;
    const world = transportOver([() => json({})], { token: () => Promise.resolve(`token-${(tokens += 1)}`) });
    await world.transport.send(get);
    await world.transport.send(get);
    expect(new Headers(world.fetch.mock.calls[1]?.[1]?.headers).get('authorization')).toBe('Bearer token-2');
  });
});

describe('what KFP answers', () => {
  test.each([
    ['a missing run', recordedAnswers.runNotFound, { code: 'NotFound', message: /^Run .* not found$/ }],
    [
      'a wrong parameter',
      recordedAnswers.wrongParameter,
      { code: 'InvalidArgument', message: /req_string requires type string/ },
    ],
    [
      'an unknown field, from the gateway',
      recordedAnswers.unknownField,
      { code: 'InvalidArgument', message: /unknown field "frobnicate"/ },
    ],
    [
      'no right',
      recordedAnswers.forbidden,
      {
        code: 'Forbidden',
        message:
          'system:serviceaccount:team-a:nobody may not list experiments of Kubeflow Pipelines in namespace team-a.',
      },
    ],
    [
      'a retry of what has not failed',
      recordedAnswers.retryRefused,
      { code: 'Conflict', message: 'Workflow must be Failed/Error to retry' },
    ],
    ['a taken experiment', recordedAnswers.experimentTaken, { code: 'Conflict', message: /already exists/ }],
    [
      'a taken pipeline, from the upload route',
      recordedAnswers.uploadTaken,
      { code: 'Conflict', message: 'Failed to create a pipeline and a pipeline version' },
    ],
    [
      'a long name, as plain text',
      recordedAnswers.uploadNameTooLong,
      { code: 'InvalidArgument', message: 'Invalid input error: Pipeline.Name length cannot exceed 128' },
    ],
    ['an unknown pipeline, as 500', recordedAnswers.unknownPipeline, { code: 'NotFound' }],
    [
      'no pipeline at all, as 500',
      recordedAnswers.noManifest,
      { code: 'InvalidArgument', message: /empty pipeline spec manifest/ },
    ],
  ])('to %s is a readable refusal', async (_what, answer, error) => {
    const { code, message } = { message: /./, ...error };
    const refused = transportOver([recorded(answer)]).transport.send(post);
    await expect(refused).rejects.toMatchObject({ name: 'KfpRefusedError', code });
    await expect(transportOver([recorded(answer)]).transport.send(post)).rejects.toThrow(message);
  });

  test.each([
    ['no identity', recordedAnswers.unauthorized, 'KfpUnauthorized'],
    ['an unknown route', recordedAnswers.unknownRoute, 'NotKubeflowPipelines'],
    ['a wrong method', recordedAnswers.wrongMethod, 'NotKubeflowPipelines'],
  ])('to %s is for a person', async (_what, answer, reason) => {
    const { transport } = transportOver([recorded(answer)]);
    await expect(transport.send(get)).rejects.toMatchObject({ name: 'TerminalError', reason });
  });

  test('a 500 that may have left an execution behind is no refusal', async () => {
    const { transport } = transportOver([recorded(recordedAnswers.nameTooLong)]);
    await expect(transport.send(post)).rejects.toMatchObject({ name: 'RetryableError', reason: 'KfpInternalError' });
  });

  test.each([
    ['a web page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['a login redirect', () => new Response(null, { status: 302, headers: { location: '/dex' } })],
    ['broken JSON', () => new Response('{"runs":', { headers: { 'content-type': 'application/json' } })],
  ])('%s instead names the setting to check', async (_what, answer) => {
    const { transport } = transportOver([answer]);
    await expect(transport.send(get)).rejects.toThrow(/backends\.kfp\.url/);
  });

  test('more than fits is cut off before it fills the memory', async () => {
    let chunks = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull: (controller) => {
            chunks += 1;
            controller.enqueue(new Uint8Array(1024 * 1024));
          },
        }),
        { headers: { 'content-type': 'application/json' } },
      );
    const { transport } = transportOver([endless]);
    await expect(transport.send(get)).rejects.toMatchObject({ name: 'TerminalError', reason: 'AnswerTooLarge' });
    expect(chunks).toBeLessThan(40);
  });
});

describe('trouble on the way', () => {
  test.each([
    ['429', () => json({}, 429)],
    ['502', () => json({}, 502)],
    ['503', () => json({}, 503)],
    ['504', () => json({}, 504)],
    ['a broken connection', resetConnection],
  ])('a read is repeated after %s', async (_what, trouble) => {
    const world = transportOver([trouble, trouble, () => json({ runs: [] })]);
    await expect(sent(world, get)).resolves.toEqual({ runs: [] });
    expect(world.fetch).toHaveBeenCalledTimes(3);
  });

  test.each([
    ['503', () => json({}, 503), 'KfpUnavailable'],
    ['a broken connection', resetConnection, 'KfpUnreachable'],
    ['500', () => json({ message: 'x', details: [{}] }, 500), 'KfpInternalError'],
  ])('a change is never repeated after %s', async (_what, trouble, reason) => {
    const world = transportOver([trouble]);
    await expect(sent(world, post)).rejects.toMatchObject({ name: 'RetryableError', reason });
    expect(world.fetch).toHaveBeenCalledTimes(1);
  });

  test('a read gives up after four times', async () => {
    const world = transportOver([() => json({}, 503)]);
    await expect(sent(world, get)).rejects.toMatchObject({ reason: 'KfpUnavailable' });
    expect(world.fetch).toHaveBeenCalledTimes(4);
  });

  test('Retry-After is kept to, and a long one is handed to the caller', async () => {
    const short = transportOver([() => json({}, 429, { 'retry-after': '2' }), () => json({ ok: true })]);
    const answer = short.transport.send(get);
    await short.clock.advance(1_900);
    expect(short.fetch).toHaveBeenCalledTimes(1);
    await short.clock.advance(200);
    await expect(answer).resolves.toEqual({ ok: true });

    const long = transportOver([() => json({}, 503, { 'retry-after': '60' })]);
    await expect(sent(long, get)).rejects.toMatchObject({ retryAfterMs: 60_000 });
    expect(long.fetch).toHaveBeenCalledTimes(1);
  });

  test('no answer at all ends with the total time, repeats included', async () => {
    const world = transportOver([() => new Promise<Response>(() => undefined)], { timeoutMs: 3_000 });
    await expect(sent(world, get)).rejects.toMatchObject({ name: 'RetryableError', reason: 'KfpTimeout' });
    expect(world.fetch).toHaveBeenCalledTimes(1);
  });

  test('the caller that gives up gets its own reason', async () => {
    const controller = new AbortController();
    const world = transportOver([() => new Promise<Response>(() => undefined)]);
    const answer = world.transport.send({ ...get, signal: controller.signal });
    controller.abort(new Error('shutting down'));
    await expect(answer).rejects.toThrow('shutting down');
  });

  test('a certificate that is not trusted is for a person', async () => {
    const cause = Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const world = transportOver([
      () => {
        throw new TypeError('fetch failed', { cause });
      },
    ]);
    await expect(world.transport.send(get)).rejects.toThrow(/backends\.kfp\.caSecretRef/);
  });

  test('what the guard of addresses says is let through', async () => {
    const refusal = new TerminalError('AddressNotAllowed', 'kfp.test leads to 169.254.169.254');
    const world = transportOver([
      () => {
        throw refusal;
      },
    ]);
    await expect(world.transport.send(get)).rejects.toBe(refusal);
  });
});
