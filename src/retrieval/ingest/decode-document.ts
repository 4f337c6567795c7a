import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { PdfRefusedError, type PdfReader } from '../../backends/pdf/pdf-reader.ts';
import type { DocumentFormat } from '../chunk.ts';

/** What the bytes of a document are. */
export type ContentKind = DocumentFormat | 'pdf';

const byEnding: Readonly<Record<string, ContentKind>> = {
  md: 'markdown',
  mdx: 'markdown',
  markdown: 'markdown',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  txt: 'text',
  text: 'text',
  log: 'text',
  rst: 'text',
  adoc: 'text',
  ipynb: 'notebook',
  pdf: 'pdf',
};

const byMediaType: Readonly<Record<string, ContentKind>> = {
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'application/pdf': 'pdf',
  'application/x-ipynb+json': 'notebook',
};

/** Says nothing about the format beyond that it can be read. */
const vagueMediaTypes = new Set([
  '',
  'text/plain',
  'application/octet-stream',
  'application/json',
  'binary/octet-stream',
]);

/** From the media type, or from the ending of the name where that says nothing; undefined: not a document. */
export function contentKindOf(name: string, contentType = ''): ContentKind | undefined {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!vagueMediaTypes.has(mediaType)) return byMediaType[mediaType];
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return byEnding[ending] ?? (mediaType === 'text/plain' ? 'text' : undefined);
}

export interface EncodedDocument {
  /** For messages. */
  readonly name: string;
  readonly kind: ContentKind;
  readonly bytes: Uint8Array;
  /** With the charset, where the source tells. */
  readonly contentType?: string;
  readonly signal: AbortSignal;
}

export type Decoded =
  | { readonly kind: 'content'; readonly format: DocumentFormat; readonly content: string }
  | { readonly kind: 'skipped'; readonly why: string };

/** Nobody vouches for a PDF, so it is read elsewhere. */
export async function decodeDocument(document: EncodedDocument, pdf: PdfReader): Promise<Decoded> {
  const { name, kind, bytes, contentType = '' } = document;
  if (kind === 'pdf') return decodePdf(document, pdf);
  const content = decoderOf(contentType).decode(bytes);
  if (content.includes('\0')) return { kind: 'skipped', why: `${name} is no text` };
  return { kind: 'content', format: kind, content };
}

function decoderOf(contentType: string): TextDecoder {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch {
    // A charset that nobody knows: UTF-8 is what most pages are.
    return new TextDecoder();
  }
}

async function decodePdf({ name, bytes, signal }: EncodedDocument, pdf: PdfReader): Promise<Decoded> {
  const open = () => Promise.resolve(Readable.from([bytes]));
  try {
    const { pages } = await pdf.read({ name, sizeBytes: bytes.byteLength, open, signal });
    return { kind: 'content', format: 'text', content: pages.map(({ text }) => text).join('\n\n') };
  } catch (error) {
    if (error instanceof PdfRefusedError) return { kind: 'skipped', why: error.message };
    throw error;
  }
}
