import type { Axis } from './axis.ts';
import type { ChartData } from './chart-data.ts';
import { valueTitle } from './chart-title.ts';
import type { Chart } from './chart.ts';

type Json = Readonly<Record<string, unknown>>;

/** A Vega-Lite chart, complete with its data. Fields are called x, y and color: names of columns may mean something in Vega. */
export function specificationOf(chart: Chart, data: ChartData, title: string): Record<string, unknown> {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    title,
    width: 640,
    height: 360,
    data: { values: data.points },
    ...drawing(chart, data),
  };
}

function drawing(chart: Chart, data: ChartData): Json {
  const y = { field: 'y', type: 'quantitative', title: valueTitle(chart, data) };
  switch (chart.kind) {
    case 'line':
      return {
        mark: { type: 'line', point: data.points.length <= 60, tooltip: true },
        encoding: { ...across(data), y, ...colored(chart) },
      };
    case 'area':
      return { mark: { type: 'area', tooltip: true }, encoding: { ...across(data), y, ...colored(chart) } };
    case 'bar':
    case 'histogram':
      return { mark: { type: 'bar', tooltip: true }, encoding: { ...barPlaces(data), y, ...colored(chart) } };
    case 'scatter':
      return {
        mark: { type: 'point', opacity: 0.6, tooltip: true },
        encoding: { ...across(data), y: { ...y, scale: { zero: false } }, ...colored(chart) },
      };
    case 'pie':
      return {
        mark: { type: 'arc', tooltip: true },
        encoding: { theta: { ...y, stack: true }, color: { field: 'x', type: 'nominal', title: chart.x?.name } },
      };
    case 'heatmap':
      return heatmap(chart, data);
    case 'box':
      return box(chart);
  }
}

function across({ x }: ChartData): Json {
  return x ? { x: placed('x', x) } : {};
}

function placed(field: string, axis: Axis): Json {
  const unit = axis.kind === 'time' && axis.unit !== undefined ? ` (${axis.unit})` : '';
  const title = `${axis.column.name}${unit}`;
  switch (axis.kind) {
    case 'time':
      return { field, type: 'temporal', title };
    case 'category':
      return { field, type: 'nominal', title, sort: null };
    case 'bin':
    case 'value':
      return { field, type: 'quantitative', title, scale: { zero: false } };
  }
}

/** Bins have an end; single numbers and times stand side by side like names. */
function barPlaces({ x }: ChartData): Json {
  if (!x) return {};
  const title = x.column.name;
  if (x.kind === 'bin')
    return {
      x: { field: 'x', type: 'quantitative', bin: { binned: true, step: x.width }, title },
      x2: { field: 'x2' },
    };
  return x.kind === 'value' ? { x: { field: 'x', type: 'ordinal', title } } : { x: placed('x', x) };
}

function colored({ color, kind }: Chart): Json {
  if (!color) return {};
  const type = kind === 'scatter' && color.kind === 'number' ? 'quantitative' : 'nominal';
  return { color: { field: 'color', type, title: color.name } };
}

function heatmap({ y }: Chart, data: ChartData): Json {
  const cell = (field: string, axis: Axis | undefined): Json =>
    axis
      ? { field, type: axis.kind === 'category' ? 'nominal' : 'ordinal', title: axis.column.name }
      : { field, type: 'nominal', title: y?.name };
  return {
    mark: { type: 'rect', tooltip: true },
    encoding: {
      x: cell('x', data.x),
      y: { ...cell('y', data.y), sort: 'descending' },
      color: { field: 'value', type: 'quantitative', title: 'rows' },
    },
  };
}

/** The summary is drawn, not computed: the rows are not here. */
function box({ x, y }: Chart): Json {
  const place = { x: { field: 'x', type: 'nominal', title: x?.name ?? '', sort: null } };
  const value = (field: string): Json => ({ field, type: 'quantitative', title: y?.name, scale: { zero: false } });
  return {
    layer: [
      { mark: { type: 'rule', tooltip: true }, encoding: { ...place, y: value('lowest'), y2: { field: 'highest' } } },
      {
        mark: { type: 'bar', size: 24, tooltip: true },
        encoding: { ...place, y: value('first_quartile'), y2: { field: 'third_quartile' } },
      },
      { mark: { type: 'tick', color: 'white', size: 24 }, encoding: { ...place, y: value('median') } },
    ],
  };
}
