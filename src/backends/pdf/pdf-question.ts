import type { PageRange } from './pdf-reader.ts';

/** What the reader asks its worker; the answer is a PdfText. */
export interface PdfQuestion {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly pages: PageRange | undefined;
  readonly maximumPages: number;
  readonly maximumCharacters: number;
}
