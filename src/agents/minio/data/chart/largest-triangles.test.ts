import { expect, test } from 'vitest';
import { largestTriangles } from './largest-triangles.ts';

const line = (length: number, y: (x: number) => number) => Array.from({ length }, (_, x) => ({ x, y: y(x) }));

test('a line with room for all its points keeps them all', () => {
  expect(
    largestTriangles(
      line(5, (x) => x),
      5,
    ),
  ).toEqual([0, 1, 2, 3, 4]);
});

test.each([4, 5, 20, 150])('%i points hold both ends, the lowest and the highest, in order', (count) => {
  const places = line(2_000, (x) => (x === 701 ? 99 : x === 1_300 ? -99 : Math.sin(x / 50)));
  const kept = largestTriangles(places, count);
  expect(kept).toEqual(expect.arrayContaining([0, 701, 1_300, 1_999]));
  expect(kept.length).toBeLessThanOrEqual(count);
  expect(kept).toEqual([...new Set(kept)].toSorted((a, b) => a - b));
});

test('a corner is kept and a straight is not', () => {
  const kept = largestTriangles(
    line(1_000, (x) => (x < 500 ? x : 1_000 - x)),
    12,
  );
  expect(kept).toContain(500);
});

test.each([1, 2, 3])('%i points are not exceeded', (count) => {
  expect(
    largestTriangles(
      line(100, (x) => x % 7),
      count,
    ).length,
  ).toBeLessThanOrEqual(count);
});
