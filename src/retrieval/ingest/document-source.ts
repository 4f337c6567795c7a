import type { SourceDocument } from '../chunk.ts';

/** One source of a knowledge base, of whatever kind. */
export interface DocumentSource {
  readonly name: string;
  /**
   * What it has now, each document once. Ending early by an error means that nothing is known about the rest.
   * RetryableError when only time helps, TerminalError when a person must act.
   */
  documents(signal: AbortSignal): AsyncIterable<OfferedDocument>;
}

export interface OfferedDocument {
  /** `<source>/<name in the source>`: its identity in the knowledge base, the same from sync to sync. */
  readonly path: string;
  /** @param known version it was last taken in with; then it may answer `unchanged`. */
  read(known: string | undefined): Promise<Reading>;
}

export type Reading =
  | { readonly kind: 'content'; readonly document: SourceDocument; readonly version?: string | undefined }
  | { readonly kind: 'unchanged' }
  /** It is not there any more. */
  | { readonly kind: 'gone'; readonly why: string }
  /** It is there and cannot be used, which is no fault of the source. */
  | { readonly kind: 'skipped'; readonly why: string };

/** Longest path of a document; it is a key of the index. */
export const maxPathLength = 512;

/** Largest document that is read. */
export const maxDocumentBytes = 16 * 1024 * 1024;

export function tooLarge(name: string, sizeBytes: number): Reading {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 / 1024)} MiB`;
  return { kind: 'skipped', why: `${name} has ${megabytes(sizeBytes)}, more than ${megabytes(maxDocumentBytes)}` };
}
