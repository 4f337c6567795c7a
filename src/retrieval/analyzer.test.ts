import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyze, contentWords, identifiers, joinedNeighbours } from './analyzer.ts';
import { queryTerms } from './query-terms.ts';
import { expansionsOf } from './query-expansion.ts';
import { TopScores } from './top-scores.ts';

describe('terms', () => {
  test.each([
    ['Caching of cached caches', ['cach', 'cach', 'cach']],
    ['How do I set the limit?', ['set', 'limit']],
    ['enable_caching', ['enabl', 'cach']],
    ['Über-große Änderung', ['über', 'große', 'änderung']],
    ['東京都', ['東京', '京都']],
    ['', []],
  ])('%j gives %j', (text, terms) => {
    expect(analyze(text)).toEqual(terms);
  });

  test('content words are said once, unstemmed', () => {
    expect(contentWords('Do queues queue queues?')).toEqual(['queues', 'queue']);
  });
});

describe('names of programs', () => {
  test.each([
    ['LocalQueue', ['local', 'queue']],
    ['local-queue', ['localqueu']],
    ['local_queue', ['localqueu']],
    ['kueue.x-k8s.io/queue-name', ['kueuexk8sio', 'queuenam']],
    ['HTTPRoute', ['http', 'rout']],
    ['plain words', []],
  ])('%s is found by %j as well', (text, terms) => {
    expect(identifiers(text)).toEqual(terms);
  });

  test('are found by their parts, and by their parts in one word', () => {
    expect(joinedNeighbours('the local queue')).toEqual(['localqueu']);
  });
});

describe('a question', () => {
  test('counts its own words in full and others less, each once', () => {
    const terms = queryTerms({ text: 'GPU limit', expansions: [{ text: 'maximum quota', weight: 0.4 }, { text: 'limit', weight: 0.4 }] }); // prettier-ignore
    expect(Object.fromEntries(terms.map(({ term, weight }) => [term, Number(weight.toFixed(2))]))).toEqual({
      gpu: 1,
      limit: 1,
      gpulimit: 0.2,
      maximum: 0.28,
      quota: 0.28,
    });
  });

  test.each([
    ['graphics card', 'gpu'],
    ['an oom error', 'out of memory'],
    ['run it every night', 'cron'],
  ])('about %s looks for %s too', (question, other) => {
    expect(expansionsOf(question, 1).map(({ text }) => text)).toContain(other);
  });

  test('is given no word that it says already', () => {
    expect(expansionsOf('stop and cancel and abort and terminate', 1).map(({ text }) => text)).not.toContain('cancel');
  });
});

test('the best scores are those that sorting would give, equals by row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }),
      fc.integer({ min: 1, max: 30 }),
      (scores, limit) => {
        const best = new TopScores(limit);
        for (const [row, score] of scores.entries()) best.offer(row, score);
        const expected = scores
          .map((score, row) => ({ row, score }))
          .sort((left, right) => right.score - left.score || left.row - right.row);
        expect(best.sorted()).toEqual(expected.slice(0, limit));
      },
    ),
  );
});
