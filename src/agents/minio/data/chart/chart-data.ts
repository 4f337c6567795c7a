import type { Cell, Dataset, DatasetColumn } from '../../../../backends/duckdb/dataset-engine.ts';
import { identifier, literal } from '../../../../backends/duckdb/sql-text.ts';
import { quantileSql } from '../quantile.ts';
import { axisOf, binnedAxis, categoryAxis, numberSql, type Axis } from './axis.ts';
import { maximumPoints, type Aggregate, type Chart } from './chart.ts';

/** The points of a chart, as they are drawn. */
export interface ChartData {
  readonly points: readonly Row[];
  readonly x?: Axis;
  /** Of a heat map only. */
  readonly y?: Axis;
  /** Points there are, where not all were read. */
  readonly total?: number;
  /** Several rows came together at one place. */
  readonly combined: boolean;
  /** What does not show in the chart, in whole sentences. */
  readonly notes: readonly string[];
}

interface Colors {
  /** SQL of the colour of a row; undefined without one. */
  readonly sql: string | undefined;
  readonly where: readonly string[];
  readonly count: number;
  readonly notes: readonly string[];
}

const colorCount = 10;
const places = {
  line: 2_000,
  area: 2_000,
  bar: 40,
  histogram: 40,
  pie: 12,
  box: 30,
  heatmap: 12,
  scatter: 300,
} as const;
/** So many bars fit with their colours. */
const maximumBars = 80;
const rest = '(other)';

export function chartData(dataset: Dataset, chart: Chart): Promise<ChartData> {
  return drawers[chart.kind](dataset, chart);
}

const nothing: ChartData = { points: [], combined: false, notes: [] };

type Drawer = (dataset: Dataset, chart: Chart) => Promise<ChartData>;

const drawers: Readonly<Record<Chart['kind'], Drawer>> = {
  line: valuesAlong(axisOf),
  area: valuesAlong(axisOf),
  bar: valuesAlong(axisOf),
  histogram: valuesAlong(binnedAxis),
  pie: valuesAlong((_dataset, column) => Promise.resolve(categoryAxis(column))),
  scatter: scatterData,
  box: boxData,
  heatmap: heatmapData,
};

/** One value for each place (and colour). */
function valuesAlong(axisFor: typeof axisOf): Drawer {
  return async (dataset, chart) => {
    if (!chart.x) return nothing;
    const colors = await colorsOf(dataset, chart.kind === 'pie' ? undefined : chart.color);
    const most = chart.kind === 'line' || chart.kind === 'area' ? maximumPoints : maximumBars;
    const room = Math.min(places[chart.kind], Math.floor(most / Math.max(1, colors.count)));
    const whole = await axisFor(dataset, chart.x, room);
    const { axis, notes } =
      whole.kind === 'category'
        ? await largestPlaces(dataset, chart, { axis: whole, room })
        : { axis: whole, notes: [] };
    const points = await rowsOf(
      dataset,
      `SELECT ${axis.sql} AS x, ${colors.sql === undefined ? '' : `${colors.sql} AS color, `}
         ${valueSql(chart)} AS y, count(*) AS n
       FROM data WHERE ${[`${axis.sql} IS NOT NULL`, ...colors.where].join(' AND ')}
       GROUP BY ALL HAVING y IS NOT NULL ORDER BY ${axis.kind === 'category' ? 'y DESC, x' : 'x'}
       LIMIT ${maximumPoints}`,
    );
    return {
      x: axis,
      combined: points.some(({ n }) => Number(n) > 1),
      points: points.map((point) => drawn(point, axis)),
      notes: [...colors.notes, ...notes],
    };
  };
}

export type Row = Readonly<Record<string, Cell>>;

/** A bin has an end; how many rows came together is not drawn. */
function drawn(row: Row, axis: Axis): Row {
  const point = Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'n'));
  return axis.kind === 'bin' ? { ...point, x2: neat(Number(row['x']) + axis.width) } : point;
}

/** A chart has room for so many categories: those with the largest values, and one for all others. */
async function largestPlaces(dataset: Dataset, chart: Chart, { axis, room }: { axis: Axis; room: number }) {
  const ranked = await rowsOf(
    dataset,
    `SELECT ${axis.sql} AS place, ${valueSql(chart)} AS y FROM data WHERE ${axis.sql} IS NOT NULL
     GROUP BY ALL HAVING y IS NOT NULL ORDER BY y DESC, place LIMIT ${room + 1}`,
  );
  if (ranked.length <= room) return { axis, notes: [] };
  const shown = ranked.slice(0, room - 1).map(({ place }) => literal(place as string));
  const sql = `CASE WHEN ${axis.sql} IN (${shown.join(', ')}) THEN ${axis.sql} WHEN ${axis.sql} IS NOT NULL THEN ${literal(rest)} END`;
  const notes = [
    `Only the ${shown.length} largest values of ${axis.column.name} are shown apart, all others as ${rest}.`,
  ];
  return { axis: { ...axis, sql }, notes };
}

async function heatmapData(dataset: Dataset, { x, y }: Chart): Promise<ChartData> {
  if (!x || !y) return nothing;
  const across = await binnedAxis(dataset, x, places.heatmap);
  const up = await binnedAxis(dataset, y, places.heatmap);
  const points = await rowsOf(
    dataset,
    `SELECT ${across.sql} AS x, ${up.sql} AS y, count(*) AS value FROM data
     WHERE ${across.sql} IS NOT NULL AND ${up.sql} IS NOT NULL
     GROUP BY ALL ORDER BY value DESC, x, y LIMIT ${maximumPoints}`,
  );
  const notes = points.length < maximumPoints ? [] : [`Only the ${maximumPoints} fullest cells are shown.`];
  return { x: across, y: up, points, combined: true, notes };
}

/** Five numbers for each group. */
async function boxData(dataset: Dataset, { x, y }: Chart): Promise<ChartData> {
  if (!y) return nothing;
  const axis = x && categoryAxis(x);
  const value = numberSql(y);
  const quantile = (at: string) => quantileSql(dataset, value, at);
  const points = await rowsOf(
    dataset,
    `SELECT ${axis ? axis.sql : "''"} AS x, min(${value}) AS lowest, ${quantile('0.25')} AS first_quartile,
       ${quantile('0.5')} AS median, ${quantile('0.75')} AS third_quartile, max(${value}) AS highest
     FROM data GROUP BY ALL HAVING median IS NOT NULL AND x IS NOT NULL
     ORDER BY count(*) DESC, x LIMIT ${places.box + 1}`,
  );
  const shown = points.slice(0, places.box);
  const notes = shown.length === points.length ? [] : [`Only the ${places.box} most frequent groups are shown.`];
  return { points: shown, combined: true, notes, ...(axis && { x: axis }) };
}

/** The ends of both axes, and a sample that is the same each time: the rows whose values have the smallest hashes. */
async function scatterData(dataset: Dataset, { x, y, color }: Chart): Promise<ChartData> {
  if (!x || !y) return nothing;
  const axis: Axis =
    x.kind === 'number' ? { kind: 'value', column: x, sql: numberSql(x) } : await axisOf(dataset, x, maximumPoints);
  const colors = color?.kind === 'number' ? plainColor(color) : await colorsOf(dataset, color);
  const fields = { x: axis.sql, y: numberSql(y), ...(colors.sql !== undefined && { color: colors.sql }) };
  const from = `FROM data WHERE ${[`${fields.x} IS NOT NULL`, `${fields.y} IS NOT NULL`, ...colors.where].join(' AND ')}`;
  const { ends, total } = await endsOf(dataset, fields, from);
  const selected = Object.entries(fields).map(([name, sql]) => `${sql} AS ${name}`);
  const sample = await rowsOf(
    dataset,
    `SELECT ${selected.join(', ')} ${from} ORDER BY hash(${fields.x}, ${fields.y}) LIMIT ${places.scatter}`,
  );
  const isSample = total > sample.length;
  const notes = isSample ? ['A sample of the rows is shown, with the ends of both axes.'] : [];
  const points = isSample ? [...ends, ...sample] : sample;
  return { x: axis, points, total, combined: false, notes: [...colors.notes, ...notes] };
}

/** Rows with the smallest and the largest value on either axis, and how many rows there are; read in one pass. */
async function endsOf(dataset: Dataset, fields: { readonly x: string; readonly y: string }, from: string) {
  const names = Object.keys(fields);
  const ways = ['arg_min', 'arg_max'].flatMap((pick) => [fields.x, fields.y].map((by) => ({ pick, by })));
  const picked = ways.flatMap(({ pick, by }, way) =>
    Object.entries(fields).map(([name, sql]) => `${pick}(${sql}, ${by}) AS ${name}${way}`),
  );
  const [row = {}] = await rowsOf(dataset, `SELECT count(*) AS n, ${picked.join(', ')} ${from}`);
  const ends = ways.map((_way, way) => Object.fromEntries(names.map((name) => [name, row[`${name}${way}`] ?? null])));
  return { ends, total: Number(row['n']) };
}

function plainColor(column: DatasetColumn): Colors {
  return { sql: numberSql(column), where: [], count: 1, notes: [] };
}

/** The most frequent values; a legend has no room for more. */
async function colorsOf(dataset: Dataset, column: DatasetColumn | undefined): Promise<Colors> {
  if (!column) return { sql: undefined, where: [], count: 1, notes: [] };
  const { sql } = categoryAxis(column);
  const ranked = await rowsOf(
    dataset,
    `SELECT ${sql} AS color FROM data WHERE ${sql} IS NOT NULL
     GROUP BY ALL ORDER BY count(*) DESC, color LIMIT ${colorCount + 1}`,
  );
  const shown = ranked.slice(0, colorCount).map(({ color }) => literal(color as string));
  const notes =
    shown.length < ranked.length ? [`Only the ${colorCount} most frequent values of ${column.name} are shown.`] : [];
  const where = shown.length === 0 ? 'false' : `${sql} IN (${shown.join(', ')})`;
  return { sql, where: [where], count: shown.length, notes };
}

const functions: Readonly<Record<Aggregate, string>> = {
  count: 'count',
  sum: 'sum',
  mean: 'avg',
  median: 'median',
  min: 'min',
  max: 'max',
};

function valueSql({ kind, y, aggregate }: Chart): string {
  if (!y || kind === 'histogram') return 'count(*)';
  return aggregate === 'count' ? `count(${identifier(y.name)})` : `${functions[aggregate]}(${numberSql(y)})`;
}

async function rowsOf(dataset: Dataset, sql: string): Promise<readonly Row[]> {
  const { columns, rows } = await dataset.select(sql);
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, neat(row[index] ?? null)])));
}

/** As many digits as anybody sees: 0.3 instead of 0.30000000000000004, which is what steps of 0.1 add up to. */
function neat(value: Cell): Cell {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(8)) : value;
}
