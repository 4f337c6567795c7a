import { readFile } from 'node:fs/promises';
import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { confusionMatrixChart } from '../../agents/kfp/charts/confusion-matrix-chart.ts';
import { featureImportanceChart } from '../../agents/kfp/charts/feature-importance.ts';
import { metricsChart } from '../../agents/kfp/charts/metrics-chart.ts';
import { rocChart } from '../../agents/kfp/charts/roc-chart.ts';
import type { Axis } from '../../agents/minio/data/chart/axis.ts';
import type { Chart } from '../../agents/minio/data/chart/chart.ts';
import { specificationOf } from '../../agents/minio/data/chart/specification.ts';
import { type Layout, plainLook } from '../display/look.ts';
import { metricSpecification } from './metric-specification.ts';
import { type DrawingAssets, pngOf } from './png.ts';
import { readSpecification } from './specification.ts';
import { svgOf } from './svg.ts';
import { terminalPlot } from './terminal-plot.ts';

// The first chart loads Vega.
vi.setConfig({ testTimeout: 60_000 });

const at = (columns: number): Layout => ({ look: { ...plainLook, unicode: true }, columns });
const column = (name: string, kind: 'number' | 'text' | 'time' = 'number') =>
  ({ name, kind, type: 'DOUBLE' }) as NonNullable<Chart['x']>;
const axis = (name: string, kind: 'category' | 'value' | 'time') => ({ kind, column: column(name), sql: '' }) as Axis;

const drawn = (chart: Chart, points: readonly Record<string, string | number>[], x?: Axis) =>
  specificationOf(chart, { points, combined: true, notes: [], ...(x && { x }) }, `A ${chart.kind}`);
const prices = { y: column('price'), aggregate: 'mean' } as const;
const days = Array.from({ length: 30 }, (_, index) => ({
  x: `2026-01-${String(index + 1).padStart(2, '0')}T00:00:00`,
  y: 10 + (index % 7),
  color: index % 2 ? 'north' : 'south',
}));
const classes = {
  task: 'evaluate',
  name: 'metrics',
  rocCurve: [{ falsePositiveRate: 0.1, truePositiveRate: 0.7, threshold: 0.5 }],
  confusionMatrix: {
    labels: ['stay', 'leave'],
    rows: [
      { label: 'stay', counts: [90, 10] },
      { label: 'leave', counts: [7, 43] },
    ],
  },
};
const metrics = [
  { name: 'accuracy', value: 0.934, task: 'evaluate' },
  { name: 'loss', value: 0.27, task: 'train' },
];

const shop = axis('shop', 'category');
/** Made by the tools themselves. */
const real: Record<string, unknown> = {
  line: drawn(
    { kind: 'line', x: column('day', 'time'), color: column('shop', 'text'), ...prices },
    days,
    axis('day', 'time'),
  ),
  area: drawn({ kind: 'area', x: column('day', 'time'), ...prices }, days, axis('day', 'time')),
  bar: drawn(
    { kind: 'bar', x: column('shop', 'text'), ...prices },
    [
      { x: 'north', y: 3 },
      { x: 'south', y: 5 },
    ],
    shop,
  ),
  pie: drawn(
    { kind: 'pie', x: column('shop', 'text'), aggregate: 'count' },
    [
      { x: 'north', y: 3 },
      { x: 'south', y: 1 },
    ],
    shop,
  ),
  scatter: drawn(
    { kind: 'scatter', x: column('age'), ...prices },
    [
      { x: 1, y: 2 },
      { x: 3, y: 1 },
    ],
    axis('age', 'value'),
  ),
  histogram: drawn(
    { kind: 'histogram', x: column('age'), aggregate: 'count' },
    [
      { x: 20, x2: 25, y: 3 },
      { x: 25, x2: 30, y: 9 },
    ],
    {
      kind: 'bin',
      width: 5,
      column: column('age'),
      sql: '',
    },
  ),
  box: drawn(
    { kind: 'box', x: column('shop', 'text'), ...prices },
    [{ x: 'north', lowest: 2, first_quartile: 5, median: 7, third_quartile: 9, highest: 14 }],
    shop,
  ),
  heatmap: drawn(
    { kind: 'heatmap', x: column('hour'), y: column('day'), aggregate: 'count' },
    [
      { x: 1, y: 'Mon', value: 4 },
      { x: 2, y: 'Mon', value: 1 },
    ],
    axis('hour', 'value'),
  ),
  metrics: metricsChart('churn-0412', metrics)?.specification,
  'metrics of very different size': metricsChart('churn-0412', [
    ...metrics,
    { name: 'rows', value: 120_000, task: 'load' },
  ])?.specification,
  'confusion matrix': confusionMatrixChart('churn-0412', classes)?.specification,
  'ROC curve': rocChart('churn-0412', [classes])?.specification,
  'feature importance': featureImportanceChart('churn-0412', [
    { feature: 'age', importance: 0.4 },
    { feature: 'plan', importance: -0.2 },
  ])?.specification,
  'the course of a metric': metricSpecification('loss of churn-0412', [
    { name: 'loss', values: [0.9, 0.6, 0.45, 0.4] },
  ]),
};

describe('every chart that the tools of the agents make', () => {
  test.each(Object.entries(real))('is sketched within the window: %s', (_name, specification) => {
    for (const columns of [80, 40]) {
      const lines = (terminalPlot(specification, at(columns)) ?? '').split('\n');
      expect(lines.length).toBeGreaterThan(3);
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  });

  test.each(Object.entries(real))('becomes a file: %s', async (_name, specification) => {
    expect(await svgOf(specification)).toMatch(/^<svg .*<\/svg>$/s);
  });

  test.each(Object.entries(real))('is told in words: %s', (_name, specification) => {
    const words = terminalPlot(specification, { look: { ...plainLook, words: true }, columns: 80 }) ?? '';
    expect(words).toMatch(/\.\n$/);
    expect(words).not.toMatch(/[|│█#]/);
  });
});

test('bars at 40 columns', () => {
  expect(terminalPlot(real['metrics'], at(40))).toBe(
    [
      'Metrics of churn-0412',
      'Value',
      'accuracy / e… │███████████████████ 0.934',
      ' loss / train │█████▍ 0.27',
      '',
    ].join('\n'),
  );
});

test('a line in ASCII', () => {
  const specification = metricSpecification('loss', [{ name: 'loss', values: [4, 3, 2, 1, 1] }]);
  expect(`\n${terminalPlot(specification, { look: plainLook, columns: 30 }) ?? ''}`).toMatchInlineSnapshot(`
    "
    loss
    loss
       4 |.
         |\`-.
         | \`.
         |  \`-.
         |    \`-.
         |      \`.
     2.5 |       \`-.
         |         \`.
         |          \`-.
         |            \`.
         |             \`-.
       1 |               \`-------
         +------------------------
          1        value         5
    "
  `);
});

const value = (fields: object) => ({ data: { values: [{ a: 1, b: 2 }] }, mark: 'bar', ...fields });
const x = (fields: object) => value({ encoding: { x: { field: 'a', type: 'quantitative', ...fields } } });
const hostile: Record<string, unknown> = {
  'data from an address': value({ data: { url: 'http://evil.example/' } }),
  'data from a file': value({ data: { url: 'file:///etc/passwd' } }),
  'data of another name': value({ datasets: { a: [] } }),
  'an image': value({ mark: { type: 'image', url: 'http://evil.example/x.png' } }),
  'an expression in a transform': value({ transform: [{ calculate: 'datum.a', as: 'c' }] }),
  'a parameter': value({ params: [{ name: 'p', expr: '1' }] }),
  'a signal in a title': value({ title: { signal: 'data("x")' } }),
  'an expression in a label': x({ axis: { labelExpr: 'datum.label' } }),
  'a condition': x({ condition: { test: 'true', value: 1 } }),
  'a link': value({ encoding: { href: { field: 'a' } } }),
  'a field that is a path': x({ field: "a['b']" }),
  'a colour that is an address': value({ mark: { type: 'bar', color: 'url(http://evil.example/)' } }),
  'a theme of its own': value({ config: { font: 'x' } }),
  'a picture as large as a wall': value({ width: 1e9 }),
  'more rows than anybody looks at': value({ data: { values: Array.from({ length: 5_001 }, () => ({ a: 1 })) } }),
  'a billion bins': value({
    data: { values: [{ a: 0 }, { a: 1e9 }] },
    encoding: { x: { field: 'a', type: 'quantitative', bin: { binned: true, step: 1 } } },
  }),
  'charts of charts': { data: { values: [] }, hconcat: [] },
  nothing: undefined,
};
test.each(Object.entries(hostile))('%s is refused', async (_name, specification) => {
  expect(readSpecification(specification)).toBeUndefined();
  expect(terminalPlot(specification, at(80))).toBeUndefined();
  expect(await svgOf(specification)).toBeUndefined();
});
test('the chart that the refused ones are made from is drawn', () => {
  expect(readSpecification(x({}))).toBeDefined();
});

/** Elements and attributes of a document. */
function namesIn(svg: string): Set<string> {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    for (const [name, inner] of Object.entries(node)) {
      names.add(name);
      walk(inner);
    }
  };
  walk(new XMLParser({ ignoreAttributes: false, processEntities: false }).parse(svg));
  return names;
}

test('labels of strangers stay text in the file and in the terminal', async () => {
  const label = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"/><image href="http://evil/"/>',
      '\u001b[2J',
      ']]>',
      '&#60;a&#62;',
      '\u001b]0;x\u0007',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(label, { minLength: 1, maxLength: 3 }), label, async (labels, title) => {
      const specification = metricsChart(
        title,
        labels.map((name) => ({ name, value: 1, task: name })),
      )?.specification;

      expect(terminalPlot(specification, at(60))).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      const svg = (await svgOf(specification)) ?? '';

      expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      const names = namesIn(svg);
      expect(
        [...names].filter((name) => /^(?:script|image|a|use|style|foreignObject)$|href|^@_on/i.test(name)),
      ).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test('the most that is allowed is drawn in seconds', async () => {
  const values = Array.from({ length: 5_000 }, (_, index) => ({
    a: `category ${index}`,
    b: 10 ** ((index % 600) - 300),
  }));
  const specification = {
    data: { values },
    mark: 'point',
    encoding: {
      x: { field: 'a', type: 'nominal' },
      y: { field: 'b', type: 'quantitative', scale: { type: 'log' } },
      color: { field: 'a', type: 'nominal' },
    },
  };
  const startedMs = performance.now();
  expect(await svgOf(specification)).toContain('<svg');
  expect(terminalPlot(specification, at(80))).toBeDefined();
  expect(performance.now() - startedMs).toBeLessThan(30_000);
});

const nearby = (path: string) => readFile(new URL(`../../../node_modules/${path}`, import.meta.url));
const assets: DrawingAssets = {
  wasm: () => nearby('@resvg/resvg-wasm/index_bg.wasm'),
  fonts: () => Promise.all(['Sans', 'Sans-Bold'].map((name) => nearby(`dejavu-fonts-ttf/ttf/DejaVu${name}.ttf`))),
};

test('a picture has its letters and twice the pixels', async () => {
  const svg = (await svgOf(real['bar'])) ?? '';
  const png = Buffer.from(await pngOf(svg, assets));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const width = Number(/<svg [^>]*width="(\d+)"/.exec(svg)?.[1]);
  expect(png.readUInt32BE(16)).toBe(2 * width);
  const withoutLetters = await pngOf(svg.replaceAll(/<text[^>]*>[^<]*<\/text>/g, ''), assets);
  expect(withoutLetters.length).toBeLessThan(png.length);
});
