import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { RetryableError } from '../../base/errors.ts';
import type { PdfLimits, PdfSource } from './pdf-reader.ts';
import { createPdfReader } from './sandboxed-pdf-reader.ts';

// Each case starts a process.
vi.setConfig({ testTimeout: 60_000 });

const fixture = (name: string) =>
  readFile(new URL(`../../../test/integration/datasets/fixtures/${name}`, import.meta.url));

async function read(bytes: Uint8Array, changes: Partial<PdfSource> = {}, limits: Partial<PdfLimits> = {}) {
  const reader = createPdfReader({ clock: systemClock, limits });
  return reader.read({
    name: 'handbook.pdf',
    sizeBytes: bytes.length,
    open: () => Promise.resolve(Readable.from([bytes.subarray(0, 100), bytes.subarray(100)])),
    signal: new AbortController().signal,
    ...changes,
  });
}

test('all pages are read, with their lines', async () => {
  const text = await read(await fixture('handbook.pdf'));
  expect(text).toMatchObject({ totalPages: 3, cut: false });
  expect(text.pages.map(({ page }) => page)).toEqual([1, 2, 3]);
  expect(text.pages[1]?.text).toBe('Page 2 of the handbook.\nThe retention period is 60 days.');
});

test.each([
  [{ first: 2, last: 2 }, [2]],
  [{ first: 2, last: 9 }, [2, 3]],
])('only the pages asked for are read: %j', async (pages, want) => {
  const text = await read(await fixture('handbook.pdf'), { pages });
  expect(text.pages.map(({ page }) => page)).toEqual(want);
});

test.each([{ pages: 2 }, { characters: 60 }])(
  'what is beyond the limits is cut, and that is said: %j',
  async (limits) => {
    const text = await read(await fixture('handbook.pdf'), {}, limits);
    expect(text.cut).toBe(true);
    expect(text.pages).toHaveLength(2);
  },
);

test.each([
  { first: 4, last: 4 },
  { first: 0, last: 1 },
  { first: 3, last: 2 },
])('there are no pages %j', async (pages) => {
  await expect(read(await fixture('handbook.pdf'), { pages })).rejects.toMatchObject({
    code: 'NoSuchPage',
    message: 'handbook.pdf has pages 1 to 3.',
  });
});

test('a file with a password is refused', async () => {
  await expect(read(await fixture('encrypted.pdf'))).rejects.toMatchObject({ code: 'Encrypted' });
});

test.each([
  ['is none', Buffer.from('id,name\n1,x\n')],
  ['is empty', Buffer.alloc(0)],
])('a file that %s is refused', async (_what, bytes) => {
  await expect(read(bytes)).rejects.toMatchObject({ code: 'NotAPdf' });
});

test('a file that is cut off is refused or read as far as it goes, and no bug', async () => {
  const whole = await fixture('handbook.pdf');
  for (const share of [0.2, 0.5, 0.9]) {
    const outcome = await read(whole.subarray(0, whole.length * share)).catch((error: unknown) => error);
    expect(outcome).toSatisfy((value: object) => 'pages' in value || ('code' in value && value.code === 'NotAPdf'));
  }
});

test('a file that is too large is refused before and while it is read', async () => {
  const bytes = await fixture('handbook.pdf');
  const notOpened = { open: () => Promise.reject(new Error('opened')) };
  await expect(read(bytes, notOpened, { objectBytes: 100 })).rejects.toMatchObject({ code: 'TooLarge' });
  await expect(read(bytes, { sizeBytes: 1 }, { objectBytes: 100 })).rejects.toMatchObject({ code: 'TooLarge' });
});

test('errors of the store go through untouched', async () => {
  const broken = new RetryableError('ConnectionLost', 'the store went away');
  await expect(read(await fixture('handbook.pdf'), { open: () => Promise.reject(broken) })).rejects.toBe(broken);
});
