import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { profileOf } from '../../../src/agents/minio/data/profile.ts';
import { fixtureSource, startEngine, textSource, type EngineUnderTest } from './dataset-files.ts';

let world: EngineUnderTest;
beforeAll(async () => {
  world = await startEngine();
});
afterAll(() => world.end());

const customerTypes = ['BIGINT', 'DOUBLE', 'VARCHAR', 'DOUBLE', 'BOOLEAN', 'DATE'];
const german = ['DOUBLE', 'VARCHAR', 'DATE'];

describe('files that pandas and pyarrow wrote are read as they were meant', () => {
  const files: Record<string, { format: string; rows: number; types: readonly string[]; rejected?: number }> = {
    'customers.csv': { format: 'CSV', rows: 300, types: customerTypes },
    'customers.csv.gz': { format: 'CSV', rows: 300, types: customerTypes },
    'customers.tsv': { format: 'TSV', rows: 300, types: customerTypes },
    'customers.jsonl': { format: 'JSONL', rows: 50, types: customerTypes },
    'customers.parquet': {
      format: 'Parquet',
      rows: 200,
      types: [...customerTypes.slice(0, 5), 'TIMESTAMP WITH TIME ZONE'],
    },
    'records.json.gz': { format: 'JSON', rows: 3, types: [...customerTypes.slice(0, 5), 'VARCHAR'] },
    'excel-german.csv': { format: 'CSV', rows: 4, types: german },
    'latin-1.csv': { format: 'CSV', rows: 4, types: german },
    'utf-16.csv': { format: 'CSV', rows: 4, types: german },
    'pipe.csv': { format: 'CSV', rows: 4, types: german },
    'caret.csv': { format: 'CSV', rows: 4, types: german },
    'bad-rows.csv': { format: 'CSV', rows: 97, types: customerTypes, rejected: 3 },
    'bad-lines.jsonl': { format: 'JSONL', rows: 48, types: customerTypes, rejected: 2 },
    'late-surprise.csv.gz': { format: 'CSV', rows: 30_000, types: ['BIGINT', 'VARCHAR', 'VARCHAR'] },
  };
  test.each(Object.entries(files))('%s', async (name, { format, rows, types, rejected = 0 }) => {
    await world.engine.withDataset(await fixtureSource(name), async (dataset) => {
      expect(dataset.format).toBe(format);
      expect(dataset.columns.map(({ type }) => type)).toEqual(types);
      const profile = await profileOf(dataset);
      expect(profile.rows).toBe(rows);
      expect(profile.rejected.count).toBe(rejected);
    });
  });
});

test.each(['excel-german.csv', 'latin-1.csv', 'utf-16.csv', 'pipe.csv', 'caret.csv'])(
  'quotes, line ends, umlauts, decimal commas and empty fields of %s are kept',
  async (name) => {
    await world.engine.withDataset(await fixtureSource(name), async (dataset) => {
      expect(dataset.columns.map((column) => column.name)).toEqual(['Größe', 'Name', 'Datum']);
      const { rows } = await dataset.select('SELECT "Größe", "Name", "Datum" FROM data ORDER BY "Datum"');
      expect(rows).toEqual([
        [1.75, 'Müller; Söhne', '2026-01-01'],
        [2.5, 'a "quoted" word', '2026-01-02'],
        [-3.25, 'two\nlines', '2026-01-03'],
        [null, null, '2026-01-04'],
      ]);
    });
  },
);

test('each type that pyarrow writes has a value, a kind and a profile', async () => {
  await world.engine.withDataset(await fixtureSource('types.parquet'), async (dataset) => {
    expect(dataset.columns.map(({ name, kind }) => `${name}: ${kind}`)).toEqual([
      'small: number',
      'unsigned: number',
      'price: number',
      'ratio: number',
      'label: text',
      'day: time',
      'moment: time',
      'moment_tz: time',
      'clock: text',
      'tags: other',
      'place: other',
      'bytes: other',
      'nothing: number',
      'odd "name", with; signs: boolean',
    ]);
    const { rows } = await dataset.select('SELECT * FROM data ORDER BY day LIMIT 1');
    expect(rows).toEqual([
      [
        1,
        1,
        '1.10',
        0.5,
        'a',
        '2026-01-01',
        '2023-11-14 22:13:20.000000001',
        '2023-11-14 22:13:20+00',
        '12:30:00',
        ['x', 'y'],
        { city: 'Köln', at: { lat: 50.9, lon: 6.9 } },
        '\\x00\\xFF',
        null,
        true,
      ],
    ]);
    const { columns } = await profileOf(dataset);
    expect(columns.map(({ name, nulls, min, max }) => ({ name, nulls, min, max }))).toMatchObject([
      { name: 'small', nulls: 1, min: '-3', max: '1' },
      { name: 'unsigned', nulls: 0, min: '1', max: '18446744073709551615' },
      { name: 'price', nulls: 1, min: '1.10', max: '2.20' },
      // Neither NaN nor infinity is a largest value.
      { name: 'ratio', nulls: 0, min: '0.5', max: '0.5' },
      { name: 'label', nulls: 0, min: 'a', max: 'b' },
      { name: 'day', nulls: 0, min: '2026-01-01', max: '2026-01-03' },
      { name: 'moment', nulls: 0 },
      { name: 'moment_tz', nulls: 1 },
      { name: 'clock', nulls: 1, max: '23:59:59' },
      { name: 'tags', nulls: 1 },
      { name: 'place', nulls: 1 },
      { name: 'bytes', nulls: 1 },
      { name: 'nothing', nulls: 3 },
      { name: 'odd "name", with; signs', nulls: 1 },
    ]);
  });
});

test('a thousand columns are listed, and the first two hundred described', async () => {
  await world.engine.withDataset(await fixtureSource('wide.csv'), async (dataset) => {
    expect(dataset.columns).toHaveLength(1_000);
    const profile = await profileOf(dataset);
    expect(profile).toMatchObject({ rows: 20, totalColumns: 1_000 });
    expect(profile.columns).toHaveLength(200);
    expect(profile.columns[199]).toMatchObject({ name: 'f199', nulls: 0, distinct: 20 });
  });
});

test('what is wrong with the first bad line is told', async () => {
  await world.engine.withDataset(await fixtureSource('bad-rows.csv'), async (dataset) => {
    const { rejected } = await profileOf(dataset);
    expect(rejected).toEqual({ count: 3, atLeast: false, example: 'line 11: Expected Number of Columns: 6 Found: 3' });
  });
});

describe('texts that people write by hand', () => {
  const texts: Record<string, { text: string; columns: readonly string[]; rows: readonly unknown[] }> = {
    'without a header': {
      text: '1,2\n3,4\n',
      columns: ['column0', 'column1'],
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
    'with a header only': { text: 'a,b\n', columns: ['a', 'b'], rows: [] },
    'one column': { text: 'n\n1\n2\n', columns: ['n'], rows: [[1], [2]] },
    'the same name twice and no name': { text: 'a,a,\n1,2,3\n', columns: ['a', 'a_1', 'column2'], rows: [[1, 2, 3]] },
    'the last line without an end': {
      text: 'a,b\n1,2\n3,4',
      columns: ['a', 'b'],
      rows: [
        [1, 2],
        [3, 4],
      ],
    },
    'line ends of Windows': { text: 'a,b\r\n1,2\r\n', columns: ['a', 'b'], rows: [[1, 2]] },
    'words for what is missing': {
      text: 'a,b\n1,NA\n2,N/A\n3,null\n4,5\n',
      columns: ['a', 'b'],
      rows: [
        [1, null],
        [2, null],
        [3, null],
        [4, 5],
      ],
    },
    'a name that is SQL': {
      text: 'a\'); DROP VIEW data; --,"b""c"\n1,2\n',
      columns: ["a'); DROP VIEW data; --", 'b"c'],
      rows: [[1, 2]],
    },
  };
  test.each(Object.entries(texts))('%s', async (_what, { text, columns, rows }) => {
    await world.engine.withDataset(textSource('by-hand.csv', text), async (dataset) => {
      expect(dataset.columns.map(({ name }) => name)).toEqual(columns);
      expect((await dataset.select('FROM data ORDER BY 1')).rows).toEqual(rows);
      expect((await profileOf(dataset)).rows).toBe(rows.length);
    });
  });
});

describe('JSON that is no list of lines', () => {
  test.each([
    ['one object', '{\n  "a": 1,\n  "b": {"c": [1, 2]}\n}\n', [[1, { c: [1, 2] }]]],
    [
      'several objects',
      '{\n"a": 1, "b": null}\n{"a": 2,\n"b": "x"}\n',
      [
        [1, null],
        [2, 'x'],
      ],
    ],
    [
      'an array',
      '[{"a": 1, "b": true},\n {"a": 2, "b": false}]',
      [
        [1, true],
        [2, false],
      ],
    ],
  ])('%s', async (_what, text, rows) => {
    await world.engine.withDataset(textSource('settings.json', text), async (dataset) => {
      expect(dataset.format).toBe('JSON');
      const { rows: read } = await dataset.select('FROM data ORDER BY a');
      expect(JSON.parse(JSON.stringify(read).replaceAll(/"([0-9]+)"/g, '$1'))).toEqual(rows);
      expect((await profileOf(dataset)).rows).toBe(rows.length);
    });
  });
});
