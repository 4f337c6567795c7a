import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Screen } from '../../testing/screen.ts';
import { renderChart } from './render-chart.ts';
import { citationsText } from './citations.ts';
import { compareTable } from './compare-table.ts';
import { elapsedText } from './elapsed.ts';
import { fitColumns } from './fit-columns.ts';
import { type Layout, type Look, plainLook } from './look.ts';
import { resultText } from './result-text.ts';
import { renderRunTree, type RunView } from './run-tree.ts';
import { metricLine, sparkline } from './sparkline.ts';
import { renderTable } from './table.ts';
import { keyArguments, toolLine, type ToolLine } from './tool-line.ts';
import { fitted, widthOf } from './width.ts';

const look: Look = { ...plainLook, unicode: true };
const at = (columns: number, more: Partial<Look> = {}): Layout => ({ look: { ...look, ...more }, columns });
const now = new Date('2026-05-01T12:00:00Z');

describe('a table', () => {
  const table = {
    columns: [
      { title: 'NAME' },
      { title: 'PHASE' },
      { title: 'TOKENS', align: 'right' as const },
      { title: 'MODEL', wide: true as const },
    ],
    rows: [
      ['churn', 'Idle', '1204', 'small'],
      ['a-very-long-name-of-a-conversation\nin two lines', 'AwaitingApproval', '7', ''],
    ],
  };
  test('has one line for a row, whatever is in its cells', () => {
    expect(`\n${renderTable(table, at(80))}`).toMatchInlineSnapshot(`
      "
      NAME                                              PHASE              TOKENS
      churn                                             Idle                 1204
      a-very-long-name-of-a-conversation in two lines   AwaitingApproval        7
      "
    `);
  });
  test('shows more when wide', () => {
    expect(renderTable(table, at(120), { wide: true }).split('\n')[2]).toMatch(/7 {3}<none>$/);
  });
  test('is cut at the edge of the window', () => {
    expect(`\n${renderTable(table, at(40))}`).toMatchInlineSnapshot(`
      "
      NAME             PHASE            TOKENS
      churn            Idle               1204
      a-very-long-n…   AwaitingAppro…        7
      "
    `);
  });
  test('is one record after the other where it cannot fit, and for ears', () => {
    expect(`\n${renderTable(table, at(16))}`).toMatchInlineSnapshot(`
      "
      NAME:   churn
      PHASE:  Idle
      TOKENS: 1204

      NAME:   a-very-l
              ong-name
              -of-a-co
              nversati
              on in
              two
              lines
      PHASE:  Awaiting
              Approval
      TOKENS: 7
      "
    `);
    expect(renderTable(table, at(80, { words: true }))).toContain('NAME:   churn\nPHASE:  Idle\n');
  });
  test('is whole in a pipe', () => {
    expect(renderTable(table, at(Infinity))).toContain('a-very-long-name-of-a-conversation in two lines');
  });
  test('never is wider than the window, never drives it', () => {
    const cells = fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 3, maxLength: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(cells, fc.integer({ min: 24, max: 100 }), (rows, columns) => {
        const text = renderTable({ columns: [{ title: 'A' }, { title: 'B' }, { title: 'C' }], rows }, at(columns));
        expect(text.split('\n').filter((line) => widthOf(line) > columns)).toEqual([]);
        expect(text.split('\n')).toHaveLength(rows.length + 2);
      }),
    );
  });
});

test('columns give way from the widest on, but none below the least', () => {
  expect(fitColumns([10, 30, 20], 40, 6)).toEqual([10, 15, 15]);
  expect(fitColumns([10, 30], 100, 6)).toEqual([10, 30]);
  expect(fitColumns([10, 30], 11, 6)).toBeUndefined();
  expect(fitColumns([3, 30], 11, 6)).toEqual([3, 8]);
});

test('a line is cut between characters, not in them', () => {
  expect(fitted('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 5, look)).toBe('👩‍👩‍👧👩‍👩‍👧…');
  expect(fitted('漢字漢字', 5, look)).toBe('漢字…');
  expect(fitted('abcdef', 5, plainLook)).toBe('ab...');
});

test.each([
  [0, '0.0s'],
  [4_120, '4.1s'],
  [9_960, '10s'],
  [65_000, '1m05s'],
  [7_380_000, '2h03m'],
  [273_600_000, '3d4h'],
])('%i ms are %s', (elapsedMs, text) => {
  expect(elapsedText(elapsedMs)).toBe(text);
});

describe('a line about a call', () => {
  const line: ToolLine = {
    agent: 'kfp',
    tool: 'run_pipeline',
    arguments: '{"pipeline":"train-svm","parameters":{"C":"0.5"}}',
    state: 'Succeeded',
    elapsedMs: 4_100,
    summary: 'Started run churn-0412 of train-svm.',
  };
  const cases: Record<string, { given: Partial<ToolLine>; layout?: Layout; want: string }> = {
    'tells call, time, state and summary': {
      given: {},
      layout: at(100),
      want: '⏺ kfp.run_pipeline(pipeline=train-svm, C=0.5) … 4.1s ✓ · Started run churn-0412 of train-svm.',
    },
    'fits 80 columns': {
      given: {},
      want: '⏺ kfp.run_pipeline(pipeline=train-svm, C=0.5) … 4.1s ✓ · Started run churn-0412…',
    },
    'fits 40 columns': { given: {}, layout: at(40), want: '⏺ kfp.run_pipeline(pipeline=tr… … 4.1s ✓' },
    'is open at first': {
      given: { state: undefined, elapsedMs: undefined, summary: undefined },
      want: '⏺ kfp.run_pipeline(pipeline=train-svm, C=0.5) …',
    },
    'is nested by agent': { given: { depth: 1, summary: '', arguments: '{}' }, want: '  ⏺ kfp.run_pipeline … 4.1s ✓' },
    'says in a word what a mark does not tell': {
      given: { state: 'Denied', elapsedMs: undefined, summary: 'too dear' },
      want: '⏺ kfp.run_pipeline(pipeline=train-svm, C=0.5) … ✗ denied · too dear',
    },
    'is words for ears': {
      given: {},
      layout: at(80, { words: true }),
      want: 'kfp.run_pipeline, pipeline=train-svm, C=0.5: succeeded after 4.1s. Started run churn-0412 of train-svm.',
    },
    'is ASCII where it has to be': {
      given: { summary: '' },
      layout: at(80, { unicode: false }),
      want: '* kfp.run_pipeline(pipeline=train-svm, C=0.5) ... 4.1s +',
    },
    'has no line break of others': {
      given: { summary: 'a\nb\u001b[2J', arguments: '{"a":"x\\ny"}' },
      want: '⏺ kfp.run_pipeline(a=x y) … 4.1s ✓ · a b',
    },
  };
  test.each(Object.entries(cases))('%s', (_name, { given, layout, want }) => {
    expect(toolLine({ ...line, ...given }, layout ?? at(80))).toBe(want);
  });
  test('takes arguments that were cut as they are', () => {
    expect(keyArguments('{"pipeline":"tr')).toBe('{"pipeline":"tr');
  });
});

describe('the tree of a run', () => {
  const run: RunView = {
    name: 'churn-0412',
    pipeline: 'train-svm',
    state: 'Running',
    startedAt: '2026-05-01T11:58:30Z',
    taskCount: 4,
    tasks: [
      { name: 'prepare', state: 'Succeeded', durationSeconds: 12, isCached: true },
      {
        name: 'train',
        state: 'Running',
        startedAt: '2026-05-01T11:59:20Z',
        lastLogLine: 'epoch 3 of 10, \u001b[32mloss 0.41\u001b[0m',
        tasks: [{ name: 'fit', state: 'Running' }],
      },
      { name: 'evaluate', state: 'Pending' },
      { name: 'publish', state: 'Failed', message: 'no access to registry\nat line 3' },
    ],
    metrics: [{ name: 'loss', values: [0.9, 0.7, 0.55, 0.45, 0.41] }],
  };
  test('at 80 columns', async () => {
    const screen = new Screen({ columns: 80 });
    screen.write(renderRunTree(run, { layout: at(80, { color: true }), now }));
    expect(`\n${await screen.text()}\n`).toMatchInlineSnapshot(`
      "
      ● churn-0412 (train-svm) 1m30s
      ██████████░░░░░░░░░░ 2/4 tasks
      ├─ ✓ prepare cached 12s
      ├─ ● train 40s
      │    epoch 3 of 10, loss 0.41
      │  └─ ● fit
      ├─ ○ evaluate
      └─ ✗ publish
           no access to registry at line 3
        loss █▅▃▁▁ 0.41
      "
    `);
  });
  test('at 40 columns', async () => {
    const screen = new Screen({ columns: 40 });
    screen.write(renderRunTree(run, { layout: at(40, { color: true }), now }));
    expect(`\n${await screen.text()}\n`).toMatchInlineSnapshot(`
      "
      ● churn-0412 (train-svm) 1m30s
      ██████████░░░░░░░░░░ 2/4 tasks
      ├─ ✓ prepare cached 12s
      ├─ ● train 40s
      │    epoch 3 of 10, loss 0.41
      │  └─ ● fit
      ├─ ○ evaluate
      └─ ✗ publish
           no access to registry at line 3
        loss █▅▃▁▁ 0.41
      "
    `);
  });
  test('in words', () => {
    expect(`\n${renderRunTree(run, { layout: at(80, { words: true }), now })}`).toMatchInlineSnapshot(`
      "
      churn-0412 (train-svm): running, 1m30s
      2 of 4 tasks done
        prepare: succeeded, cached, 12s
        train: running, 40s
            epoch 3 of 10, loss 0.41
          fit: running
        evaluate: pending
        publish: failed
            no access to registry at line 3
        loss: 0.41, from 0.9 over 5 values
      "
    `);
  });
  test('has no bar when it is not known how many tasks there will be', () => {
    expect(renderRunTree({ ...run, taskCount: undefined }, { layout: at(80), now })).not.toContain('░');
  });
});

test('a sparkline falls as its values do', () => {
  expect(sparkline([5, 4, 3, 2, 1], look)).toBe('█▇▅▃▁');
  expect(sparkline([5, 4, 3, 2, 1], plainLook)).toBe('^=-._');
  expect(sparkline([1, 1], look)).toBe('▅▅');
  expect(sparkline([], look)).toBe('');
  expect(
    sparkline(
      Array.from({ length: 1_000 }, (_, index) => index),
      look,
      8,
    ),
  ).toBe('▁▂▃▄▅▆▇█');
  expect(metricLine({ name: 'loss', values: [0.9, 0.4] }, at(80, { words: true }))).toBe(
    'loss: 0.4, from 0.9 over 2 values',
  );
});

test('citations are listed by their numbers, addresses whole', () => {
  const citations = [
    { n: 1, title: 'Runbook\u001b[2J', url: 'https://docs.example/runbook#retry' },
    { n: 12, title: 'A title that is longer than the window has room for', url: 'https://docs.example/b' },
  ];
  expect(`\n${citationsText(citations, at(40))}`).toMatchInlineSnapshot(`
    "
    Sources
    [1]  Runbook
         https://docs.example/runbook#retry
    [12] A title that is longer than the
         window has room for
         https://docs.example/b
    "
  `);
  expect(citationsText([], at(40))).toBe('');
});

const comparison = {
  runs: ['churn-0411', 'churn-0412'],
  states: ['Succeeded', 'Succeeded'],
  parameters: [
    { name: 'C', values: ['1.0', '0.5'], differs: true },
    { name: 'seed', values: ['7', '7'], differs: false },
  ],
  metrics: [
    { name: 'accuracy', values: [0.921, 0.934], best: 'churn-0412', direction: 'higher is better' },
    { name: 'loss', values: [0.31, null], direction: 'lower is better' },
  ],
};

test('two runs side by side: what differs, and who is best', () => {
  expect(`\n${compareTable(comparison, at(80)) ?? ''}`).toMatchInlineSnapshot(`
    "
               churn-0411   churn-0412
    state      Succeeded    Succeeded
    C          1.0          0.5
    accuracy   0.921        0.934 *
    loss       0.31         -
    1 parameter is the same and not shown.
    * best of its row
    "
  `);
  expect(compareTable({ runs: [] }, at(80))).toBeUndefined();
});

describe('what a tool returned', () => {
  const shown = (data: unknown, cut?: string) =>
    resultText(JSON.stringify({ summary: 'All is **well**.', data, ...(cut !== undefined && { cut }) }), {
      layout: at(80),
      now,
    });
  test('is a comparison, a tree, a chart or a table by its shape', () => {
    expect(shown(comparison)).toContain('* best of its row');
    expect(
      shown({
        run: { name: 'r', pipeline: 'p', state: 'Succeeded' },
        parameters: {},
        tasks: [{ name: 'train', state: 'Failed' }],
      }),
    ).toContain('└─ ✗ train');
    expect(
      shown({
        specification: {
          data: { values: [{ a: 'x', b: 1 }] },
          mark: 'bar',
          encoding: { x: { field: 'a', type: 'nominal' }, y: { field: 'b', type: 'quantitative' } },
        },
        points: 1,
      }),
    ).toContain('x │█');
    expect(shown({ columns: ['n'], rows: [['1'], [null]], cut: false })).toBe('All is **well**.\n\nn\n1\nNULL\n');
    expect(
      shown({
        run: 'churn',
        artifacts: [{ name: 'model', type: 'Model', uri: 's3://b/k', sizeBytes: 12, task: 'train' }],
      }),
    ).toBe(
      'All is **well**.\n\nrun: churn\n\nartifacts\nNAME    TYPE    URI        SIZE BYTES   TASK\nmodel   Model   s3://b/k   12           train\n',
    );
  });
  test('says when not all of it is there', () => {
    expect(shown({ rows: [1] }, 'data.rows: first 1 of 400 entries')).toMatch(
      /Not all of it is here: data.rows: first 1 of 400 entries\.\n$/,
    );
  });
  test('is shown as it is when it is nothing we know', () => {
    expect(resultText('no {json', { layout: at(80), now })).toBe('no {json\n');
    expect(shown(null)).toBe('All is **well**.\n');
  });
  test('groups that contain each other do not go on for ever', () => {
    const tasks = [
      { name: 'a', state: 'Running', group: 'b' },
      { name: 'b', state: 'Running', group: 'a' },
      { name: 'c', state: 'Running' },
    ];
    expect(shown({ run: { name: 'r', pipeline: 'p', state: 'Running' }, tasks })).toContain('c');
  });
  test('never drives the terminal', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.string({ unit: 'binary' }), (data, summary) => {
        const text = resultText(JSON.stringify({ summary, data }), { layout: at(60), now });

        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

test('charts of odd numbers are drawn within the window all the same', () => {
  const number = fc.oneof(
    fc.double({ noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 1e300, -1e300, 5e-324, NaN, Infinity),
  );
  const points = fc.array(fc.record({ x: number, y: number }), { maxLength: 20 });
  fc.assert(
    fc.property(
      points,
      fc.constantFrom('lines' as const, 'points' as const),
      fc.integer({ min: 30, max: 90 }),
      (all, kind, columns) => {
        const chart = { kind, title: 't', x: { title: 'x' }, y: { title: 'y' }, series: [{ name: 'a', points: all }] };
        const lines = renderChart(chart, at(columns)).split('\n');
        expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
        const bars = all.map(({ x, y }) => ({ label: String(x), value: y }));
        const drawn = renderChart({ kind: 'bars', title: 't', labelTitle: '', valueTitle: '', bars }, at(columns));
        expect(drawn.split('\n').filter((line) => widthOf(line) > columns)).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
