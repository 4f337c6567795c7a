import { describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { silentLog } from '../testing/tool-context.ts';
import { createOpenAiEmbedder, type OpenAiEmbedderSettings } from './openai-embedder.ts';

interface Asked {
  readonly input: readonly string[];
  readonly model: string;
  readonly dimensions?: number;
  readonly authorization: string | null;
}

describe('requests', () => {
  test('carry model, prefix and key, and texts come back in their order', async () => {
    const endpoint = fakeEndpoint(({ input }) => shuffled(input.map((text) => [text.length, 1])));
    const embedder = embedderWith(endpoint, { apiKey: 'key-1', passagePrefix: 'passage: ' });
    const vectors = await embedder.embed(['a', 'bbb'], passages());
    expect(endpoint.asked).toEqual([
      { input: ['passage: a', 'passage: bbb'], model: 'mini', authorization: 'Bearer key-1' },
    ]);
    expect(vectors.map(([first = 0, second = 0]) => Math.round(first / second))).toEqual([10, 12]);
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  test('ask for dimensions only when they are set, and the identity says so', async () => {
    const endpoint = fakeEndpoint(({ input }) => input.map(() => [3, 4]));
    const embedder = embedderWith(endpoint, { dimensions: 2 });
    await embedder.embed(['a'], passages());
    expect(endpoint.asked[0]?.dimensions).toBe(2);
    expect(embedder.model).toBe('mini@2');
  });

  test('take at most 64 texts and 48,000 characters at once', async () => {
    const endpoint = fakeEndpoint(({ input }) => input.map((text) => [text.length, 1]));
    const embedder = embedderWith(endpoint);
    await embedder.embed(Array.from({ length: 130 }, (_, index) => `text ${index}`), passages()); // prettier-ignore
    await embedder.embed(Array.from({ length: 20 }, (_, index) => `${index} `.padEnd(4_000, 'x')), passages()); // prettier-ignore
    expect(endpoint.asked.map(({ input }) => input.length)).toEqual([64, 64, 2, 12, 8]);
  });

  test('are not made for texts that are known already', async () => {
    const endpoint = fakeEndpoint(({ input }) => input.map(() => [1, 0]));
    const embedder = embedderWith(endpoint);
    await embedder.embed(['a', 'b', 'a'], passages());
    await embedder.embed(['b', 'c'], passages());
    expect(endpoint.asked.map(({ input }) => input)).toEqual([['a', 'b'], ['c']]);
  });
});

describe('an endpoint in trouble', () => {
  test('is asked again after the pause it names', async () => {
    const clock = new FakeClock();
    const endpoint = fakeEndpoint(
      ({ input }) => input.map(() => [1, 0]),
      [new Response('busy', { status: 429, headers: { 'retry-after': '7' } })],
    );
    const embedding = embedderWith(endpoint, { clock }).embed(['a'], passages());
    await clock.advance(6_900);
    expect(endpoint.asked).toHaveLength(1);
    await clock.advance(200);
    await embedding;
    expect(endpoint.asked).toHaveLength(2);
  });

  test.each<[string, Response, object]>([
    [
      'with a pause too long to wait',
      new Response('', { status: 503, headers: { 'retry-after': '900' } }),
      { name: 'RetryableError', retryAfterMs: 900_000 },
    ],
    [
      'that refuses the key',
      new Response('no', { status: 401 }),
      { name: 'TerminalError', reason: 'EmbeddingUnauthorized' },
    ],
    ['that knows no such model', new Response('unknown model', { status: 404 }), { reason: 'EmbeddingRefused' }],
    ['that answers something else', Response.json({ object: 'list' }), { reason: 'EmbeddingInvalid' }],
    ['that leaves a vector out', Response.json({ data: [] }), { reason: 'EmbeddingInvalid' }],
    ['that gives a vector of nothing', answerOf([[0, 0]]), { reason: 'EmbeddingInvalid' }],
    ['that gives a vector twice', answerOf([[1, 0], [1, 0]]), { reason: 'EmbeddingInvalid' }], // prettier-ignore
  ])('%s', async (_name, response, error) => {
    const endpoint = fakeEndpoint(() => [], [response]);
    await expect(embedderWith(endpoint).embed(['a'], passages())).rejects.toMatchObject(error);
  });

  test('that stays away is given up after four attempts', async () => {
    const clock = new FakeClock();
    const endpoint = fakeEndpoint(() => [], Array.from({ length: 9 }, () => new Response('', { status: 500 }))); // prettier-ignore
    const embedding = embedderWith(endpoint, { clock }).embed(['a'], passages());
    const outcome = expect(embedding).rejects.toMatchObject({ name: 'RetryableError', reason: 'EmbeddingUnavailable' });
    for (let pause = 0; pause < 4; pause += 1) await clock.advance(10_000);
    await outcome;
    expect(endpoint.asked).toHaveLength(4);
  });

  test('texts that are too long are embedded by their beginning', async () => {
    const tooLong = new Response('This model’s maximum context length is 256 tokens', { status: 400 });
    const endpoint = fakeEndpoint(({ input }) => input.map(() => [1, 0]), [tooLong]);
    await embedderWith(endpoint).embed(['x'.repeat(3_000)], passages());
    expect(endpoint.asked.map(({ input }) => input[0]?.length)).toEqual([3_000, 1_000]);
  });
});

function passages() {
  return { kind: 'passage' as const, signal: new AbortController().signal };
}

function embedderWith(endpoint: { readonly fetch: typeof fetch }, settings: Partial<OpenAiEmbedderSettings> = {}) {
  return createOpenAiEmbedder({
    baseURL: 'https://models.example/v1',
    model: 'mini',
    queryPrefix: '',
    passagePrefix: '',
    fetch: endpoint.fetch,
    clock: new FakeClock(),
    random: () => 0,
    log: silentLog,
    ...settings,
  });
}

/** Answers the first requests with what is given, the others with vectors. */
function fakeEndpoint(
  vectorsOf: (asked: Asked) => readonly Indexed[] | readonly (readonly number[])[],
  first: readonly Response[] = [],
) {
  const asked: Asked[] = [];
  const answer: typeof fetch = (_url, init) => {
    const { input, model, dimensions } = JSON.parse(init?.body as string) as Asked;
    const request = {
      input,
      model,
      ...(dimensions !== undefined && { dimensions }),
      authorization: new Headers(init?.headers).get('authorization'),
    };
    asked.push(request);
    const given = first[asked.length - 1];
    return Promise.resolve(given ?? answerOf(vectorsOf(request)));
  };
  return { asked, fetch: answer };
}

interface Indexed {
  readonly index: number;
  readonly embedding: readonly number[];
}

function answerOf(vectors: readonly Indexed[] | readonly (readonly number[])[]): Response {
  const data = vectors.map((vector, index) => ('embedding' in vector ? vector : { index, embedding: vector }));
  return Response.json({ data });
}

function shuffled(vectors: readonly (readonly number[])[]): Indexed[] {
  return vectors.map((embedding, index) => ({ index, embedding })).reverse();
}
