import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contentKindOf, type ContentKind } from './content-kind.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'swarm-content-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function kindOf(name: string, content: string | Uint8Array): Promise<ContentKind> {
  const path = join(folder, 'data');
  await writeFile(path, content);
  return contentKindOf(path, name);
}

const plain = { layout: 'delimited', gzipped: false, encoding: 'utf-8' } as const;
const known: Record<string, { name: string; content: string | Uint8Array; want: Partial<ContentKind> }> = {
  'text in columns': { name: 'a.csv', content: 'a,b\n1,2\n', want: plain },
  'the same without an ending': { name: 'part-0000', content: 'a,b\n1,2\n', want: plain },
  'the same in gzip, whatever the name': {
    name: 'a',
    content: gzipSync('a,b\n1,2\n'),
    want: { ...plain, gzipped: true },
  },
  'a large file in gzip': {
    name: 'a',
    content: gzipSync('a,b\n1,2\n'.repeat(100_000)),
    want: { ...plain, gzipped: true },
  },
  'text of one byte a letter': {
    name: 'a.csv',
    content: Buffer.from('na\xefve,b\n', 'latin1'),
    want: { ...plain, encoding: 'latin-1' },
  },
  'text of two bytes a letter': {
    name: 'a.csv',
    content: Buffer.from('\ufeffa,b\n', 'utf16le'),
    want: { ...plain, encoding: 'utf-16' },
  },
  'a letter cut in two at the end of the sample': {
    name: 'a.csv',
    content: `${'x'.repeat(64 * 1024 - 1)}ü`,
    want: plain,
  },
  'JSON lines': { name: 'events', content: '\n {"a":1}\n{"a":2}\n', want: { ...plain, layout: 'json-lines' } },
  'a JSON array': { name: 'a.json', content: '[{"a":1}]', want: { ...plain, layout: 'json' } },
  'a JSON object over several lines': {
    name: 'a.json',
    content: '{\n  "a": 1\n}\n',
    want: { ...plain, layout: 'json' },
  },
  'one JSON object without a line end': {
    name: 'a.json',
    content: '{"a":1}',
    want: { ...plain, layout: 'json-lines' },
  },
  'a CSV whose first cell begins like JSON': { name: 'a.csv', content: '{x},b\n1,2\n', want: plain },
  Parquet: { name: 'a', content: 'PAR1....', want: { ...plain, layout: 'parquet' } },
};
test.each(Object.entries(known))('%s is recognised by its bytes', async (_what, { name, content, want }) => {
  expect(await kindOf(name, content)).toMatchObject(want);
});

const foreign: Record<string, { content: string | Uint8Array; code: string; says: string }> = {
  'an empty file': { content: '', code: 'Empty', says: 'is empty' },
  'white space': { content: ' \n\n', code: 'Empty', says: 'only white space' },
  'an Excel workbook': { content: 'PK\x03\x04....', code: 'NotADataset', says: 'Excel' },
  'a PDF': { content: '%PDF-1.7', code: 'NotADataset', says: 'a PDF' },
  'bytes without text': { content: Buffer.from([1, 2, 0, 3]), code: 'NotADataset', says: 'no text' },
  Zstandard: { content: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]), code: 'NotADataset', says: 'Zstandard' },
  'Parquet in gzip': { content: gzipSync('PAR1....'), code: 'NotADataset', says: 'inside gzip' },
  'damaged gzip': {
    content: Buffer.from([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]),
    code: 'Unreadable',
    says: 'cannot be unpacked',
  },
};
test.each(Object.entries(foreign))('%s is refused with what it is', async (_what, { content, code, says }) => {
  await expect(kindOf('some.file', content)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says) as string,
  });
});
