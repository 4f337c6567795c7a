import { describe, expect, test } from 'vitest';
import type { ColumnKind, DatasetColumn } from '../../../../backends/duckdb/dataset-engine.ts';
import type { ChartWish } from './chart.ts';
import { chooseChart } from './choose-chart.ts';

const types: Readonly<Record<ColumnKind, string>> = {
  number: 'DOUBLE',
  time: 'DATE',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  other: 'BIGINT[]',
};
const columnsOf = (kinds: Readonly<Record<string, ColumnKind>>): readonly DatasetColumn[] =>
  Object.entries(kinds).map(([name, kind]) => ({ name, kind, type: types[kind] }));

const sales = {
  id: 'number',
  day: 'time',
  country: 'text',
  price: 'number',
  amount: 'number',
  returned: 'boolean',
} as const;
const people = { name: 'text', height: 'number', weight: 'number' } as const;
const words = { word: 'text', language: 'text' } as const;

/** `kind x y color aggregate` in one line. */
function chosen(kinds: Readonly<Record<string, ColumnKind>>, wish: ChartWish): string {
  const chart = chooseChart(columnsOf(kinds), wish);
  if (!chart.ok) return chart.failure.code;
  const { kind, x, y, color, aggregate } = chart.value;
  return [kind, x?.name ?? '-', y?.name ?? '-', color?.name ?? '-', aggregate].join(' ');
}

describe('what was left open follows from the kinds of the columns', () => {
  test.each([
    [sales, {}, 'line day price - mean'],
    [people, {}, 'histogram height - - count'],
    [words, {}, 'bar word - - count'],
    [sales, { x: 'price' }, 'histogram price - - count'],
    [sales, { y: 'price' }, 'line day price - mean'],
    [people, { y: 'height' }, 'histogram height - - count'],
    [sales, { x: 'day' }, 'line day - - count'],
    [sales, { x: 'country' }, 'bar country - - count'],
    [sales, { x: 'day', y: 'price', color: 'country' }, 'line day price country mean'],
    [sales, { x: 'country', y: 'price' }, 'bar country price - mean'],
    [sales, { x: 'amount', y: 'price' }, 'scatter amount price - mean'],
    [sales, { x: 'country', y: 'returned' }, 'heatmap country returned - count'],
    [sales, { x: 'country', y: 'price', aggregate: 'sum' }, 'bar country price - sum'],
  ] as const)('%# %j', (kinds, wish, want) => {
    expect(chosen(kinds, wish)).toBe(want);
  });
});

describe('each sort of chart finds its columns', () => {
  test.each([
    ['line', 'line day price - mean'],
    ['area', 'area day price - mean'],
    ['bar', 'bar country - - count'],
    ['pie', 'pie country - - count'],
    ['scatter', 'scatter price amount - mean'],
    ['histogram', 'histogram price - - count'],
    ['box', 'box - price - mean'],
    ['heatmap', 'heatmap country returned - count'],
  ] as const)('%s', (kind, want) => {
    expect(chosen(sales, { kind })).toBe(want);
  });

  test.each([
    [{ kind: 'pie', x: 'country', y: 'price' }, 'pie country price - sum'],
    [{ kind: 'pie', color: 'country' }, 'pie country - country count'],
    [{ kind: 'box', x: 'country', y: 'price' }, 'box country price - mean'],
    [{ kind: 'box', x: 'price' }, 'box - price - mean'],
    [{ kind: 'bar', y: 'country' }, 'bar country - - count'],
    [{ kind: 'scatter', x: 'day', y: 'price' }, 'scatter day price - mean'],
    [{ kind: 'line', x: 'amount', y: 'price' }, 'line amount price - mean'],
  ] as const)('%j', (wish, want) => {
    expect(chosen(sales, wish)).toBe(want);
  });
});

describe('a wish that cannot be met is answered with what could', () => {
  test.each([
    [
      sales,
      { x: 'contry' },
      { code: 'NotFound', message: 'The data set has no column contry.', hint: 'Did you mean country?' },
    ],
    [sales, { y: 'zzz' }, { code: 'NotFound', hint: 'Columns: id, day, country, price, amount, returned.' }],
    [sales, { color: 'cuontry' }, { code: 'NotFound', hint: expect.stringContaining('country') as string }],
    [sales, { kind: 'line', x: 'day', y: 'country' }, { code: 'NotANumber', hint: 'Numbers: id, price, amount.' }],
    [sales, { kind: 'box', y: 'country' }, { code: 'NotANumber' }],
    [
      sales,
      { x: 'country', aggregate: 'sum' },
      { code: 'InvalidArgument', message: 'sum needs a column of numbers as y.' },
    ],
    [words, { kind: 'scatter' }, { code: 'InvalidArgument', hint: 'The data set has no numbers.' }],
    [words, { kind: 'line' }, { code: 'InvalidArgument' }],
  ] as const)('%# %j', (kinds, wish, want) => {
    expect(chooseChart(columnsOf(kinds), wish)).toMatchObject({ ok: false, failure: want });
  });
});

test('the case of a name does not matter while it is clear which one is meant', () => {
  expect(chosen(sales, { x: 'COUNTRY' })).toBe('bar country - - count');
  expect(chosen({ a: 'text', A: 'text' }, { x: 'A' })).toBe('bar A - - count');
  expect(chosen({ ab: 'text', AB: 'text' }, { x: 'Ab' })).toBe('NotFound');
});
