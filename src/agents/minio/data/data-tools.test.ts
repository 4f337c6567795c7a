import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { compile } from 'vega-lite';
import { createDuckDbEngine } from '../../../backends/duckdb/duckdb-engine.ts';
import { createPdfReader } from '../../../backends/pdf/sandboxed-pdf-reader.ts';
import { systemClock } from '../../../base/clock.ts';
import { RetryableError } from '../../../base/errors.ts';
import { callTool, toolOf } from '../../../testing/call-tool.ts';
import { FakeObjectStore } from '../../../testing/fake-object-store.ts';
import { toolContext } from '../../../testing/tool-context.ts';
import type { Agent } from '../../agent.ts';
import type { ToolSuccess } from '../../tool.ts';
import { createMinioAgent } from '../minio-agent.ts';

// Each case starts a process.
vi.setConfig({ testTimeout: 60_000 });

const bucket = 'raw';
let spoolDirectory: string;
let store: FakeObjectStore;
let agent: Agent;

beforeAll(async () => {
  spoolDirectory = await mkdtemp(join(tmpdir(), 'swarm-data-tools-'));
});
afterAll(() => rm(spoolDirectory, { recursive: true }));

beforeEach(() => {
  store = new FakeObjectStore();
  store.addObject({ bucket, key: 'orders.csv' }, orders);
  store.addObject({ bucket, key: 'damaged.csv' }, 'day,price\n2026-01-01,1\n2026-01-02\n2026-01-03,3\n');
  store.addObject({ bucket, key: 'notes.bin' }, Buffer.from([0, 1, 2, 3]));
  agent = createMinioAgent({
    store,
    engine: createDuckDbEngine({ clock: systemClock, spoolDirectory }),
    pdf: createPdfReader({ clock: systemClock }),
  });
});

/** Forty days; every tenth price is missing. */
const orders = [
  'day,country,price',
  ...Array.from({ length: 40 }, (_, index) => {
    const day = new Date(Date.UTC(2026, 0, index + 1)).toISOString().slice(0, 10);
    return `${day},${index % 4 === 0 ? 'DE' : 'FR'},${index % 10 === 0 ? '' : index}`;
  }),
].join('\n');

const call = (tool: string, input: object) => callTool(toolOf(agent, tool), { bucket, ...input }, toolContext());

async function success<Data>(tool: string, input: object): Promise<ToolSuccess<Data>> {
  const result = await call(tool, input);
  expect(result).toMatchObject({ kind: 'ok', untrusted: true });
  return result as ToolSuccess<Data>;
}

interface Profile {
  readonly columns: readonly { readonly name: string }[];
}

describe('profile_dataset', () => {
  test('tells the shape, what is missing and how values are spread', async () => {
    const { summary, data } = await success<Profile>('profile_dataset', { key: 'orders.csv' });
    expect(summary).toBe(
      'orders.csv (CSV) has 40 rows and 3 columns: day DATE, country VARCHAR, price BIGINT. ' +
        'Missing values: price 4 (10 %). Means: price 20 (1 to 39).',
    );
    expect(data).toMatchObject({ format: 'CSV', rows: 40, totalColumns: 3, rejectedLines: 0 });
    expect(data.columns).toMatchObject([
      { name: 'day', nulls: 0, distinct: 40, approximate: false, min: '2026-01-01', max: '2026-02-09' },
      {
        name: 'country',
        distinct: 2,
        topValues: [
          { value: 'FR', count: 30 },
          { value: 'DE', count: 10 },
        ],
      },
      { name: 'price', nulls: 4, distinct: 36, min: '1', max: '39', mean: 20, quantiles: [10.5, 20, 29.5] },
    ]);
    const { histogram } = data.columns[2] as unknown as { histogram: { from: number; to: number; count: number }[] };
    expect(histogram).toHaveLength(10);
    expect([histogram[0]?.from, histogram[9]?.to]).toEqual([1, 39]);
    expect(histogram.reduce((sum, { count }) => sum + count, 0)).toBe(36);
  });

  test('bad lines are reported and the others looked at', async () => {
    const { summary, data } = await success('profile_dataset', { key: 'damaged.csv' });
    expect(summary).toContain('has 2 rows');
    expect(summary).toContain('1 bad line left out, first line 3: Expected Number of Columns: 2 Found: 1.');
    expect(data).toMatchObject({ rows: 2, rejectedLines: 1 });
  });
});

describe('query_dataset', () => {
  test('answers with a table of texts', async () => {
    const sql = 'SELECT country, count(*) AS orders, max(price) AS dearest FROM data GROUP BY ALL ORDER BY country';
    const { summary, data } = await success('query_dataset', { key: 'orders.csv', sql });
    expect(summary).toBe(
      '2 rows of orders.csv: country = DE, orders = 10, dearest = 36; country = FR, orders = 30, dearest = 39.',
    );
    expect(data).toEqual({
      columns: ['country', 'orders', 'dearest'],
      rows: [
        ['DE', '10', '36'],
        ['FR', '30', '39'],
      ],
      cut: false,
    });
  });

  test('one value is a sentence', async () => {
    const { summary } = await success('query_dataset', {
      key: 'orders.csv',
      sql: 'SELECT avg(price) AS mean FROM data',
    });
    expect(summary).toBe('orders.csv: mean = 20.');
  });

  test('more rows than anybody reads are cut', async () => {
    const sql = 'SELECT * FROM range(1000)';
    const { summary, data } = await success<{ rows: unknown[] }>('query_dataset', { key: 'orders.csv', sql });
    expect(summary).toMatch(/^The first 200 rows of orders\.csv: /);
    expect([data.rows.length, data]).toMatchObject([200, { cut: true }]);
  });

  test.each([
    ['SELECT prize FROM data', { code: 'InvalidSql', message: expect.stringContaining('price') as string }],
    [
      'SELECT * FROM orders',
      { code: 'NotAllowed', message: expect.stringContaining('the data set is called data') as string },
    ],
    ["COPY data TO '/tmp/x.csv'", { code: 'NotAllowed' }],
    ['SELECT nothing but words', { code: 'InvalidSql' }],
  ])('%s is answered with what is wrong', async (sql, want) => {
    expect(await call('query_dataset', { key: 'orders.csv', sql })).toMatchObject({
      kind: 'error',
      untrusted: true,
      ...want,
    });
  });
});

interface Plot {
  readonly points: number;
  readonly specification: { readonly data: { readonly values: readonly object[] } };
}

describe('plot_data', () => {
  test('draws a complete chart of what the columns suggest', async () => {
    const { summary, data } = await success<Plot>('plot_data', { key: 'orders.csv', y: 'price' });
    expect(summary).toBe('Line chart of price over day, 36 points, from orders.csv.');
    expect(data.specification).toMatchObject({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      title: 'Line chart of price over day',
      mark: { type: 'line' },
      encoding: {
        x: { field: 'x', type: 'temporal', title: 'day' },
        y: { field: 'y', type: 'quantitative', title: 'price' },
      },
    });
    expect(data.specification.data.values).toHaveLength(data.points);
    expect(data.specification.data.values[0]).toEqual({ x: '2026-01-02T00:00:00', y: 1 });
  });

  test.each([
    [
      { kind: 'bar', x: 'country' },
      [
        { x: 'FR', y: 30 },
        { x: 'DE', y: 10 },
      ],
    ],
    [
      { kind: 'pie', x: 'country', y: 'price', aggregate: 'sum' },
      [
        { x: 'FR', y: 560 },
        { x: 'DE', y: 160 },
      ],
    ],
    [
      { x: 'country', y: 'price', aggregate: 'median' },
      [
        { x: 'DE', y: 20 },
        { x: 'FR', y: 20 },
      ],
    ],
    [
      { kind: 'box', y: 'price' },
      [{ x: '', lowest: 1, first_quartile: 10.5, median: 20, third_quartile: 29.5, highest: 39 }],
    ],
    [{ kind: 'bar', x: 'day', y: 'price', aggregate: 'max' }, undefined],
    [{ kind: 'histogram', x: 'price', color: 'country' }, undefined],
    [{ kind: 'heatmap', x: 'country', y: 'price' }, undefined],
    [{ kind: 'scatter', x: 'day', y: 'price', color: 'country' }, undefined],
    [{ kind: 'area', x: 'day', y: 'price', color: 'country' }, undefined],
  ])('%j', async (wish, values) => {
    const { data } = await success<Plot>('plot_data', { key: 'orders.csv', ...wish });
    expect(data.points).toBeGreaterThan(0);
    expect(data.specification.data.values).toHaveLength(data.points);
    if (values) expect(data.specification.data.values).toEqual(values);
  });

  describe('of very many rows', () => {
    const count = 20_000;
    const peak = 4_321;
    beforeEach(() => {
      const rows = Array.from({ length: count }, (_, n) => {
        const value = n === 7_000 ? peak : n === 9_000 ? -peak : ((n * 7919) % 1000) / 7;
        return `${new Date(n * 60_000).toISOString()},${n % 15},${value},${'word'.repeat(8)}${(n * 31) % 900}`;
      });
      store.addObject({ bucket, key: 'long.csv' }, ['time,sensor,value,label', ...rows].join('\n'));
    });

    test.each([
      [{ kind: 'line', y: 'value', aggregate: 'max' }, /^Line .*, [\d,]+ of [\d,]+ points, from/],
      [
        { kind: 'area', y: 'value', color: 'label' },
        /of [\d,]+ points, from .*Only the 10 most frequent values of label/,
      ],
      [{ kind: 'line', y: 'value', color: 'sensor' }, /Only the 10 most frequent values of sensor are shown\./],
      [{ kind: 'scatter', x: 'time', y: 'value' }, /of 20,000 points, from .*A sample of the rows/],
      [{ kind: 'scatter', x: 'sensor', y: 'value', color: 'label' }, /Only the 10 most frequent values of label/],
      [{ kind: 'scatter', x: 'value', y: 'sensor', color: 'sensor' }, /A sample of the rows/],
      [{ kind: 'heatmap', x: 'value', y: 'sensor' }, /points, from/],
      [{ kind: 'heatmap', x: 'label', y: 'time' }, /points, from/],
      [{ kind: 'histogram', x: 'value', color: 'label' }, /points, from/],
      [{ kind: 'bar', x: 'label' }, /Only the 39 largest values of label are shown apart, all others as \(other\)\./],
      [{ kind: 'bar', x: 'label', y: 'value', color: 'sensor' }, /points, from/],
      [{ kind: 'pie', x: 'label' }, /all others as \(other\)/],
      [{ kind: 'box', x: 'label', y: 'value' }, /points, from/],
    ])('%j is a valid chart that can be recorded whole, and says what it leaves out', async (wish, said) => {
      const { data, summary } = await success<Plot>('plot_data', { key: 'long.csv', ...wish });
      expect(Buffer.byteLength(JSON.stringify(data.specification))).toBeLessThanOrEqual(7_680);
      expect(JSON.stringify({ summary, data }).length).toBeLessThan(8_192);
      expect(data.specification.data.values).toHaveLength(data.points);
      expect(data.points).toBeGreaterThan(9);
      expect(summary).toMatch(said);
      expect(compile(data.specification as never).spec.marks).not.toEqual([]);
    });

    test.each([
      { kind: 'line', y: 'value', aggregate: 'max' },
      { kind: 'scatter', x: 'time', y: 'value' },
    ])('%j keeps the highest value', async (wish) => {
      const { data } = await success<Plot>('plot_data', { key: 'long.csv', ...wish });
      const values = (data.specification.data.values as { y: number }[]).map(({ y }) => y);
      expect(Math.max(...values)).toBe(peak);
      if (wish.kind === 'scatter') expect(Math.min(...values)).toBe(-peak);
    });

    test('no row is lost among bars', async () => {
      const { data } = await success<Plot>('plot_data', { key: 'long.csv', kind: 'bar', x: 'label' });
      const values = (data.specification.data.values as { y: number }[]).map(({ y }) => y);
      expect(values.reduce((sum, value) => sum + value, 0)).toBe(count);
    });
  });

  test.each([
    [{ x: 'contry' }, { code: 'NotFound', hint: 'Did you mean country?' }],
    [
      { kind: 'line', x: 'day', y: 'country' },
      { code: 'NotANumber', hint: 'Numbers: price.' },
    ],
    [{ kind: 'scatter' }, { code: 'InvalidArgument' }],
  ])('%j is answered with the columns there are', async (wish, want) => {
    expect(await call('plot_data', { key: 'orders.csv', ...wish })).toMatchObject({ kind: 'error', ...want });
  });

  test('the edges of bins are numbers that people can read', async () => {
    const values = Array.from({ length: 200 }, (_, n) => (n / 50).toFixed(2));
    store.addObject({ bucket, key: 'fine.csv' }, ['ratio', ...values].join('\n'));
    const { data } = await success<Plot>('plot_data', { key: 'fine.csv', kind: 'histogram', x: 'ratio' });
    const edges = data.specification.data.values as readonly {
      readonly x: number;
      readonly x2: number;
      readonly y: number;
    }[];
    expect(edges.slice(0, 4).map(({ x, x2 }) => [x, x2])).toEqual([
      [0, 0.1],
      [0.1, 0.2],
      [0.2, 0.3],
      [0.3, 0.4],
    ]);
    expect(edges.reduce((sum, { y }) => sum + y, 0)).toBe(200);
  });

  test('columns without any value are no chart', async () => {
    store.addObject({ bucket, key: 'hollow.csv' }, 'day,price\n2026-01-01,\n2026-01-02,\n');
    expect(await call('plot_data', { key: 'hollow.csv', kind: 'histogram', x: 'price' })).toMatchObject({
      code: 'NoData',
    });
  });
});

describe('whatever is asked of a file', () => {
  const questions = { profile_dataset: {}, query_dataset: { sql: 'SELECT 1 FROM data' }, plot_data: {}, read_pdf: {} };
  const each = Object.entries(questions);

  test.each(each)('%s suggests the nearest key for one that is not there', async (tool, input) => {
    expect(await call(tool, { ...input, key: 'order.csv' })).toMatchObject({
      kind: 'error',
      code: 'NotFound',
      hint: expect.stringContaining('orders.csv') as string,
    });
  });

  test.each(each)('%s says when the file is nothing it can read', async (tool, input) => {
    expect(await call(tool, { ...input, key: 'notes.bin' })).toMatchObject({
      kind: 'error',
      code: tool === 'read_pdf' ? 'NotAPdf' : 'NotADataset',
      untrusted: true,
    });
  });

  test.each(each)('%s lets an outage of the store through', async (tool, input) => {
    const outage = new RetryableError('ObjectStoreUnavailable', 'the object store does not answer');
    store.failNext(outage);
    await expect(call(tool, { ...input, key: 'orders.csv' })).rejects.toBe(outage);
  });
});

test('a file that changes between the look at its size and its reading is refused', async () => {
  const changing = {
    store: async (scope: Parameters<FakeObjectStore['store']>[0]) => {
      const bound = await store.store(scope);
      const open: typeof bound.open = (read) => {
        store.addObject({ bucket, key: 'orders.csv' }, 'day\n2026-01-01\n');
        return bound.open(read);
      };
      return new Proxy(bound, {
        get: (target, name) => (name === 'open' ? open : (Reflect.get(target, name) as unknown)),
      });
    },
  };
  const engine = createDuckDbEngine({ clock: systemClock, spoolDirectory });
  const pdf = createPdfReader({ clock: systemClock });
  const tool = toolOf(createMinioAgent({ store: changing, engine, pdf }), 'profile_dataset');
  expect(await callTool(tool, { bucket, key: 'orders.csv' }, toolContext())).toMatchObject({
    kind: 'error',
    code: 'Changed',
  });
});
