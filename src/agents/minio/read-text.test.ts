import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import { callTool, toolOf } from '../../testing/call-tool.ts';
import { FakeObjectStore } from '../../testing/fake-object-store.ts';
import { toolContext } from '../../testing/tool-context.ts';
import type { ToolResult } from '../tool.ts';
import { createMinioAgent } from './minio-agent.ts';
import { readText, type LineRange } from './read-text.ts';

const bounds = { maxTextBytes: 100, maxScannedBytes: 1_000_000 };
const all = { first: 1, last: Infinity };
/** In pieces of one byte unless told otherwise, so that every cut is met. */
const streamOf = (content: Buffer, pieceBytes = 1) => {
  const pieces = Array.from({ length: Math.ceil(content.byteLength / pieceBytes) }, (_, index) =>
    content.subarray(index * pieceBytes, (index + 1) * pieceBytes),
  );
  return Readable.from(pieces, { objectMode: false });
};

describe('reading lines', () => {
  const ten = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join('');
  const cases: Record<string, { content: string; range?: LineRange; want: object }> = {
    'all of them': { content: '1\n2\n3\n', want: { text: '1\n2\n3\n', lastLine: 3, lineCount: 3, end: 'object' } },
    'a last one without its end': { content: '1\n2', want: { text: '1\n2', lastLine: 2, lineCount: 2, end: 'object' } },
    'empty ones': { content: '\n\n', want: { text: '\n\n', lastLine: 2, lineCount: 2, end: 'object' } },
    'Windows line ends': { content: '1\r\n2\r\n', want: { text: '1\n2\n', lastLine: 2, lineCount: 2, end: 'object' } },
    nothing: { content: '', want: { text: '', lastLine: 0, lineCount: 0, end: 'object' } },
    'the first two': {
      content: ten,
      range: { first: 1, last: 2 },
      want: { text: 'line 1\nline 2\n', lastLine: 2, end: 'range' },
    },
    'a range': {
      content: ten,
      range: { first: 4, last: 5 },
      want: { text: 'line 4\nline 5\n', lastLine: 5, end: 'range' },
    },
    'a range over the end': {
      content: ten,
      range: { first: 10, last: 12 },
      want: { text: 'line 10\n', lastLine: 10, lineCount: 10, end: 'object' },
    },
    'a range behind the end': {
      content: ten,
      range: { first: 11, last: 12 },
      want: { text: '', lastLine: 0, lineCount: 10, end: 'object' },
    },
    'whole lines only when there are too many': {
      content: `${'x'.repeat(60)}\n${'y'.repeat(60)}\n`,
      want: { text: `${'x'.repeat(60)}\n`, lastLine: 1, end: 'text-bound' },
    },
    'part of a single line that is too long': {
      content: 'z'.repeat(200),
      want: { text: 'z'.repeat(100), lastLine: 1, end: 'long-line' },
    },
  };
  test.each(Object.entries(cases))('%s', async (_name, { content, range = all, want }) => {
    for (const pieceBytes of [1, 7, 100_000]) {
      const read = await readText(streamOf(Buffer.from(content), pieceBytes), range, bounds);
      expect(read).toEqual({ kind: 'text', encoding: 'utf-8', ...want });
    }
  });

  test('a line that comes in pieces is shown as a whole or left to the next page', async () => {
    const content = Buffer.from(`${'-'.repeat(70_000)}\n${'x'.repeat(60)}\n${'y'.repeat(60)}\nend\n`);
    const read = (first: number) => readText(streamOf(content, 7), { first, last: Infinity }, bounds);
    expect(await read(2)).toMatchObject({ text: `${'x'.repeat(60)}\n`, lastLine: 2, end: 'text-bound' });
    expect(await read(3)).toMatchObject({ text: `${'y'.repeat(60)}\nend\n`, lastLine: 4, lineCount: 4, end: 'object' });
    expect(await read(1)).toMatchObject({ text: '-'.repeat(100), lastLine: 1, end: 'long-line' });
  });

  test('characters in several bytes may be cut anywhere', async () => {
    const content = 'Größe 日本語 🙂\n';
    expect(await readText(streamOf(Buffer.from(content)), all, bounds)).toMatchObject({ text: content });
  });

  test.each([
    ['UTF-8 with a mark', Buffer.from('\ufeffä\n'), 'utf-8'],
    ['UTF-16, little end first', Buffer.from('\ufeffä\n', 'utf16le'), 'utf-16le'],
    ['UTF-16, big end first', Buffer.from('\ufeffä\n', 'utf16le').swap16(), 'utf-16be'],
    ['the Windows encoding', Buffer.from('ä\n', 'latin1'), 'windows-1252'],
  ])('%s is recognised', async (_name, content, encoding) => {
    expect(await readText(streamOf(content), all, bounds)).toMatchObject({ kind: 'text', encoding, text: 'ä\n' });
  });

  test('looks so far for a line and no further, and closes the stream', async () => {
    const content = Buffer.from('x\n'.repeat(200_000));
    const body = streamOf(content, 10_000);
    const read = await readText(body, { first: 150_000, last: 150_001 }, { ...bounds, maxScannedBytes: 100_000 });
    expect(read).toMatchObject({ text: '', lastLine: 0, end: 'scan-bound' });
    expect(body.destroyed).toBe(true);
  });

  test('lines that are not wanted take no memory', async () => {
    const endless = Readable.from(
      (function* () {
        for (let piece = 0; piece < 2_000; piece += 1) yield Buffer.alloc(65_536, 'x');
      })(),
      { objectMode: false },
    );
    const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
    await readText(endless, { first: 2, last: 3 }, { ...bounds, maxScannedBytes: 128 * 1024 * 1024 });
    expect(process.memoryUsage().heapUsed + process.memoryUsage().external - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('read_object', () => {
  let fake: FakeObjectStore;
  const context = toolContext();
  const untouched = () => {
    throw new Error('no data set is opened here');
  };
  const read = (key: string, lines?: string): Promise<ToolResult> => {
    const agent = createMinioAgent({ store: fake, engine: { withDataset: untouched }, pdf: { read: untouched } });
    return callTool(
      toolOf(agent, 'read_object'),
      { bucket: 'raw', key, ...(lines !== undefined && { lines }) },
      context,
    );
  };
  beforeEach(() => {
    fake = new FakeObjectStore();
  });
  const add = (key: string, content: string | Buffer, contentType = 'text/plain') =>
    fake.addObject({ bucket: 'raw', key }, content, { contentType });

  test('a short text is told in full, and taints', async () => {
    add('readme.txt', 'Hello\nworld\n');
    expect(await read('readme.txt')).toEqual({
      kind: 'ok',
      summary: 'raw/readme.txt (12 B, utf-8), all 2 lines:\nHello\nworld',
      data: {
        text: 'Hello\nworld\n',
        contentType: 'text/plain',
        sizeBytes: 12,
        encoding: 'utf-8',
        lastLine: 2,
        cut: false,
      },
      untrusted: true,
    });
  });

  test('a long text is cut at a line, with how to go on; the pages join', async () => {
    const content = Array.from({ length: 1_000 }, (_, index) => `row ${index + 1}: "quoted"\n`).join('');
    add('long.txt', content);
    let text = '';
    let lines: string | undefined;
    for (;;) {
      const result = await read('long.txt', lines);
      if (result.kind !== 'ok') throw new Error('it was not read');
      expect(Buffer.byteLength(JSON.stringify(result), 'utf8')).toBeLessThanOrEqual(8_192);
      text += (result.data as { text: string }).text;
      lines = /ask for lines (\d+-\d+)/.exec(result.summary)?.[1];
      if (lines === undefined) break;
    }
    expect(content.startsWith(text)).toBe(true);
    expect(text.split('\n').length).toBeGreaterThan(400);
  });

  test('JSON in one line is laid out', async () => {
    add('limits.json', '{"threshold":5,"names":["a"]}');
    expect(await read('limits.json')).toMatchObject({
      data: { text: '{\n  "threshold": 5,\n  "names": [\n    "a"\n  ]\n}' },
    });
  });

  test('what only looks like JSON is shown as it is', async () => {
    add('broken.json', '{"threshold":5');
    expect(await read('broken.json')).toMatchObject({ data: { text: '{"threshold":5' } });
  });

  test.each([
    [
      'weights.bin',
      Buffer.from([1, 2, 0, 4]),
      'raw/weights.bin (4 B, application/x) is binary data, so it is not shown as text.',
    ],
    [
      't.parquet',
      Buffer.from('PAR1....'),
      'raw/t.parquet (8 B, application/x) is a Parquet file, so it is not shown as text. profile_dataset and query_dataset read it.',
    ],
    [
      'd.pdf',
      Buffer.from('%PDF-1.7'),
      'raw/d.pdf (8 B, application/x) is a PDF, so it is not shown as text. read_pdf reads its text.',
    ],
  ])('%s is described', async (key, content, summary) => {
    add(key, content, 'application/x');
    expect(await read(key)).toMatchObject({ kind: 'ok', summary, data: { text: '' } });
  });

  test('an empty object is said to be empty', async () => {
    add('empty', '');
    expect(await read('empty')).toMatchObject({ kind: 'ok', summary: 'raw/empty is empty.', data: { cut: false } });
  });

  test.each([
    ['2', 'a\nb\n'],
    ['2-3', 'b\nc\n'],
    ['3-3', 'c\n'],
  ])('lines %s', async (lines, text) => {
    add('abc', 'a\nb\nc\nd\n');
    expect(await read('abc', lines)).toMatchObject({ data: { text, cut: true } });
  });

  test.each([
    ['0', 'InvalidArgument'],
    ['4-2', 'InvalidArgument'],
    ['9-10', 'InvalidArgument'],
  ])('lines %s are answered with %s', async (lines, code) => {
    add('abc', 'a\nb\nc\nd\n');
    expect(await read('abc', lines)).toMatchObject({ kind: 'error', code });
  });
});
