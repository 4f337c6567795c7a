import { describe, expect, test } from 'vitest';
import type { Chunk } from './chunk.ts';
import { fuseByRank, fuseByScore } from './fuse.ts';
import type { ScoredChunk } from './knowledge-store.ts';
import { rankPages } from './rank-pages.ts';

const hit = (id: string, score: number, { document = `${id}.md`, total = 1 } = {}): ScoredChunk => {
  const chunk: Chunk = {
    id,
    knowledgeBase: 'handbook',
    document,
    url: `https://docs.example/${document}#${id}`,
    anchor: id,
    title: document,
    headings: [],
    text: id,
    ordinal: 0,
    total,
    hash: id,
  };
  return { chunk, score };
};
const shown = (hits: readonly ScoredChunk[]) => hits.map(({ chunk, score }) => [chunk.id, Number(score.toFixed(6))]);

describe('fusion by rank', () => {
  test('adds the weighted reciprocals of the ranks', () => {
    const words = { hits: [hit('a', 9), hit('b', 5)], weight: 1 };
    const vectors = { hits: [hit('b', 0.9), hit('c', 0.8)], weight: 0.5 };
    expect(shown(fuseByRank([words, vectors]))).toEqual([
      ['b', Number((1 / 62 + 0.5 / 61).toFixed(6))],
      ['a', Number((1 / 61).toFixed(6))],
      ['c', Number((0.5 / 62).toFixed(6))],
    ]);
  });

  test('puts equals in the order of their ids', () => {
    const fused = fuseByRank([
      { hits: [hit('z', 1)], weight: 1 },
      { hits: [hit('a', 1)], weight: 1 },
    ]);
    expect(fused.map(({ chunk }) => chunk.id)).toEqual(['a', 'z']);
  });
});

describe('fusion by score', () => {
  test('stretches each list to 0–1 and keeps the distances', () => {
    const words = { hits: [hit('a', 30), hit('b', 20), hit('c', 10)], weight: 0.4 };
    const vectors = { hits: [hit('c', 0.9), hit('d', 0.5)], weight: 0.6 };
    expect(shown(fuseByScore([words, vectors]))).toEqual([
      ['c', 0.6],
      ['a', 0.4],
      ['b', 0.2],
      ['d', 0],
    ]);
  });

  test('a list of one or of equals counts in full', () => {
    expect(shown(fuseByScore([{ hits: [hit('a', 3), hit('b', 3)], weight: 0.5 }]))).toEqual([
      ['a', 0.5],
      ['b', 0.5],
    ]);
  });

  test('nothing fused is nothing', () => {
    expect(fuseByScore([{ hits: [], weight: 1 }])).toEqual([]);
  });
});

describe('pages', () => {
  test('count their best passage most, and more passages a little', () => {
    const { pages } = rankPages(
      [hit('a1', 10, { document: 'a.md' }), hit('b1', 9.5, { document: 'b.md' }), hit('b2', 9, { document: 'b.md' })],
      3,
    );
    expect(pages.map(({ document }) => document)).toEqual(['b.md', 'a.md']);
  });

  test('are named once, without the fragment of a passage', () => {
    const { pages, passages } = rankPages(
      [hit('b2', 1, { document: 'b.md' }), hit('b1', 2, { document: 'b.md' }), hit('b3', 3, { document: 'b.md' })],
      2,
    );
    expect(pages.map(({ url }) => url)).toEqual(['https://docs.example/b.md']);
    expect(passages.map(({ chunk }) => chunk.id)).toEqual(['b3', 'b1']);
  });

  test.each(['docs/legacy/run.md', 'release-notes/v2.md', 'docs/releases.md', 'reference/kueue.v1beta1.md'])(
    'like %s come behind a page that explains',
    (document) => {
      expect(rankPages([hit('a', 10, { document }), hit('b', 9, { document: 'guide.md' })], 1).pages[0]?.document).toBe(
        'guide.md',
      );
    },
  );

  test('that are long come behind short ones of nearly the same score', () => {
    const { pages } = rankPages(
      [hit('1', 5, { document: 'long.md', total: 60 }), hit('2', 4.9, { document: 'short.md', total: 3 })],
      1,
    );
    expect(pages.map(({ document }) => document)).toEqual(['short.md', 'long.md']);
  });

  test('of the same score are in the order of their paths', () => {
    const { pages } = rankPages([hit('1', 5, { document: 'z.md' }), hit('2', 5, { document: 'a.md' })], 1);
    expect(pages.map(({ document }) => document)).toEqual(['a.md', 'z.md']);
  });
});
