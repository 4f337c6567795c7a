import { describe, expect, test } from 'vitest';
import { TerminalError } from '../../base/errors.ts';
import { createElasticsearchClient } from './elasticsearch-client.ts';

const product = { 'x-elastic-product': 'Elasticsearch', 'content-type': 'application/json' };

const answering =
  (status: number, body: unknown = {}, headers: Record<string, string> = product): typeof fetch =>
  () =>
    Promise.resolve(new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }));

const failing =
  (error: Error): typeof fetch =>
  () =>
    Promise.reject(error);

const withCode = (code: string) => Object.assign(new Error(code), { code });

const clientOver = (fetchNode: typeof fetch, more: object = {}) =>
  createElasticsearchClient({ nodes: ['https://es.example:9200/base'], fetch: fetchNode, retries: 0, ...more });

const search = (fetchNode: typeof fetch, more: object = {}) =>
  clientOver(fetchNode, more).request((api) => api.search({ index: 'swarm-a.b-live' }));

describe('what goes wrong says who can help', () => {
  const cases: Record<string, { fetch: typeof fetch; error: string; reason: string; says: RegExp }> = {
    'a wrong key': { fetch: answering(401), error: 'TerminalError', reason: 'Unauthorized', says: /valid apiKey/ },
    'a missing right': {
      fetch: answering(403, { error: { reason: 'action [x] is unauthorized' } }),
      error: 'TerminalError',
      reason: 'Forbidden',
      says: /privileges.*action \[x\]/,
    },
    'too much to do': { fetch: answering(429), error: 'RetryableError', reason: 'Unavailable', says: /too much to do/ },
    'trouble of its own': { fetch: answering(503), error: 'RetryableError', reason: 'Unavailable', says: /trouble/ },
    'another product': {
      fetch: answering(200, {}, { 'content-type': 'application/json' }),
      error: 'TerminalError',
      reason: 'ElasticsearchVersion',
      says: /no Elasticsearch 9/,
    },
    'an older version': {
      fetch: answering(406),
      error: 'TerminalError',
      reason: 'ElasticsearchVersion',
      says: /no Elasticsearch 9/,
    },
    'a page of something else': {
      fetch: answering(200, '{"broken"', product),
      error: 'TerminalError',
      reason: 'ElasticsearchVersion',
      says: /no JSON/,
    },
    'a redirect': {
      fetch: answering(302, {}, { ...product, location: 'https://login.example' }),
      error: 'TerminalError',
      reason: 'ElasticsearchVersion',
      says: /redirect/,
    },
    'a refused connection': {
      fetch: failing(withCode('ECONNREFUSED')),
      error: 'RetryableError',
      reason: 'Unavailable',
      says: /ECONNREFUSED/,
    },
    'a connection error inside another': {
      fetch: failing(new TypeError('fetch failed', { cause: withCode('ENOTFOUND') })),
      error: 'RetryableError',
      reason: 'Unavailable',
      says: /ENOTFOUND/,
    },
    'an untrusted certificate': {
      fetch: failing(withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE')),
      error: 'TerminalError',
      reason: 'CertificateInvalid',
      says: /caSecretRef/,
    },
    'a self-signed certificate': {
      fetch: failing(withCode('DEPTH_ZERO_SELF_SIGNED_CERT')),
      error: 'TerminalError',
      reason: 'CertificateInvalid',
      says: /caSecretRef/,
    },
    'a certificate for another name': {
      fetch: failing(withCode('ERR_TLS_CERT_ALTNAME_INVALID')),
      error: 'TerminalError',
      reason: 'CertificateInvalid',
      says: /ALTNAME/,
    },
    'an address that must not be called': {
      fetch: failing(new TerminalError('AddressNotAllowed', 'es.example leads to 169.254.0.1')),
      error: 'TerminalError',
      reason: 'AddressNotAllowed',
      says: /169/,
    },
  };
  test.each(Object.entries(cases))('%s', async (_name, { fetch: fetchNode, error, reason, says }) => {
    await expect(search(fetchNode)).rejects.toMatchObject({
      name: error,
      reason,
      message: expect.stringMatching(says) as string,
    });
  });

  test('a server that says nothing in time is asked again later', async () => {
    const silent: typeof fetch = (_input, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(init.signal?.reason as Error);
        });
      });
    await expect(search(silent, { timeoutMs: 5 })).rejects.toMatchObject({ name: 'RetryableError', reason: 'Timeout' });
  });

  test('what is missing stays an answer of the server', async () => {
    await expect(search(answering(404, { error: { type: 'index_not_found_exception' } }))).rejects.toMatchObject({
      name: 'ResponseError',
      statusCode: 404,
    });
  });

  test('credentials and documents are in no message', async () => {
    const failed = await search(answering(400, { error: { reason: 'bad' } }), {
      credentials: { apiKey: 'TOPSECRET' },
    }).catch((error: unknown) => error);
    expect(JSON.stringify(failed)).not.toContain('TOPSECRET');
  });
});

describe('a request', () => {
  async function requested(credentials?: object): Promise<Request> {
    let seen: Request | undefined;
    const recording: typeof fetch = (input, init) => {
      seen = new Request(input, init);
      return answering(200, { hits: { hits: [] } })(input, init);
    };
    await search(recording, credentials ? { credentials } : {});
    if (!seen) throw new Error('nothing was asked');
    return seen;
  }

  test('goes to the path below the address of the node', async () => {
    expect((await requested()).url).toBe('https://es.example:9200/base/swarm-a.b-live/_search');
  });

  test.each([
    ['an API key', { apiKey: 'abc' }, 'ApiKey abc'],
    ['a user', { username: 'me', password: 'pw' }, `Basic ${Buffer.from('me:pw').toString('base64')}`],
    ['nothing where the server asks for nothing', undefined, null],
  ])('carries %s', async (_name, credentials, expected) => {
    expect((await requested(credentials)).headers.get('authorization')).toBe(expected);
  });

  test('is made to another node when one does not answer', async () => {
    const asked: string[] = [];
    const half: typeof fetch = (input, init) => {
      const { host } = new URL(new Request(input, init).url);
      asked.push(host);
      return host === 'one:9200' ? failing(withCode('ECONNREFUSED'))(input, init) : answering(200, {})(input, init);
    };
    const client = createElasticsearchClient({
      nodes: ['http://one:9200', 'http://two:9200'],
      fetch: half,
      retries: 3,
    });
    for (let round = 0; round < 3; round++) await client.request((api) => api.cluster.health());
    expect(asked.at(-1)).toBe('two:9200');
  });
});
