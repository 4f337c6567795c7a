import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chunkDocument, chunkerVersion } from '../../../src/retrieval/chunk-document.ts';
import type { Chunk } from '../../../src/retrieval/chunk.ts';
import type {
  GenerationKey,
  GenerationSettings,
  KnowledgeBaseKey,
  KnowledgeIndex,
  KnowledgeStore,
  SearchRequest,
} from '../../../src/retrieval/knowledge-store.ts';

export interface StoreUnderTest {
  readonly store: KnowledgeStore;
  /** The same data through a new store, as after a restart of the operator. */
  reopen(): Promise<KnowledgeStore>;
  close(): Promise<void>;
}

const pages = {
  'guide/quota.md': '# Quotas\n\nA ClusterQueue limits how much cpu and memory the jobs of a team may use.\n',
  'guide/preemption.md': '# Preemption\n\nA workload of higher priority evicts running workloads of lower priority.\n',
  'guide/caching.md':
    '# Caching\n\nKubeflow Pipelines skips a step when its inputs are unchanged.\n\n## Switching it off\n\nSet enable_caching to False for the task, or setCachingOptions in the SDK.\n',
  'api/queue.md': '# LocalQueue\n\nThe field stopPolicy holds new workloads back, or drains those that run.\n',
} as const;

export const vectorOf = (...values: readonly number[]): Float32Array => {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
};

let bases = 0;

/** What every store of knowledge must do, whatever it keeps it in. */
export function describeKnowledgeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(name, () => {
    let subject: StoreUnderTest;
    let store: KnowledgeStore;
    let base: KnowledgeBaseKey;
    const words: GenerationSettings = { chunker: chunkerVersion };
    const vectors: GenerationSettings = { chunker: chunkerVersion, embeddingModel: 'tiny', dimensions: 3 };

    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(async () => {
      await subject.close();
    });
    beforeEach(() => {
      base = { namespace: 'contract', knowledgeBase: `kb-${Date.now()}-${bases++}` };
    });

    const generation = (number: number): GenerationKey => ({ ...base, generation: number });

    const chunksOf = (path: string, content: string): Chunk[] =>
      chunkDocument({
        knowledgeBase: base.knowledgeBase,
        path,
        url: `https://docs.example/${path}`,
        format: 'markdown',
        content,
      });

    const allChunks = () => Object.entries(pages).flatMap(([path, content]) => chunksOf(path, content));

    async function filled(settings: GenerationSettings = words): Promise<KnowledgeIndex> {
      const index = await store.open(generation(1), settings);
      await index.apply({ remove: [], write: allChunks().map((chunk) => ({ chunk })) });
      await index.refresh();
      return index;
    }

    const asking = (text: string, more: Partial<SearchRequest> = {}): SearchRequest => ({
      text,
      expansions: [],
      limit: 10,
      signal: new AbortController().signal,
      ...more,
    });

    const foundBy = async (index: KnowledgeIndex, request: SearchRequest) =>
      (await index.search(request)).lexical.map(({ chunk }) => chunk.document);

    describe('generations', () => {
      test('none answers before one was activated', async () => {
        expect(await store.active(base)).toBeUndefined();
        expect(await store.generations(base)).toEqual([]);
        await filled();
        expect(await store.active(base)).toBeUndefined();
        expect(await store.generations(base)).toEqual([1]);
      });

      test('the one that was activated last answers, and activating it twice changes nothing', async () => {
        await filled();
        await store.activate(generation(1));
        await store.open(generation(2), words);
        expect((await store.active(base))?.key.generation).toBe(1);
        await store.activate(generation(2));
        await store.activate(generation(2));
        expect((await store.active(base))?.key.generation).toBe(2);
        expect(await store.generations(base)).toEqual([1, 2]);
      });

      test('a dropped one is gone, and dropping it again is no error', async () => {
        await filled();
        await store.drop(generation(1));
        await store.drop(generation(1));
        expect(await store.generations(base)).toEqual([]);
      });

      test('opening one again keeps what is in it', async () => {
        await filled();
        const again = await store.open(generation(1), words);
        expect((await again.counts()).documents).toBe(4);
      });

      test('opening one with other settings is refused', async () => {
        await filled();
        await expect(store.open(generation(1), vectors)).rejects.toMatchObject({
          name: 'TerminalError',
          reason: 'SettingsDiffer',
        });
      });

      test('knowledge bases whose names run into each other are kept apart', async () => {
        const left = { namespace: `c-${bases}`, knowledgeBase: `a-b-${Date.now()}` };
        const right = { namespace: `c-${bases}-a`, knowledgeBase: left.knowledgeBase.slice(2) };
        const suffixed = { ...left, knowledgeBase: `${left.knowledgeBase}-g000001` };
        await store.open({ ...left, generation: 1 }, words);
        await store.open({ ...suffixed, generation: 3 }, words);
        await store.activate({ ...suffixed, generation: 3 });
        expect(await store.generations(right)).toEqual([]);
        expect(await store.generations(left)).toEqual([1]);
        expect(await store.active(left)).toBeUndefined();
        for (const key of [
          { ...left, generation: 1 },
          { ...suffixed, generation: 3 },
        ])
          await store.drop(key);
      });

      test('everything is still there after a restart', async () => {
        await filled();
        await store.activate(generation(1));
        const again = await (await subject.reopen()).active(base);
        expect(again?.settings).toEqual(words);
        expect(await again?.documents()).toEqual(Object.keys(pages).sort());
        expect(again && (await foundBy(again, asking('preemption')))).toEqual(['guide/preemption.md']);
      });
    });

    describe('changes', () => {
      test('a chunk comes back as it was given', async () => {
        const index = await filled();
        const [given] = chunksOf('guide/caching.md', pages['guide/caching.md']).slice(-1);
        const { lexical } = await index.search(asking('setCachingOptions'));
        expect(lexical[0]?.chunk).toEqual(given);
      });

      test('ids and positions of one document', async () => {
        const index = await filled();
        const expected = chunksOf('guide/caching.md', pages['guide/caching.md']).map(({ id, ordinal }) => [
          id,
          ordinal,
        ]);
        expect(Object.fromEntries(await index.ordinalsOf('guide/caching.md'))).toEqual(Object.fromEntries(expected));
        expect((await index.ordinalsOf('guide/nothing.md')).size).toBe(0);
      });

      test('a repeat changes nothing', async () => {
        const index = await filled();
        const before = await index.counts();
        await index.apply({ remove: ['not-there'], write: allChunks().map((chunk) => ({ chunk })) });
        await index.refresh();
        expect(await index.counts()).toEqual(before);
      });

      test('what was removed is not found any more', async () => {
        const index = await filled();
        const ids = await index.ordinalsOf('guide/preemption.md');
        await index.apply({ remove: [...ids.keys()], write: [] });
        await index.refresh();
        expect(await index.documents()).not.toContain('guide/preemption.md');
        expect(await foundBy(index, asking('preemption'))).toEqual([]);
      });

      test('more than fits into one request is taken all the same', async () => {
        const index = await store.open(generation(1), words);
        const page = (number: number) =>
          chunksOf(`many/${number}.md`, `# Page ${number}\n\n${'word '.repeat(300)}${number}\n`);
        const write = Array.from({ length: 1_500 }, (_, number) => page(number))
          .flat()
          .map((chunk) => ({ chunk }));
        await index.apply({ remove: [], write });
        await index.refresh();
        expect(await index.counts()).toEqual({ documents: 1_500, chunks: write.length, vectors: 0 });
        expect(await index.documents()).toHaveLength(1_500);
      });
    });

    describe('by words', () => {
      const questions: Record<string, { ask: string; more?: Partial<SearchRequest>; first: string }> = {
        'a word of the text': { ask: 'evicts', first: 'guide/preemption.md' },
        'another form of the word': { ask: 'Which workload is evicted?', first: 'guide/preemption.md' },
        'a word of the title': { ask: 'quota', first: 'guide/quota.md' },
        'a word of a heading': { ask: 'switch off', first: 'guide/caching.md' },
        'a name in one word': { ask: 'stopPolicy', first: 'api/queue.md' },
        'a name in parts': { ask: 'stop policy', first: 'api/queue.md' },
        'a name with underscores': { ask: 'enable_caching', first: 'guide/caching.md' },
        'words of a name with underscores': { ask: 'enable', first: 'guide/caching.md' },
        'words of the path': { ask: 'guide caching', first: 'guide/caching.md' },
        'a synonym': {
          ask: 'memoization',
          more: { expansions: [{ text: 'caching', weight: 0.5 }] },
          first: 'guide/caching.md',
        },
      };
      test.each(Object.entries(questions))('%s finds it', async (_name, { ask, more, first }) => {
        expect((await foundBy(await filled(), asking(ask, more)))[0]).toBe(first);
      });

      test('what nobody wrote finds nothing', async () => {
        expect((await (await filled()).search(asking('giraffe'))).lexical).toEqual([]);
      });

      test('a question without a word that says something finds nothing', async () => {
        const { lexical, frequencies } = await (await filled()).search(asking('What is it?'));
        expect([lexical, [...frequencies]]).toEqual([[], []]);
      });

      test('a prefix keeps other documents out', async () => {
        const index = await filled();
        expect(await foundBy(index, asking('workloads'))).toContain('guide/preemption.md');
        expect(await foundBy(index, asking('workloads', { documentPrefix: 'api/' }))).toEqual(['api/queue.md']);
      });

      test('the limit holds, and the best come first', async () => {
        const index = await filled();
        const { lexical } = await index.search(asking('workloads priority caching quota queue', { limit: 2 }));
        expect(lexical).toHaveLength(2);
        const [first, second] = lexical;
        expect(first?.score).toBeGreaterThanOrEqual(second?.score ?? Infinity);
      });

      test('tells how often the words of the question occur', async () => {
        const { chunks, frequencies } = await (
          await filled()
        ).search(asking('Do giraffes use the memory of workloads?'));
        expect(chunks).toBe(5);
        expect([...frequencies.keys()]).toEqual(expect.arrayContaining(['giraffes', 'memory', 'workloads']));
        expect(frequencies.get('giraffes')).toBe(0);
        expect(frequencies.get('memory')).toBe(1);
        expect(frequencies.get('workloads')).toBe(2);
      });
    });

    describe('by meaning', () => {
      async function withVectors(): Promise<{ index: KnowledgeIndex; chunks: Chunk[] }> {
        const index = await store.open(generation(1), vectors);
        const chunks = allChunks();
        const axes = [vectorOf(1, 0, 0), vectorOf(0, 1, 0), vectorOf(0, 0, 1)];
        const write = chunks.map((chunk, position) => {
          const vector = axes[position];
          return vector ? { chunk, vector } : { chunk };
        });
        await index.apply({ remove: [], write });
        await index.refresh();
        return { index, chunks };
      }

      test('the nearest come first, with their cosine', async () => {
        const { index, chunks } = await withVectors();
        const { vector } = await index.search(asking('anything', { vector: vectorOf(0.8, 0.6, 0) }));
        expect(vector.map(({ chunk }) => chunk.id).slice(0, 2)).toEqual([chunks[0]?.id, chunks[1]?.id]);
        expect(vector[0]?.score).toBeCloseTo(0.8, 1);
        expect(vector[1]?.score).toBeCloseTo(0.6, 1);
      });

      test('chunks that still lack a vector are listed and counted, and found by their words', async () => {
        const { index, chunks } = await withVectors();
        expect(await index.counts()).toMatchObject({ chunks: 5, vectors: 3 });
        const missing = chunks.slice(3).map(({ id }) => id);
        expect((await index.withoutVector(10)).map(({ id }) => id)).toEqual([...missing].sort());
        expect(await index.withoutVector(1)).toHaveLength(1);
        expect(await foundBy(index, asking('stopPolicy'))).toEqual(['api/queue.md']);
      });

      test('a chunk that is written again without its vector keeps it', async () => {
        const { index, chunks } = await withVectors();
        const moved = chunks.map((chunk) => ({ chunk: { ...chunk, ordinal: chunk.ordinal + 7 } }));
        await index.apply({ remove: [], write: moved });
        await index.refresh();
        expect(await index.counts()).toMatchObject({ chunks: 5, vectors: 3 });
        const { vector } = await index.search(asking('anything', { vector: vectorOf(1, 0, 0) }));
        expect(vector[0]?.chunk).toEqual(moved[0]?.chunk);
        expect(vector[0]?.score).toBeCloseTo(1, 1);
      });

      test('a vector that comes later is added', async () => {
        const { index } = await withVectors();
        const late = await index.withoutVector(10);
        await index.apply({ remove: [], write: late.map((chunk) => ({ chunk, vector: vectorOf(1, 1, 1) })) });
        await index.refresh();
        expect(await index.withoutVector(10)).toEqual([]);
        expect(await index.counts()).toMatchObject({ chunks: 5, vectors: 5 });
      });

      test('an index of words alone ignores a vector in the question', async () => {
        const answer = await (await filled()).search(asking('quota', { vector: vectorOf(1, 0, 0) }));
        expect(answer.vector).toEqual([]);
        expect(answer.lexical[0]?.chunk.document).toBe('guide/quota.md');
      });
    });
  });
}
