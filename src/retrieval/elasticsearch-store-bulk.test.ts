import { describe, expect, test } from 'vitest';
import { createElasticsearchClient } from '../backends/elasticsearch/elasticsearch-client.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { type BulkChanges, writeInBulk } from './elasticsearch-store-bulk.ts';
import type { IndexedChunk } from './elasticsearch-store-mapping.ts';

const chunk = (id: string, text = 'text') => ({ id, text }) as unknown as IndexedChunk;

/** A server that answers each operation of each request with what the test says. */
function write(changes: Partial<BulkChanges>, statusOf: (id: string, request: number) => number) {
  const requests: string[][] = [];
  const server: typeof fetch = async (input, init) => {
    const lines = (await new Request(input, init).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, { _id: string }>);
    const actions = lines.filter((line) => ['index', 'update', 'delete'].some((kind) => kind in line));
    requests.push(
      actions.map((action) =>
        Object.entries(action)
          .map(([kind, { _id }]) => `${kind} ${_id}`)
          .join(),
      ),
    );
    const items = actions.map((action) => {
      const [[kind, { _id }] = ['', { _id: '' }]] = Object.entries(action);
      const status = statusOf(_id, requests.length);
      return { [kind]: { _id, status, ...(status >= 400 && { error: { reason: `status ${status}` } }) } };
    });
    const errors = items.some((item) => Object.values(item).some(({ status }) => status >= 400));
    return Response.json({ errors, items, took: 1 }, { headers: { 'x-elastic-product': 'Elasticsearch' } });
  };
  const client = createElasticsearchClient({ nodes: ['http://es:9200'], fetch: server, retries: 0 });
  const clock = new FakeClock();
  const done = writeInBulk({ client, clock, index: 'i' }, { remove: [], write: [], ...changes });
  return { requests, clock, done };
}

describe('writing in bulk', () => {
  test('with a vector is a new document, without one an update that keeps it', async () => {
    const { requests, done } = write(
      { remove: ['x'], write: [{ ...chunk('a'), embedding: [1] }, chunk('b')] },
      () => 200,
    );
    await done;
    expect(requests).toEqual([['delete x', 'index a', 'update b']]);
  });

  test('what is to go may be gone', async () => {
    await write({ remove: ['x'] }, () => 404).done;
  });

  test('what the server has no room for is offered again, and only that', async () => {
    const { requests, clock, done } = write({ remove: ['x'], write: [chunk('a'), chunk('b')] }, (id, request) =>
      id === 'b' && request < 3 ? 429 : 200,
    );
    await clock.advance(1_000);
    await clock.advance(2_000);
    await done;
    expect(requests).toEqual([['delete x', 'update a', 'update b'], ['update b'], ['update b']]);
  });

  test('what it never has room for is left to a later time', async () => {
    const { clock, done } = write({ write: [chunk('a')] }, () => 429);
    const failed = expect(done).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringContaining('1 of 1') as string,
    });
    await clock.advance(60_000);
    await failed;
  });

  test('what it refuses for good is a mistake of ours, and not passed over', async () => {
    await expect(write({ write: [chunk('a'), chunk('b')] }, (id) => (id === 'a' ? 400 : 200)).done).rejects.toThrow(
      'status 400',
    );
  });

  test('large changes go in several requests, whole passages each', async () => {
    const many = Array.from({ length: 5 }, (_, number) => chunk(String(number), 'x'.repeat(900_000)));
    const { requests, done } = write({ write: many }, () => 200);
    await done;
    expect(requests.map((actions) => actions.length)).toEqual([2, 2, 1]);
  });

  test('nothing to do asks nothing', async () => {
    const { requests, done } = write({}, () => 200);
    await done;
    expect(requests).toEqual([]);
  });
});
