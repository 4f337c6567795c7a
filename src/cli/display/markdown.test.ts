import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Screen } from '../../testing/screen.ts';
import { type Layout, type Look, plainLook } from './look.ts';
import { renderMarkdown } from './markdown.ts';
import { StreamingMarkdown } from './streaming-markdown.ts';
import { widthOf } from './width.ts';

const colored: Look = { color: true, unicode: true, live: true, words: false };
const at = (columns: number, look: Look = colored): Layout => ({ look, columns });

const answer = `# Training of *churn*

The run **churn-0412** reached an accuracy of \`0.934\` [1]; the run before it reached 0.921, so the longer training did help.
See [the report](https://minio.example/reports/churn-0412.html).

1. prepare the data
2. train
   - with \`C=0.5\`
   - and **two** workers that share one rather long sentence between them
3. evaluate

- [x] registered
- [ ] rolled out

| metric | churn-0411 | churn-0412 |
| --- | ---: | ---: |
| accuracy | 0.921 | **0.934** |
| loss | 0.31 | 0.27 |

> Logs said:
> out of memory

\`\`\`python
model.fit(X, y)  # two  spaces stay
\`\`\`

---
Done.
`;

async function seen(columns: number): Promise<string> {
  const screen = new Screen({ columns, rows: 40 });
  screen.write(renderMarkdown(answer, at(columns)));
  return `\n${await screen.text()}\n`;
}

test('an answer at 80 columns', async () => {
  expect(await seen(80)).toMatchInlineSnapshot(`
    "
    Training of churn

    The run churn-0412 reached an accuracy of 0.934 [1]; the run before it reached
    0.921, so the longer training did help. See the report
    (https://minio.example/reports/churn-0412.html).

    1. prepare the data
    2. train
       • with C=0.5
       • and two workers that share one rather long sentence between them
    3. evaluate

    • [x] registered
    • [ ] rolled out

    metric   │ churn-0411 │ churn-0412
    ─────────┼────────────┼───────────
    accuracy │      0.921 │      0.934
    loss     │       0.31 │       0.27

    │ Logs said: out of memory

      model.fit(X, y)  # two  spaces stay

    ────────────────────────────────────────

    Done.
    "
  `);
});

test('an answer at 40 columns', async () => {
  expect(await seen(40)).toMatchInlineSnapshot(`
    "
    Training of churn

    The run churn-0412 reached an accuracy
    of 0.934 [1]; the run before it reached
    0.921, so the longer training did help.
    See the report (https://minio.example/re
    ports/churn-0412.html).

    1. prepare the data
    2. train
       • with C=0.5
       • and two workers that share one
         rather long sentence between them
    3. evaluate

    • [x] registered
    • [ ] rolled out

    metric   │ churn-0411 │ churn-0412
    ─────────┼────────────┼───────────
    accuracy │      0.921 │      0.934
    loss     │       0.31 │       0.27

    │ Logs said: out of memory

      model.fit(X, y)  # two  spaces stay

    ────────────────────────────────────────

    Done.
    "
  `);
});

test('without colour and beyond ASCII nothing is lost, and no escape sequence is written', () => {
  expect(`\n${renderMarkdown(answer, at(80, plainLook))}`).toMatchInlineSnapshot(`
    "
    # Training of *churn*

    The run **churn-0412** reached an accuracy of \`0.934\` [1]; the run before it
    reached 0.921, so the longer training did help. See the report
    (https://minio.example/reports/churn-0412.html).

    1. prepare the data
    2. train
       - with \`C=0.5\`
       - and **two** workers that share one rather long sentence between them
    3. evaluate

    - [x] registered
    - [ ] rolled out

    metric   | churn-0411 | churn-0412
    ---------+------------+-----------
    accuracy |      0.921 |  **0.934**
    loss     |       0.31 |       0.27

    > Logs said: out of memory

      model.fit(X, y)  # two  spaces stay

    ----------------------------------------

    Done.
    "
  `);
});

test('for ears a table is one record after the other', () => {
  const table = '| metric | old | new |\n|-|-|-|\n| accuracy | 0.921 | 0.934 |\n| loss | 0.31 | 0.27 |\n';
  expect(renderMarkdown(table, at(80, { ...plainLook, words: true }))).toBe(
    'metric: accuracy\nold: 0.921\nnew: 0.934\n\nmetric: loss\nold: 0.31\nnew: 0.27\n',
  );
});

test('a table that is too wide is wrapped in its cells, then stacked', () => {
  const table = '| name | what it is about |\n|-|-|\n| accuracy | the share of the cases that were right |\n';
  const [wide = '', narrow = ''] = [24, 12].map((columns) => renderMarkdown(table, at(columns, plainLook)));
  expect(wide.split('\n').every((line) => widthOf(line) <= 24)).toBe(true);
  expect(wide).toContain(' | ');
  expect(narrow).not.toContain(' | ');
});

const hostile: Record<string, { given: string; want: string }> = {
  'a character reference is no way around': { given: 'a&#27;[2Jb &#x9b;2J', want: 'ab\n' },
  'neither is code': { given: '`\u001b[2J`x', want: '``x\n' },
  'neither is an address': { given: '[a](http://x/&#27;]0;t&#7;)', want: 'a (http://x/&#27;]0;t&#7;)\n' },
  'neither is a language of code': { given: '```\u001b]0;x\u0007\ncode\n```', want: '  code\n' },
  'an address is always seen': { given: '[http://good](http://evil)', want: 'http://good (http://evil)\n' },
  'a reversed name is seen as such': { given: 'a&#x202e;b', want: 'a\\u202eb\n' },
};
test.each(Object.entries(hostile))('%s', (_name, { given, want }) => {
  expect(renderMarkdown(given, at(80, plainLook))).toBe(want);
});

test.each([
  ['quotes', '>'.repeat(16_000)],
  ['lists', `${'+ '.repeat(8_000)}a`],
  ['stars', `${'**'.repeat(4_000)}a${'**'.repeat(4_000)}`],
  ['brackets', '['.repeat(16_000)],
])('thousands of %s inside one another are shown as they are', (_name, text) => {
  expect(renderMarkdown(text, at(80, plainLook)).length).toBeGreaterThan(1_000);
});

const pieces = fc.array(
  fc.constantFrom(
    ...[
      '# h\n',
      'word ',
      '**bold** ',
      '**',
      '`',
      '```\n',
      '\n',
      '\n\n',
      '- item\n',
      '1. one\n',
      '  - in\n',
      '> q\n',
      '| a | b |\n',
    ],
    ...[
      '|-|-|\n',
      '---\n',
      '===\n',
      '    code\n',
      '&#27;',
      '\u001b[',
      '31m',
      '\u001b]0;',
      '\u0007',
      '[a](b)',
      '<b>',
      '&amp;',
      '\\',
    ],
  ),
  { maxLength: 40 },
);

test('no text drives the terminal, in pieces or whole, with or without colour', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 90 }), (parts, columns) => {
      const stream = new StreamingMarkdown(() => at(columns, plainLook));
      const inPieces = parts.map((part) => stream.push(part)).join('') + stream.end();
      const whole = renderMarkdown(parts.join(''), at(columns));

      expect(inPieces).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      // Colours and weights are the only sequences of our own.

      expect(whole.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
    { numRuns: 300 },
  );
});

test.each([1, 3, 7, 50, 10_000])('in pieces of %i characters the answer ends up the same', (size) => {
  const stream = new StreamingMarkdown(() => at(60));
  let given = '';
  for (let start = 0; start < answer.length; start += size) given += stream.push(answer.slice(start, start + size));
  expect(given + stream.end()).toBe(renderMarkdown(answer, at(60)));
});

test('what was given out never changes, and blocks and items are given out as soon as they are complete', () => {
  const stream = new StreamingMarkdown(() => at(60, plainLook));
  const steps = ['Hel', 'lo\nthere', '\n\n- a\n', '- b\n', '- c\n\nThe', ' end'].map((piece) => [
    stream.push(piece),
    stream.open(),
  ]);
  expect(steps).toEqual([
    ['', 'Hel\n'],
    ['', 'Hello there\n'],
    ['Hello there\n', '\n- a\n'],
    ['\n- a\n', '- b\n'],
    ['- b\n', '- c\n\nThe\n'],
    ['', '- c\n\nThe end\n'],
  ]);
  expect(stream.end()).toBe('- c\n\nThe end\n');
});

test('numbers of a list go on although its items were given out one by one', () => {
  const stream = new StreamingMarkdown(() => at(60, plainLook));
  const given = ['1. a\n1. b\n', '1. c\n', '1. d\n'].map((piece) => stream.push(piece)).join('');
  expect(given + stream.end()).toBe('1. a\n2. b\n3. c\n4. d\n');
});

test('an answer of many blocks costs time in proportion', () => {
  const stream = new StreamingMarkdown(() => at(80));
  const text = answer.repeat(20);
  const startedMs = performance.now();
  for (let start = 0; start < text.length; start += 4) {
    stream.push(text.slice(start, start + 4));
    stream.open();
  }
  expect(performance.now() - startedMs).toBeLessThan(8_000);
});
