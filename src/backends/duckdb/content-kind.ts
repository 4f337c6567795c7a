import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { RefusedInSandboxError } from '../sandbox/protocol.ts';

/** What the first bytes of a file say about it. */
export interface ContentKind {
  readonly layout: 'delimited' | 'json-lines' | 'json' | 'parquet';
  readonly gzipped: boolean;
  readonly encoding: 'utf-8' | 'utf-16' | 'latin-1';
  /** The first lines, for what the sniffer of DuckDB does not try. */
  readonly head: string;
}

const headBytes = 64 * 1024;

/** @throws RefusedInSandboxError when the file holds no rows in a format that can be read. */
export function contentKindOf(path: string, name: string): ContentKind {
  const stored = firstBytes(path);
  if (stored.length === 0) throw new RefusedInSandboxError('Empty', `${name} is empty.`);
  const gzipped = startsWith(stored, [0x1f, 0x8b]);
  const bytes = gzipped ? unzippedHead(stored, name) : stored;
  if (startsWith(bytes, [0x50, 0x41, 0x52, 0x31])) {
    if (gzipped)
      throw notADataset(name, 'a Parquet file inside gzip', 'Parquet is compressed inside: store it without gzip.');
    return { layout: 'parquet', gzipped, encoding: 'utf-8', head: '' };
  }
  refuseForeignFormats(bytes, name);
  const encoding = encodingOf(bytes, name);
  const head = textOf(bytes, encoding);
  if (head.trim() === '') throw new RefusedInSandboxError('Empty', `${name} holds only white space.`);
  return { layout: textLayoutOf(head, name), gzipped, encoding, head };
}

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(headBytes);
    return buffer.subarray(0, readSync(file, buffer, 0, headBytes, 0));
  } finally {
    closeSync(file);
  }
}

/** The beginning of a gzip file is enough for the beginning of its content. */
function unzippedHead(bytes: Buffer, name: string): Buffer {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 64 * 1024 * 1024 }).subarray(
      0,
      headBytes,
    );
  } catch (cause) {
    throw new RefusedInSandboxError(
      'Unreadable',
      `${name} begins like a gzip file and cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}.`,
    );
  }
}

const foreignFormats: readonly (readonly [readonly number[], string, string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive or an Excel workbook', 'Store the table inside as CSV or Parquet.'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF', 'Read it with read_pdf.'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed with Zstandard', 'Unpack it, or compress it with gzip.'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', 'Unpack it, or compress it with gzip.'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'compressed with xz', 'Unpack it, or compress it with gzip.'],
  [[0x4f, 0x62, 0x6a, 0x01], 'an Avro file', 'Store it as Parquet.'],
  [[0x4f, 0x52, 0x43], 'an ORC file', 'Store it as Parquet.'],
  [[0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], 'an Arrow file', 'Store it as Parquet.'],
];

function refuseForeignFormats(bytes: Buffer, name: string): void {
  for (const [magic, what, hint] of foreignFormats) if (startsWith(bytes, magic)) throw notADataset(name, what, hint);
}

function encodingOf(bytes: Buffer, name: string): ContentKind['encoding'] {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) return 'utf-16';
  if (bytes.includes(0)) throw notADataset(name, 'no text', 'CSV, TSV, JSON lines and Parquet can be looked into.');
  try {
    // The last character may be cut in two.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return 'utf-8';
  } catch {
    return 'latin-1';
  }
}

function textOf(bytes: Buffer, encoding: ContentKind['encoding']): string {
  const bigEndian = startsWith(bytes, [0xfe, 0xff]);
  const labels = { 'utf-8': 'utf-8', 'utf-16': bigEndian ? 'utf-16be' : 'utf-16le', 'latin-1': 'latin1' } as const;
  return new TextDecoder(labels[encoding]).decode(bytes, { stream: true });
}

/** A name that says CSV or TSV wins: a first cell may well begin with a bracket. */
function textLayoutOf(head: string, name: string): ContentKind['layout'] {
  if (/\.(csv|tsv|tab|psv)(\.gz)?$/i.test(name)) return 'delimited';
  const text = head.trimStart();
  if (text.startsWith('[')) return 'json';
  if (text.startsWith('{')) return isOneLine(text) ? 'json-lines' : 'json';
  return 'delimited';
}

/** The first object ends where the first line does, as far as can be seen. */
function isOneLine(text: string): boolean {
  const end = text.indexOf('\n');
  if (end === -1) return true;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

function startsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function notADataset(name: string, what: string, hint: string): RefusedInSandboxError {
  return new RefusedInSandboxError('NotADataset', `${name} is ${what}, not a data set.`, hint);
}
