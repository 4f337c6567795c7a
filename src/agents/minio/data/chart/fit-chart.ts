import type { Cell } from '../../../../backends/duckdb/dataset-engine.ts';
import type { ChartData, Row } from './chart-data.ts';
import { titleOf } from './chart-title.ts';
import type { Chart } from './chart.ts';
import { largestTriangles } from './largest-triangles.ts';
import { specificationOf } from './specification.ts';

/** Results are cut at 8,192 characters where they are recorded, and half a chart is none; the rest is for the words around it. */
const maximumBytes = 7_000;

export interface FittedChart {
  readonly specification: Record<string, unknown>;
  readonly title: string;
  /** Points that are drawn. */
  readonly points: number;
}

/** The chart with as many of its points as can be recorded. */
export function fitChart(chart: Chart, data: ChartData): FittedChart {
  const title = titleOf(chart, data);
  const drawn = (points: readonly Row[]) => specificationOf(chart, { ...data, points }, title);
  const whole = sizeOf(drawn(data.points)) > maximumBytes ? withShortColors(data.points) : data.points;
  let [points, specification] = [whole, drawn(whole)];
  for (let size = sizeOf(specification); size > maximumBytes && points.length > 1; size = sizeOf(specification)) {
    const count = Math.min(points.length - 1, Math.floor((points.length * maximumBytes) / size));
    points = fewer(chart, whole, Math.max(1, count));
    specification = drawn(points);
  }
  return { specification, title, points: points.length };
}

function sizeOf(specification: object): number {
  return Buffer.byteLength(JSON.stringify(specification));
}

/** Of lines those that show their course; of all others the first: they are the largest, or a sample. */
function fewer({ kind }: Chart, points: readonly Row[], count: number): readonly Row[] {
  if (kind !== 'line' && kind !== 'area') return points.slice(0, count);
  const lines = [...Map.groupBy(points, ({ color }) => color ?? null).values()];
  const kept = new Set(lines.flatMap((line) => course(line, Math.floor((count * line.length) / points.length))));
  return points.filter((point) => kept.has(point));
}

function course(line: readonly Row[], count: number): readonly Row[] {
  const places = line.map(({ x = null, y = null }, position) => ({ x: placeOf(x, position), y: Number(y) }));
  return largestTriangles(places, count)
    .map((position) => line[position])
    .filter((row) => row !== undefined);
}

function placeOf(x: Cell, position: number): number {
  const place = typeof x === 'string' ? Date.parse(x) : Number(x);
  return Number.isNaN(place) ? position : place;
}

const colorCharacters = 24;

/** Colours stand at every point: of long ones beginning and end will do, where that leaves them different. */
function withShortColors(points: readonly Row[]): readonly Row[] {
  const colors = [...new Set(points.map(({ color }) => color))].filter((color) => typeof color === 'string');
  const short = new Map(colors.map((color) => [color, shortened(color)]));
  if (new Set(short.values()).size < short.size) return points;
  return points.map((point) => {
    const { color } = point;
    return typeof color === 'string' ? { ...point, color: short.get(color) ?? color } : point;
  });
}

function shortened(text: string): string {
  const half = colorCharacters / 2;
  return text.length <= colorCharacters ? text : `${text.slice(0, half - 1)}…${text.slice(-half)}`;
}
