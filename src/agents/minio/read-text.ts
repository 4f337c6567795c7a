import type { Readable } from 'node:stream';
import { sniff, type Sniffed } from './sniff-text.ts';

/** From the first to the last line that is wanted, counted from 1; Infinity for the end. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export interface TextBounds {
  /** Of the text as it stands in JSON, in bytes: that is how a model gets it. */
  readonly maxTextBytes: number;
  /** How much of the object is looked through for lines far behind. */
  readonly maxScannedBytes: number;
}

export type TextRead =
  | Extract<Sniffed, { kind: 'binary' }>
  | {
      readonly kind: 'text';
      readonly encoding: string;
      readonly text: string;
      /** Last line that is in the text, wholly or in part; 0 when none is. */
      readonly lastLine: number;
      /**
       * What ended the reading: the wanted lines, the bound of the text (at a line's end, or inside one that is too long
       * by itself), that of the search, or the object itself.
       */
      readonly end: 'range' | 'text-bound' | 'long-line' | 'scan-bound' | 'object';
      /** Lines of the whole object, when its end was reached. */
      readonly lineCount?: number;
    };

const headBytes = 64 * 1024;

/** Reads wanted lines from a stream and no more of it than needed; the stream is closed afterwards. */
export async function readText(body: Readable, range: LineRange, bounds: TextBounds): Promise<TextRead> {
  const source = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    const head = await headOf(source);
    const sniffed = sniff(head.bytes, head.isWhole);
    if (sniffed.kind === 'binary') return sniffed;
    const lines = new LineCollector(range, bounds.maxTextBytes);
    const decoder = new TextDecoder(sniffed.encoding);
    let scannedBytes = head.bytes.byteLength;
    lines.add(decoder.decode(head.bytes, { stream: !head.isWhole }));
    let hasEnded = head.isWhole;
    while (!hasEnded && !lines.isDone && scannedBytes < bounds.maxScannedBytes) {
      const next = await source.next();
      hasEnded = next.done === true;
      lines.add(next.done === true ? decoder.decode() : decoder.decode(next.value, { stream: true }));
      scannedBytes += next.done === true ? 0 : next.value.byteLength;
    }
    return { kind: 'text', encoding: sniffed.encoding, ...lines.result(hasEnded) };
  } finally {
    body.destroy();
  }
}

async function headOf(source: AsyncIterator<Buffer>): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  while (sizeBytes < headBytes) {
    const next = await source.next();
    if (next.done === true) return { bytes: Buffer.concat(chunks), isWhole: true };
    chunks.push(next.value);
    sizeBytes += next.value.byteLength;
  }
  return { bytes: Buffer.concat(chunks), isWhole: false };
}

/** Keeps the lines of a range as pieces of text come in; of lines that are not wanted it keeps nothing. */
class LineCollector {
  readonly #range: LineRange;
  readonly #maxBytes: number;
  #text = '';
  #bytes = 0;
  /** The line that comes next, or that has begun. */
  #line = 1;
  #hasBegun = false;
  #lastLine = 0;
  #end: 'range' | 'text-bound' | 'long-line' | undefined;
  /** Where in the text the line begins. */
  #lineStart = 0;

  constructor(range: LineRange, maxBytes: number) {
    this.#range = range;
    this.#maxBytes = maxBytes;
  }

  get isDone(): boolean {
    return this.#end !== undefined;
  }

  add(piece: string): void {
    let start = 0;
    while (start < piece.length && !this.isDone) {
      const newline = piece.indexOf('\n', start);
      const end = newline === -1 ? piece.length : newline + 1;
      if (!this.#hasBegun) this.#lineStart = this.#text.length;
      if (this.#line >= this.#range.first) this.#take(piece.slice(start, end));
      this.#hasBegun = newline === -1;
      if (newline !== -1) this.#line += 1;
      if (this.#line > this.#range.last) this.#end ??= 'range';
      start = end;
    }
  }

  result(hasEnded: boolean) {
    const end = this.#end ?? (hasEnded ? 'object' : 'scan-bound');
    const lineCount = this.#hasBegun ? this.#line : this.#line - 1;
    return {
      text: this.#text.replaceAll('\r\n', '\n'),
      lastLine: this.#lastLine,
      end,
      ...(end === 'object' && { lineCount }),
    } as const;
  }

  #take(part: string): void {
    const bytes = bytesInJson(part);
    if (this.#bytes + bytes <= this.#maxBytes) {
      this.#text += part;
      this.#bytes += bytes;
      this.#lastLine = this.#line;
      return;
    }
    if (this.#lineStart > 0) {
      // Whole lines only: the next page begins with this one.
      this.#text = this.#text.slice(0, this.#lineStart);
      this.#lastLine = this.#line - 1;
      this.#end = 'text-bound';
      return;
    }
    this.#text += fitting(part, this.#maxBytes - this.#bytes);
    this.#lastLine = this.#line;
    this.#end = 'long-line';
  }
}

/** The first lines that fit, or as much of the first as does. */
export function beginningOf(text: string, maxBytes: number): string {
  if (bytesInJson(text) <= maxBytes) return text;
  const beginning = fitting(text, maxBytes);
  const lineEnd = beginning.lastIndexOf('\n');
  return lineEnd === -1 ? beginning : beginning.slice(0, lineEnd + 1);
}

/** A model gets it as JSON: that is what counts. */
function bytesInJson(text: string): number {
  return Buffer.byteLength(JSON.stringify(text), 'utf8') - 2;
}

function fitting(text: string, maxBytes: number): string {
  let length = Math.min(text.length, maxBytes);
  while (length > 0 && bytesInJson(text.slice(0, length)) > maxBytes) length = Math.floor(length * 0.9);
  return text.slice(0, length).toWellFormed();
}
