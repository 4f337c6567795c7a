import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ElasticsearchClient } from '../../../src/backends/elasticsearch/elasticsearch-client.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { createGuardedFetch } from '../../../src/compose/guarded-fetch.ts';
import { createElasticsearchStore } from '../../../src/retrieval/elasticsearch-store.ts';
import { clientFor, serverUnderTest } from './elasticsearch-under-test.ts';

const { signal } = new AbortController();
const server = serverUnderTest();
const host = new URL(server.url).hostname;

describe('a look at the server', () => {
  test('finds out that it answers and can stem words', async () => {
    expect(await clientFor(server).probe('swarm-client.*', signal)).toMatchObject({ hasEnglish: true });
  });

  test('without its certificate authority says what to name', async () => {
    const client = clientFor(server, { fetch: createGuardedFetch({ allowedHosts: [host], deniedHosts: [] }) });
    await expect(client.probe('swarm-client.*', signal)).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'CertificateInvalid',
      message: expect.stringContaining('caSecretRef') as string,
    });
  });

  test('with a wrong password says what to put right', async () => {
    const client = clientFor({ ...server, password: 'wrong' });
    await expect(client.probe('swarm-client.*', signal)).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'Unauthorized',
    });
  });

  test('at an address where nobody answers is tried again', async () => {
    const client = clientFor({ ...server, url: 'https://127.0.0.1:1' }, { retries: 0 });
    await expect(client.probe('swarm-client.*', signal)).rejects.toMatchObject({
      name: 'RetryableError',
      reason: 'Unavailable',
    });
  });

  test('at an address that must not be called calls nobody', async () => {
    const client = clientFor(server, {
      fetch: createGuardedFetch({ allowedHosts: [], deniedHosts: [], ca: server.ca }),
    });
    await expect(client.probe('swarm-client.*', signal)).rejects.toMatchObject({ reason: 'AddressNotAllowed' });
  });
});

describe('an API key for the indices of one namespace', () => {
  const base = { namespace: 'client', knowledgeBase: 'keyed' };
  const settings = { chunker: 'test' };
  let limited: ElasticsearchClient;

  beforeAll(async () => {
    const { encoded } = await clientFor(server).request((api) =>
      api.security.createApiKey({
        name: 'swarm-client',
        expiration: '1h',
        role_descriptors: { swarm: { indices: [{ names: ['swarm-client.*'], privileges: ['all'] }] } },
      }),
    );
    limited = clientFor(server, { credentials: { apiKey: encoded } });
  });
  afterAll(async () => {
    const store = createElasticsearchStore({ client: clientFor(server), clock: systemClock });
    await store.drop({ ...base, generation: 1 });
  });

  test('is all that a knowledge base needs', async () => {
    expect(await limited.probe('swarm-client.*', signal)).not.toMatchObject({ hasEnglish: false });
    const store = createElasticsearchStore({ client: limited, clock: systemClock });
    const index = await store.open({ ...base, generation: 1 }, settings);
    await store.activate({ ...base, generation: 1 });
    expect(await store.generations(base)).toEqual([1]);
    expect(await index.counts()).toEqual({ documents: 0, chunks: 0, vectors: 0 });
    expect((await store.active(base))?.name).toBe('swarm-client.keyed-g000001');
  });

  test('opens no index of another namespace', async () => {
    const store = createElasticsearchStore({ client: limited, clock: systemClock });
    await expect(
      store.open({ namespace: 'client-b', knowledgeBase: 'docs', generation: 1 }, settings),
    ).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'Forbidden',
    });
  });
});

describe('a server without an analyzer for English', () => {
  const key = { namespace: 'client', knowledgeBase: 'plain', generation: 1 };
  const { ca } = server;
  const guarded = createGuardedFetch({ allowedHosts: [host], deniedHosts: [], ca });
  /** The same server, asked for an analyzer that it does not have. */
  const client = clientFor(server, {
    fetch: (input, init) =>
      guarded(input, {
        ...init,
        ...(typeof init?.body === 'string' && { body: init.body.replaceAll('"english"', '"klingon"') }),
      }),
  });
  const store = createElasticsearchStore({ client, clock: systemClock });

  test('is used with words as they are, and says so', async () => {
    const index = await store.open(key, { chunker: 'test' });
    expect(index.notice).toContain('no analyzer for English');
    const mapping = await client.request((api) => api.indices.getMapping({ index: index.name }));
    expect(mapping[index.name]?.mappings.properties?.['text']).toMatchObject({ analyzer: 'standard' });
    await store.drop(key);
  });
});
