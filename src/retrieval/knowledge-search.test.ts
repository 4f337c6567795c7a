import { describe, expect, test } from 'vitest';
import { RetryableError } from '../base/errors.ts';
import { memoryBase } from '../testing/fake-knowledge.ts';
import { chunkDocument, chunkerVersion } from './chunk-document.ts';
import { EmbeddedIndex } from './embedded-index.ts';
import type { Embedder } from './embedder.ts';
import { createKnowledgeSource, type ReadyBase } from './knowledge-search.ts';

const kubernetes = {
  'quota.md': '# Quotas\n\nA Kubernetes ResourceQuota limits what the pods of a namespace may request.\n',
  'evict.md': '# Preemption\n\nThe kubelet of a Kubernetes node evicts pods of lower priority.\n',
  'cron.md': '# CronWorkflows\n\nA CronWorkflow runs on a schedule that its spec names in YAML.\n',
};

describe('a search', () => {
  test.each([
    ['quota', 'quota.md'],
    ['cap what a team may use', 'quota.md'],
    ['kick out pods', 'evict.md'],
    ['run it every night', 'cron.md'],
  ])('%s finds %s', async (text, document) => {
    const { pages } = await searchIn([await memoryBase('handbook', kubernetes)], text);
    expect(pages[0]?.document).toBe(document);
  });

  test('asks all knowledge bases, or the one that is named', async () => {
    const bases = [
      await memoryBase('handbook', kubernetes),
      await memoryBase('runbooks', { 'quota.md': '# Quota alarms\n\nWhat to do when a quota is full.\n' }),
    ];
    const all = await searchIn(bases, 'quota');
    expect(all.pages.map(({ knowledgeBase }) => knowledgeBase).sort()).toEqual(['handbook', 'runbooks']);
    const one = await searchIn(bases, 'quota', 'runbooks');
    expect(one.pages.map(({ knowledgeBase }) => knowledgeBase)).toEqual(['runbooks']);
  });

  test('words of the field do not stand for each other in texts of another field', async () => {
    const biology = { 'cells.md': '# Cells\n\nA tumour evicts neighbours by preemption of nutrients.\n' };
    expect((await searchIn([await memoryBase('biology', biology)], 'displace')).pages).toEqual([]);
  });

  test('of an empty knowledge base finds nothing, and is not confident', async () => {
    expect(await searchIn([await memoryBase('empty', {})], 'quota')).toMatchObject({
      pages: [],
      passages: [],
      confident: false,
    });
  });
});

describe('confidence', () => {
  test.each([
    ['Which quota limits the pods of a namespace?', true],
    ['preemption', true],
    ['How long should I boil eggs?', false],
    ['tune Slurm fairshare of a partition', false],
    ['the', false],
  ])('%s: %s', async (text, confident) => {
    expect((await searchIn([await memoryBase('handbook', kubernetes)], text)).confident).toBe(confident);
  });
});

describe('vectors', () => {
  const embedder = (embed: Embedder['embed']): Embedder => ({ model: 'tiny', embed });

  async function vectorBase(own: Embedder | undefined): Promise<ReadyBase> {
    const key = { namespace: 'team-a', knowledgeBase: 'handbook', generation: 1 };
    const chunks = Object.entries(kubernetes).flatMap(([path, content]) =>
      chunkDocument({
        knowledgeBase: 'handbook',
        path,
        url: `https://docs.example/${path}`,
        format: 'markdown',
        content,
      }),
    );
    const axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]; // prettier-ignore
    const settings = { chunker: chunkerVersion, embeddingModel: 'tiny', dimensions: 3 };
    const written = chunks.map((chunk, index) => ({ chunk, vector: Float32Array.from(axes[index] ?? []) }));
    const index = await EmbeddedIndex.from(key, { settings, chunks: written }, () => Promise.resolve());
    return { name: 'handbook', index, embedder: own };
  }

  test('find what no word finds', async () => {
    const base = await vectorBase(embedder(() => Promise.resolve([Float32Array.from([0, 0, 1])])));
    const { pages, notices } = await searchIn([base], 'mañana');
    expect(pages[0]?.document).toBe('cron.md');
    expect(notices).toEqual([]);
  });

  test('that cannot be had are left out, and the answer says so', async () => {
    const down = embedder(() =>
      Promise.reject(new RetryableError('EmbeddingUnavailable', 'The embedding endpoint answered 503')),
    );
    const { pages, notices } = await searchIn([await vectorBase(down)], 'quota');
    expect(pages[0]?.document).toBe('quota.md');
    expect(notices).toEqual(['handbook: found by words alone: The embedding endpoint answered 503']);
  });

  test('of another model are not compared', async () => {
    const { notices } = await searchIn([await vectorBase(undefined)], 'quota');
    expect(notices).toEqual(['handbook: found by words alone: its vectors are of tiny, which is not set up']);
  });

  test('a bug in an embedder is let through', async () => {
    const broken = await vectorBase(embedder(() => Promise.reject(new TypeError('undefined is not a function'))));
    await expect(searchIn([broken], 'quota')).rejects.toThrow(TypeError);
  });

  test('are asked for once per question', async () => {
    const asked: string[] = [];
    const base = await vectorBase(
      embedder((texts, { kind }) => {
        asked.push(`${kind}: ${texts.join()}`);
        return Promise.resolve([Float32Array.from([1, 0, 0])]);
      }),
    );
    await searchIn([base], 'quota');
    expect(asked).toEqual(['query: quota']);
  });
});

async function searchIn(bases: readonly ReadyBase[], text: string, knowledgeBase?: string) {
  const source = createKnowledgeSource({ basesOf: () => Promise.resolve(bases) });
  const { signal } = new AbortController();
  const knowledge = await source.open({ namespace: 'team-a', serviceAccountName: 'swarm-runner', signal });
  return knowledge.search({ text, knowledgeBase, limit: 10 });
}
