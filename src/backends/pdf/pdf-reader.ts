import type { Readable } from 'node:stream';

/** Takes the text out of PDF files that nobody vouches for. */
export interface PdfReader {
  /**
   * @throws PdfRefusedError when there is no text to be had from it, what `open` throws, and the signal's reason once it
   * has fired.
   */
  read(source: PdfSource): Promise<PdfText>;
}

export interface PdfSource {
  /** For messages. */
  readonly name: string;
  readonly sizeBytes: number;
  /** Asked once, when it is this file's turn. */
  open(): Promise<Readable>;
  /** All when absent. */
  readonly pages?: PageRange;
  readonly signal: AbortSignal;
}

/** Counted from 1; both belong to it. */
export interface PageRange {
  readonly first: number;
  readonly last: number;
}

export interface PdfText {
  readonly pages: readonly { readonly page: number; readonly text: string }[];
  readonly totalPages: number;
  /** Pages or text beyond the limits were left out. */
  readonly cut: boolean;
}

export interface PdfLimits {
  readonly objectBytes: number;
  /** Files that are read at the same time; others wait. */
  readonly open: number;
  readonly pages: number;
  readonly characters: number;
  readonly memoryBytes: number;
  readonly readMs: number;
}

const mebibyte = 1024 * 1024;

export const defaultPdfLimits: PdfLimits = {
  objectBytes: 64 * mebibyte,
  open: 2,
  pages: 500,
  characters: 1_000_000,
  memoryBytes: 512 * mebibyte,
  readMs: 60_000,
};

/** Something that the asker can use: another file, other pages. */
export class PdfRefusedError extends Error {
  override readonly name = 'PdfRefusedError';
  /** TooLarge, NotAPdf, Encrypted, NoSuchPage, TimedOut, OutOfMemory or Crashed. */
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
