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
const places = { line: 400, area: 400, bar: 40, histogram: 40, pie: 12, box: 30, heatmap: 40, scatter: 0 } as const;

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
    const room = Math.min(places[chart.kind], Math.floor(maximumPoints / colors.count));
    const axis = await axisFor(dataset, chart.x, room);
    const limited = axis.kind === 'category' ? await largestPlaces(dataset, chart, axis) : { where: [], notes: [] };
    const points = await rowsOf(
      dataset,
      `SELECT ${axis.sql} AS x, ${colors.sql === undefined ? '' : `${colors.sql} AS color, `}
         ${valueSql(chart)} AS y, count(*) AS n
       FROM data WHERE ${[`${axis.sql} IS NOT NULL`, ...colors.where, ...limited.where].join(' AND ')}
       GROUP BY ALL HAVING y IS NOT NULL ORDER BY ${axis.kind === 'category' ? 'y DESC, x' : 'x'}
       LIMIT ${maximumPoints}`,
    );
    return {
      x: axis,
      combined: points.some(({ n }) => Number(n) > 1),
      points: points.map((point) => drawn(point, axis)),
      notes: [...colors.notes, ...limited.notes],
    };
  };
}

type Row = Readonly<Record<string, Cell>>;

/** A bin has an end; how many rows came together is not drawn. */
function drawn(row: Row, axis: Axis): Row {
  const point = Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'n'));
  return axis.kind === 'bin' ? { ...point, x2: neat(Number(row['x']) + axis.width) } : point;
}

/** A chart has room for so many categories: those with the largest values. */
async function largestPlaces(dataset: Dataset, chart: Chart, axis: Axis) {
  const room = places[chart.kind];
  const ranked = await rowsOf(
    dataset,
    `SELECT ${axis.sql} AS place, ${valueSql(chart)} AS y FROM data WHERE ${axis.sql} IS NOT NULL
     GROUP BY ALL HAVING y IS NOT NULL ORDER BY y DESC, place LIMIT ${room + 1}`,
  );
  if (ranked.length <= room) return { where: [], notes: [] };
  const shown = ranked.slice(0, room).map(({ place }) => literal(place as string));
  return {
    where: [`${axis.sql} IN (${shown.join(', ')})`],
    notes: [`Only the ${room} largest values of ${axis.column.name} are shown.`],
  };
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

/** A sample that is the same each time: the rows whose values have the smallest hashes. */
async function scatterData(dataset: Dataset, { x, y, color }: Chart): Promise<ChartData> {
  if (!x || !y) return nothing;
  const axis: Axis =
    x.kind === 'number' ? { kind: 'value', column: x, sql: numberSql(x) } : await axisOf(dataset, x, maximumPoints);
  const colors = color?.kind === 'number' ? plainColor(color) : await colorsOf(dataset, color);
  const value = numberSql(y);
  const points = await rowsOf(
    dataset,
    `SELECT ${axis.sql} AS x, ${value} AS y${colors.sql === undefined ? '' : `, ${colors.sql} AS color`} FROM data
     WHERE ${[`${axis.sql} IS NOT NULL`, `${value} IS NOT NULL`, ...colors.where].join(' AND ')}
     ORDER BY hash(${axis.sql}, ${value}) LIMIT ${maximumPoints + 1}`,
  );
  const sampled = points.length > maximumPoints ? [`A sample of ${maximumPoints} rows is shown.`] : [];
  return { x: axis, points: points.slice(0, maximumPoints), combined: false, notes: [...colors.notes, ...sampled] };
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

/** 0.3 instead of 0.30000000000000004, which is what steps of 0.1 add up to. */
function neat(value: Cell): Cell {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(12)) : value;
}
