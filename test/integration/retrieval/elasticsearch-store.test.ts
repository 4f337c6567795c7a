import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { createElasticsearchStore } from '../../../src/retrieval/elasticsearch-store.ts';
import { clientFor, serverUnderTest } from './elasticsearch-under-test.ts';
import { describeKnowledgeStore } from './knowledge-store-contract.ts';

describeKnowledgeStore('the store in Elasticsearch', () => {
  const client = clientFor(serverUnderTest());
  const open = () => createElasticsearchStore({ client, clock: systemClock });
  return Promise.resolve({
    store: open(),
    reopen: () => Promise.resolve(open()),
    close: async () => {
      const answer = await client.request((api) => api.indices.getAlias({ index: 'swarm-contract.*' }));
      const index = Object.keys(answer);
      if (index.length > 0) await client.request((api) => api.indices.delete({ index }));
    },
  });
});

describe('an index that others have touched', () => {
  const key = { namespace: 'touched', knowledgeBase: 'handbook', generation: 1 };
  const settings = { chunker: 'test' };
  const client = clientFor(serverUnderTest());
  const store = createElasticsearchStore({ client, clock: systemClock });
  afterEach(() => store.drop(key));

  test('is not taken for one of ours', async () => {
    await client.request((api) => api.indices.create({ index: store.nameOf(key) }));
    await expect(store.open(key, settings)).rejects.toMatchObject({ name: 'TerminalError', reason: 'SettingsDiffer' });
  });

  test('and deleted is there again later', async () => {
    const index = await store.open(key, settings);
    await store.drop(key);
    for (const ask of [() => index.counts(), () => index.ordinalsOf('a'), () => index.refresh()]) {
      await expect(ask()).rejects.toMatchObject({ name: 'RetryableError', reason: 'IndexUnavailable' });
    }
    const { signal } = new AbortController();
    await expect(index.search({ text: 'a', expansions: [], limit: 1, signal })).rejects.toMatchObject({
      name: 'RetryableError',
      reason: 'IndexUnavailable',
    });
  });
});
