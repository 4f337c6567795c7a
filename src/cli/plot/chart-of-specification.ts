import type { Bar, Chart, ChartSeries } from '../display/chart.ts';
import { type Channel, type Encoding, type Row, type Specification, type Unit, unitsOf } from './specification.ts';

/** The sketch of a chart; undefined where characters cannot show what it shows. */
export function chartOfSpecification(spec: Specification): Chart | undefined {
  const units = unitsOf(spec);
  const [first, second, third] = units;
  if (!first) return undefined;
  const parts: Parts = { title: spec.title ?? '', rows: first.data.values, encoding: first.encoding ?? {} };
  // The summary of a group in three layers: its ends, its middle half, its median.
  if (units.map(({ mark }) => mark.type).join(' ') === 'rule bar tick') {
    return boxes(parts, second?.encoding ?? {}, third?.encoding ?? {});
  }
  return sketches[first.mark.type]?.(parts);
}

const sketches: Readonly<Partial<Record<Unit['mark']['type'], (parts: Parts) => Chart>>> = {
  line: (parts) => plot('lines', parts),
  area: (parts) => plot('lines', parts),
  point: (parts) => {
    const { x, y } = parts.encoding;
    return isNumeric(x) && isNumeric(y) ? plot('points', parts) : bars(parts);
  },
  bar: bars,
  arc: shares,
  rect: cells,
};

interface Parts {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly encoding: Encoding;
}

function isNumeric(channel: Channel | undefined): boolean {
  return channel?.type === 'quantitative' || channel?.type === 'temporal';
}

function titleOf(channel: Channel | undefined): string {
  return channel?.title === null ? '' : (channel?.title ?? channel?.field ?? '');
}

function valueOf(row: Row, channel: Channel | undefined): Row[string] | undefined {
  return channel?.field === undefined ? undefined : row[channel.field];
}

function textOf(row: Row, channel: Channel | undefined): string {
  const value = valueOf(row, channel);
  return value === undefined || value === null ? '' : String(value);
}

function numberOf(row: Row, channel: Channel | undefined): number {
  const value = valueOf(row, channel);
  if (channel?.type === 'temporal' && typeof value === 'string') return Date.parse(`${value}${zone(value)}`);
  return typeof value === 'number' ? value : NaN;
}

/** Times without a zone are those of the data, which a chart shows as they are. */
function zone(time: string): string {
  return /T\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(time) ? 'Z' : '';
}

function plot(kind: 'lines' | 'points', { title, rows, encoding }: Parts): Chart {
  const { x, y, color } = encoding;
  const names = isNumeric(x) ? undefined : [...new Set(rows.map((row) => textOf(row, x)))];
  const series = new Map<string, { x: number; y: number }[]>();
  for (const row of rows) {
    // A colour of numbers is a shade, not a group.
    const name = color && !isNumeric(color) ? textOf(row, color) : '';
    const points = series.get(name) ?? [];
    points.push({ x: names ? names.indexOf(textOf(row, x)) : numberOf(row, x), y: numberOf(row, y) });
    series.set(name, points);
  }
  return {
    kind,
    title,
    x: { title: titleOf(x), isTime: x?.type === 'temporal', ...(names && { names }) },
    y: { title: titleOf(y) },
    series: [...series].map(([name, points]): ChartSeries => ({ name, points })),
  };
}

/** Lying bars, whatever the chart says: labels need room to the side. */
function bars({ title, rows, encoding }: Parts): Chart {
  const { x, y, x2, color } = encoding;
  const isLying = isNumeric(x) && !isNumeric(y);
  const [value, label] = isLying ? [x, y] : [y, x];
  const all = rows.map((row): Bar => {
    const end = isLying ? undefined : valueOf(row, x2);
    const name = label?.bin && end !== undefined ? `${textOf(row, label)} to ${String(end)}` : textOf(row, label);
    return { label: name, value: numberOf(row, value), ...(color && { group: textOf(row, color) }) };
  });
  const isLogarithmic = value?.scale?.type === 'log' && all.every((bar) => bar.value > 0);
  return { kind: 'bars', title, labelTitle: titleOf(label), valueTitle: titleOf(value), bars: all, isLogarithmic };
}

function shares({ title, rows, encoding: { theta, color } }: Parts): Chart {
  const all = rows.map((row) => ({ label: textOf(row, color), value: numberOf(row, theta) }));
  return { kind: 'bars', title, labelTitle: titleOf(color), valueTitle: titleOf(theta), bars: all, isShare: true };
}

function cells({ title, rows, encoding: { x, y, color } }: Parts): Chart {
  return {
    kind: 'cells',
    title,
    columnTitle: titleOf(x),
    rowTitle: titleOf(y),
    columns: placesOf(rows, x),
    rows: placesOf(rows, y),
    cells: rows.map((row) => ({ column: textOf(row, x), row: textOf(row, y), value: numberOf(row, color) })),
  };
}

/** In the order that the chart asks for; numbers by size. */
function placesOf(rows: readonly Row[], channel: Channel | undefined): readonly string[] {
  const places = [...new Set(rows.map((row) => textOf(row, channel)))];
  const { sort } = channel ?? {};
  if (Array.isArray(sort)) {
    const order = sort.map(String);
    return places.toSorted((left, right) => order.indexOf(left) - order.indexOf(right));
  }
  if (sort === null) return places;
  const areNumbers = places.every((place) => place !== '' && !Number.isNaN(Number(place)));
  const sorted = areNumbers ? places.toSorted((left, right) => Number(left) - Number(right)) : places.toSorted();
  return sort === 'descending' ? sorted.toReversed() : sorted;
}

function boxes({ title, rows, encoding: ends }: Parts, half: Encoding, median: Encoding): Chart {
  return {
    kind: 'boxes',
    title,
    labelTitle: titleOf(ends.x),
    valueTitle: titleOf(ends.y),
    boxes: rows.map((row) => ({
      label: textOf(row, ends.x),
      lowest: numberOf(row, ends.y),
      highest: numberOf(row, ends.y2),
      firstQuartile: numberOf(row, half.y),
      thirdQuartile: numberOf(row, half.y2),
      median: numberOf(row, median.y),
    })),
  };
}
