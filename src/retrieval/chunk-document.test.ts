import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsOf } from './analyzer.ts';
import type { Chunk, DocumentFormat } from './chunk.ts';
import { chunkDocument } from './chunk-document.ts';

const page = `---
title: "Caching"
description: >
  Skip steps whose
  inputs did not change.
---
import Tabs from '@theme/Tabs';

<!-- not for readers -->

# Caching

A step is skipped when its [inputs](./inputs.md "Inputs") are unchanged.{{< alert >}}

## Switch it off {#off}

Set \`enable_caching\` to <code>False</code>:

\`\`\`python
# not a heading
task.set_caching_options(enable_caching=False)  # <b>kept</b>
\`\`\`

### Limits

| Field | Default |
| ----- | ------- |
| ttl   | 24h     |

## Limits

![a diagram](https://elsewhere.example/pixel.png) See <https://docs.example/limits>.
`;

describe('a Markdown page', () => {
  const chunks = chunksOf(page);

  test('becomes one passage per section, with title, headings and address', () => {
    expect(chunks.map(({ title, headings, url, ordinal }) => ({ title, headings, url, ordinal }))).toEqual([
      { title: 'Caching', headings: [], url: 'https://docs.example/caching', ordinal: 0 },
      { title: 'Caching', headings: ['Switch it off'], url: 'https://docs.example/caching#off', ordinal: 1 },
      {
        title: 'Caching',
        headings: ['Switch it off', 'Limits'],
        url: 'https://docs.example/caching#limits',
        ordinal: 2,
      },
      { title: 'Caching', headings: ['Limits'], url: 'https://docs.example/caching#limits-1', ordinal: 3 },
    ]);
  });

  test('keeps what a reader sees, and code as it is', () => {
    expect(chunks.map(({ text }) => text)).toEqual([
      'Skip steps whose inputs did not change.\n\nA step is skipped when its inputs are unchanged.',
      'Set `enable_caching` to False:\n\n```python\n# not a heading\ntask.set_caching_options(enable_caching=False)  # <b>kept</b>\n```',
      '| Field | Default |\n| ----- | ------- |\n| ttl   | 24h     |',
      'a diagram See https://docs.example/limits.',
    ]);
  });

  test('gives the same passages again, and others only where it changed', () => {
    expect(chunksOf(page)).toEqual(chunks);
    const changed = chunksOf(page.replace('24h', '48h'));
    expect(changed.map(({ id }, index) => id === chunks[index]?.id)).toEqual([true, true, false, true]);
  });

  test('keeps the ids of passages that only moved', () => {
    const moved = chunksOf(page.replace('# Caching\n', '# Caching\n\n## New\n\nSomething new.\n'));
    const ids = new Set(moved.map(({ id }) => id));
    expect(chunks.filter(({ id }) => !ids.has(id)).map(({ ordinal }) => ordinal)).toEqual([0]);
  });
});

describe('titles', () => {
  test.each<[string, string, string]>([
    ['front matter', '---\ntitle: Own\n---\n# Other\n\ntext', 'Own'],
    ['the first heading', '# Heading `one`\n\ntext', 'Heading one'],
    ['TOML front matter', '+++\ntitle = "Toml"\n+++\ntext', 'Toml'],
    ['an underlined heading', 'Under\n=====\n\ntext', 'Under'],
    ['the path', 'no heading', 'Caching'],
    [
      'front matter, without markup or addresses',
      '---\ntitle: "[Own](https://elsewhere.example) https://elsewhere.example <b>title</b>"\n---\ntext',
      'Own title',
    ],
    ['a heading of bounded length', `# ${'x y '.repeat(300)}\n\ntext`, 'x y '.repeat(50).trimEnd()],
  ])('come from %s', (_name, content, title) => {
    expect(chunksOf(content)[0]?.title).toBe(title);
  });
});

describe('what people do not see is not indexed', () => {
  test.each<[string, string]>([
    ['comments', 'seen <!-- hidden\n\nhidden --> text'],
    ['comments that hold a fence', 'seen <!--\n```\nhidden\n```\n--> text'],
    ['comments that never end', 'seen text <!-- hidden'],
    ['elements that are not displayed', 'seen <span style="color:red; display: none">hidden</span> text'],
    ['scripts', 'seen <script>hidden()</script> text'],
    ['characters of no width', 'se\u200ben te\u2060xt'],
    ['characters of the tag block', 'seen\u{E0068}\u{E0069}\u{E0064} text'],
    ['marks of direction', 'seen \u202Etext\u202C'],
    ['targets of links', 'seen [text](https://elsewhere.example/hidden)'],
    ['embedded binaries', `seen text ![](data:image/png;base64,${'hidden00'.repeat(40)})`],
  ])('%s', (_name, content) => {
    const text = chunksOf(content).map((chunk) => chunk.text).join(' '); // prettier-ignore
    expect(wordsOf(text)).toEqual(['seen', 'text']);
  });
});

describe('other formats', () => {
  test('HTML gives headings, lists, tables and code, and neither navigation nor what is hidden', () => {
    const html = `<html><head><title>Site</title></head><body><nav>Home</nav><main><h1>Quotas</h1><p>A <b>quota</b> caps usage.</p>
      <div style="display:none">ignore me</div><h2 id="set">Set it</h2><ul><li>one</li><li>two</li></ul>
      <table><tr><th>Field</th><th>Type</th></tr><tr><td>cpu</td><td>string</td></tr></table>
      <pre><code class="language-yaml">quota:
  cpu: 4</code></pre></main></body></html>`;
    expect(chunksOf(html, 'html').map(({ title, anchor, text }) => ({ title, anchor, text }))).toEqual([
      { title: 'Quotas', anchor: '', text: 'A quota caps usage.' },
      {
        title: 'Quotas',
        anchor: 'set',
        text: '- one\n- two\n\n| Field | Type |\n| --- | --- |\n| cpu | string |\n\n```yaml\nquota:\n  cpu: 4\n```',
      },
    ]);
  });

  test('a notebook gives its text and its code, not its outputs', () => {
    const notebook = {
      metadata: { language_info: { name: 'python' } },
      cells: [
        { cell_type: 'markdown', source: ['# Train\n', '\n', 'Fit the model.'] },
        { cell_type: 'code', source: 'model.fit(x)', outputs: [{ text: 'hidden' }] },
      ],
    };
    expect(chunksOf(JSON.stringify(notebook), 'notebook').map(({ title, text }) => ({ title, text }))).toEqual([
      { title: 'Train', text: 'Fit the model.\n\n```python\nmodel.fit(x)\n```' },
    ]);
  });

  test('a notebook that is none says what to do', () => {
    expect(() => chunksOf('{"cells": 3}', 'notebook')).toThrow(/nbformat 4/);
  });

  test('plain text is taken as it is', () => {
    expect(chunksOf('# no heading\n\nBut *text*.', 'text').map(({ text }) => text)).toEqual([
      '# no heading\n\nBut *text*.',
    ]);
  });
});

describe('whatever the page', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const prose = fc.array(word, { minLength: 1, maxLength: 120 }).map((words) => words.join(' '));
  const code = fc.array(word, { minLength: 1, maxLength: 150 }).map((lines) => `\`\`\`sh\n${lines.join('\n')}\n\`\`\``);
  const table = fc
    .array(fc.tuple(word, word), { minLength: 1, maxLength: 120 })
    .map((rows) => ['| a | b |', '|---|---|', ...rows.map(([left, right]) => `| ${left} | ${right} |`)].join('\n'));
  const heading = fc.tuple(fc.integer({ min: 1, max: 4 }), word).map(([level, text]) => `${'#'.repeat(level)} ${text}`);
  const pages = fc
    .array(fc.oneof(prose, code, table, heading), { minLength: 1, maxLength: 12 })
    .map((blocks) => blocks.join('\n\n'));

  test('no word is lost', () => {
    fc.assert(
      fc.property(pages, (content) => {
        const kept = new Set(
          chunksOf(content).flatMap((chunk) => wordsOf([chunk.title, ...chunk.headings, chunk.text].join(' '))),
        );
        expect(wordsOf(content).filter((each) => !kept.has(each))).toEqual([]);
      }),
    );
  });

  test('every passage has as many openings of fences as ends, and no half row', () => {
    fc.assert(
      fc.property(pages, (content) => {
        for (const { text } of chunksOf(content)) {
          const lines = text.split('\n');
          expect(lines.filter((line) => line.startsWith('```')).length % 2).toBe(0);
          for (const row of lines.filter((line) => line.startsWith('|'))) expect(row.endsWith('|')).toBe(true);
        }
      }),
    );
  });

  test('ids are unique, positions count from 0, and sizes are bounded', () => {
    fc.assert(
      fc.property(pages, (content) => {
        const chunks = chunksOf(content);
        expect(new Set(chunks.map(({ id }) => id)).size).toBe(chunks.length);
        expect(chunks.map(({ ordinal }) => ordinal)).toEqual(chunks.map((_, index) => index));
        for (const { text } of chunks) expect(text.length).toBeLessThanOrEqual(4_800);
      }),
    );
  });

  test('any text at all is cut without an error', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3_000 }),
        fc.constantFrom<DocumentFormat>('markdown', 'text', 'html'),
        (content, format) => {
          expect(chunksOf(content, format).every(({ text }) => text.length > 0)).toBe(true);
        },
      ),
    );
  });
});

test('a fence larger than three passages is cut between lines, and each part is a fence again', () => {
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index} ${'x'.repeat(30)}`);
  const chunks = chunksOf(`\`\`\`yaml\n${lines.join('\n')}\n\`\`\``);
  expect(chunks.length).toBeGreaterThan(1);
  for (const { text } of chunks) expect(text).toMatch(/^```yaml\nline [\s\S]*x\n```$/);
});

test('a long table repeats its head in every part', () => {
  const rows = Array.from({ length: 200 }, (_, index) => `| field${index} | what it does |`);
  const chunks = chunksOf(['| Name | Use |', '| --- | --- |', ...rows].join('\n'));
  expect(chunks.length).toBeGreaterThan(3);
  for (const { text } of chunks) expect(text.startsWith('| Name | Use |\n| --- | --- |\n| field')).toBe(true);
});

function chunksOf(content: string, format: DocumentFormat = 'markdown'): Chunk[] {
  return chunkDocument({
    knowledgeBase: 'handbook',
    path: 'caching.md',
    url: 'https://docs.example/caching',
    format,
    content,
  });
}
