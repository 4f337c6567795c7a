import type { ColumnKind, DatasetColumn } from '../../../../backends/duckdb/dataset-engine.ts';
import { found, missed, type Found } from '../../../found.ts';
import { didYouMean } from '../../../nearest-names.ts';
import type { Aggregate, Chart, ChartKind, ChartWish } from './chart.ts';

type Columns = readonly DatasetColumn[];

interface Named {
  readonly x?: DatasetColumn;
  readonly y?: DatasetColumn;
  readonly color?: DatasetColumn;
}

/** Fills in what was left open, from the kinds of the columns. */
export function chooseChart(columns: Columns, wish: ChartWish): Found<Chart> {
  const named = nameColumns(columns, wish);
  if (!named.ok) return named;
  const kind = wish.kind ?? kindFor(columns, named.value);
  const axes = axesOf[kind](columns, named.value);
  if (!axes.ok) return axes;
  const { color } = named.value;
  const aggregate = wish.aggregate ?? usualAggregate(kind, axes.value.y);
  if (!axes.value.y && aggregate !== 'count' && kind !== 'histogram')
    return missed('InvalidArgument', `${aggregate} needs a column of numbers as y.`, numbersHint(columns));
  return found({ kind, aggregate, ...axes.value, ...(color && { color }) });
}

/** Shares of a whole are sums; anything else that comes together at a place is averaged. */
function usualAggregate(kind: ChartKind, y: DatasetColumn | undefined): Aggregate {
  if (!y || kind === 'heatmap') return 'count';
  return kind === 'pie' ? 'sum' : 'mean';
}

function nameColumns(columns: Columns, { x, y, color }: ChartWish): Found<Named> {
  const named: { x?: DatasetColumn; y?: DatasetColumn; color?: DatasetColumn } = {};
  for (const [place, name] of Object.entries({ x, y, color }) as ['x' | 'y' | 'color', string | undefined][]) {
    if (name === undefined) continue;
    const column = columnNamed(columns, name);
    if (!column.ok) return column;
    named[place] = column.value;
  }
  return found(named);
}

function columnNamed(columns: Columns, name: string): Found<DatasetColumn> {
  const same = columns.find((column) => column.name === name);
  if (same) return found(same);
  const alike = columns.filter((column) => column.name.toLowerCase() === name.toLowerCase());
  const [only] = alike;
  if (only && alike.length === 1) return found(only);
  const names = columns.map((column) => column.name);
  const hint = didYouMean(name, names) ?? `Columns: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}.`;
  return missed('NotFound', `The data set has no column ${name}.`, hint);
}

function kindFor(columns: Columns, { x, y }: Named): ChartKind {
  if (x && y) return kindForBoth(x.kind, y.kind);
  const only = x ?? y;
  if (only) return kindForOne(columns, only, y !== undefined);
  if (first(columns, 'number')) return first(columns, 'time') ? 'line' : 'histogram';
  return 'bar';
}

function kindForBoth(x: ColumnKind, y: ColumnKind): ChartKind {
  if (y !== 'number') return x === 'number' ? 'bar' : 'heatmap';
  if (x === 'time') return 'line';
  return x === 'number' ? 'scatter' : 'bar';
}

function kindForOne(columns: Columns, { kind }: DatasetColumn, vertical: boolean): ChartKind {
  if (kind === 'number') return vertical && first(columns, 'time') ? 'line' : 'histogram';
  return kind === 'time' ? 'line' : 'bar';
}

type Axes = Found<{ readonly x?: DatasetColumn; readonly y?: DatasetColumn }>;

const axesOf: Readonly<Record<ChartKind, (columns: Columns, named: Named) => Axes>> = {
  line: overX,
  area: overX,
  bar: (columns, { x, y }) => {
    const across = x ?? (y && y.kind !== 'number' ? y : firstCategory(columns));
    return withNumber(columns, across, y === across ? undefined : y);
  },
  pie: (columns, { x, y, color }) => {
    const across = x ?? color ?? (y && y.kind !== 'number' ? y : firstCategory(columns));
    return withNumber(columns, across, y === across ? undefined : y);
  },
  scatter: (columns, { x, y }) => {
    const across = x ?? first(columns, 'number', y);
    const up = y ?? first(columns, 'number', across);
    return up ? withNumber(columns, across, up) : notEnough(columns, 'A scatter chart needs two columns of numbers.');
  },
  histogram: (columns, { x, y }) => {
    const across = x ?? y ?? first(columns, 'number') ?? columns[0];
    return across ? found({ x: across }) : notEnough(columns, 'There is no column to draw.');
  },
  box: (columns, { x, y }) => {
    const [group, up] = !y && x?.kind === 'number' ? [undefined, x] : [x, y ?? first(columns, 'number', x)];
    if (!up) return notEnough(columns, 'A box chart needs a column of numbers.');
    return up.kind === 'number' ? found({ y: up, ...(group && { x: group }) }) : notANumber(columns, up);
  },
  heatmap: (columns, { x, y }) => {
    const across = x ?? firstCategory(columns, y);
    const up = y ?? firstCategory(columns, across);
    return across && up ? found({ x: across, y: up }) : notEnough(columns, 'A heat map needs two columns.');
  },
};

function overX(columns: Columns, { x, y }: Named): Axes {
  const across = x ?? first(columns, 'time', y) ?? first(columns, 'number', y);
  // A column alone over time is counted; without any wish the first numbers are drawn.
  return withNumber(columns, across, y ?? (x ? undefined : first(columns, 'number', across)));
}

function withNumber(columns: Columns, x: DatasetColumn | undefined, y: DatasetColumn | undefined): Axes {
  if (!x) return notEnough(columns, 'There is no column for the horizontal axis.');
  if (y && y.kind !== 'number') return notANumber(columns, y);
  return found({ x, ...(y && { y }) });
}

/** Numbers that only tell rows apart are the last choice. */
function first(columns: Columns, kind: ColumnKind, but?: DatasetColumn): DatasetColumn | undefined {
  const fitting = columns.filter((column) => column.kind === kind && column !== but);
  return fitting.find(({ name }) => !/^(id|index|nr|no|row|column0|unnamed.*)$|[_ -]id$/i.test(name)) ?? fitting[0];
}

function firstCategory(columns: Columns, but?: DatasetColumn): DatasetColumn | undefined {
  const others = columns.filter((column) => column !== but);
  return first(others, 'text') ?? first(others, 'boolean') ?? first(others, 'time') ?? others[0];
}

function notANumber(columns: Columns, { name, type }: DatasetColumn): Found<never> {
  return missed('NotANumber', `Column ${name} is ${type}; the vertical axis needs numbers.`, numbersHint(columns));
}

function notEnough(columns: Columns, message: string): Found<never> {
  return missed('InvalidArgument', message, numbersHint(columns));
}

function numbersHint(columns: Columns): string {
  const names = columns.filter(({ kind }) => kind === 'number').map(({ name }) => name);
  return names.length === 0 ? 'The data set has no numbers.' : `Numbers: ${names.slice(0, 20).join(', ')}.`;
}
