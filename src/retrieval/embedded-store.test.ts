import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeKnowledgeStore } from '../../test/integration/retrieval/knowledge-store-contract.ts';
import { silentLog } from '../testing/tool-context.ts';
import { chunkDocument, chunkerVersion } from './chunk-document.ts';
import { createEmbeddedStore } from './embedded-store.ts';
import type { KnowledgeStore } from './knowledge-store.ts';

describeKnowledgeStore('the embedded store', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'swarm-knowledge-'));
  return {
    store: storeIn(directory),
    reopen: () => Promise.resolve(storeIn(directory)),
    close: () => rm(directory, { recursive: true }),
  };
});

describe('files of the embedded store', () => {
  const key = { namespace: 'team-a', knowledgeBase: 'handbook', generation: 1 };
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'swarm-knowledge-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const file = () => join(directory, key.namespace, key.knowledgeBase, 'g000001.knowledge');

  async function fill(
    store: KnowledgeStore,
    settings = { chunker: chunkerVersion, embeddingModel: 'tiny', dimensions: 2 },
  ) {
    const index = await store.open(key, settings);
    const content = '# Quotas\n\nA quota caps what a team may use.\n';
    const chunks = chunkDocument({
      knowledgeBase: 'handbook',
      path: 'quota.md',
      url: 'https://docs.example/quota',
      format: 'markdown',
      content,
    });
    await index.apply({ remove: [], write: chunks.map((chunk) => ({ chunk, vector: Float32Array.from([0.6, 0.8]) })) });
    await index.refresh();
    await store.activate(key);
    return chunks;
  }

  test('bring chunks and vectors back unchanged', async () => {
    const chunks = await fill(storeIn(directory));
    const index = await storeIn(directory).active(key);
    const { signal } = new AbortController();
    const answer = await index?.search({
      text: 'quota',
      expansions: [],
      vector: Float32Array.from([1, 0]),
      limit: 5,
      signal,
    });
    expect(answer?.lexical.map(({ chunk }) => chunk)).toEqual(chunks);
    expect(answer?.vector[0]?.score).toBeCloseTo(0.6, 6);
  });

  test.each<[string, (content: Buffer) => Buffer]>([
    ['cut short', (content) => content.subarray(0, content.length - 3)],
    [
      'changed in one byte',
      (content) => Buffer.concat([content.subarray(0, -1), Buffer.from([content.at(-1) === 0 ? 1 : 0])]),
    ],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('# not a knowledge base\n')],
  ])('that are %s answer nothing, and can be filled again', async (_name, damage) => {
    await fill(storeIn(directory));
    await writeFile(file(), damage(await readFile(file())));
    const store = storeIn(directory);
    expect(await store.active(key)).toBeUndefined();
    const chunks = await fill(store);
    expect((await (await store.active(key))?.counts())?.chunks).toBe(chunks.length);
  });

  test('are replaced whole: nothing half written is left beside them', async () => {
    await fill(storeIn(directory));
    expect((await readdir(join(directory, key.namespace, key.knowledgeBase))).sort()).toEqual([
      'active.json',
      'g000001.knowledge',
    ]);
  });

  test('are gone once their last generation is dropped', async () => {
    const store = storeIn(directory);
    await fill(store);
    await store.drop(key);
    expect(await store.active(key)).toBeUndefined();
    expect(await readdir(join(directory, key.namespace))).toEqual([]);
  });

  test.each(['..', 'a/b', '', 'Team'])('never lie under a name such as %j', async (namespace) => {
    const opening = storeIn(directory).open({ ...key, namespace }, { chunker: chunkerVersion });
    await expect(opening).rejects.toMatchObject({ reason: 'InvalidName' });
  });
});

function storeIn(directory: string): KnowledgeStore {
  return createEmbeddedStore({ directory, log: silentLog });
}
