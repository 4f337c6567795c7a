/** One document as a source gave it, before it is cut. */
export interface SourceDocument {
  readonly knowledgeBase: string;
  /** Identity within the knowledge base: path in the source, unique, stable from sync to sync. */
  readonly path: string;
  /** Where a person reads it; what citations point to. */
  readonly url: string;
  /** `text` takes the text of a PDF too. */
  readonly format: DocumentFormat;
  readonly content: string;
  /** When the source knows it better than the content's own first heading. */
  readonly title?: string | undefined;
}
export type DocumentFormat = 'markdown' | 'html' | 'text' | 'notebook';

/** A passage: what is indexed, embedded, found and cited. */
export interface Chunk {
  /** First 32 hexadecimal digits of the SHA-256 of knowledge base, document, hash and duplicate number. */
  readonly id: string;
  readonly knowledgeBase: string;
  /** `path` of the document. */
  readonly document: string;
  /** `url` of the document, with the fragment of the section. */
  readonly url: string;
  /** Fragment of the section the passage begins in; empty at the top of the document. */
  readonly anchor: string;
  readonly title: string;
  /** Headings above the passage, outermost first, without the title. */
  readonly headings: readonly string[];
  readonly text: string;
  /** Position within the document, from 0. Not part of the id: a new paragraph above moves it, and costs no embedding. */
  readonly ordinal: number;
  /** How many passages the document had when this one was written: long pages have a bit of everything. */
  readonly total: number;
  /** SHA-256 of title, headings, anchor and text. */
  readonly hash: string;
}
