import { z } from 'zod';
import { PdfRefusedError, type PageRange, type PdfReader, type PdfText } from '../../../backends/pdf/pdf-reader.ts';
import type { ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { failure } from '../../found.ts';
import { defineTool } from '../../tool.ts';
import { counted } from '../data/figures.ts';
import { findObject } from '../find-object.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

/** Characters of the text that a summary quotes. */
const quotedCharacters = 400;

export const readPdf = ({ store: source, pdf }: { readonly store: ObjectStoreSource; readonly pdf: PdfReader }) =>
  defineTool({
    name: 'read_pdf',
    description: 'Read the text of a PDF in the object store, as a whole or some of its pages.',
    effect: 'pure',
    input: z.strictObject({
      bucket,
      key,
      pages: z
        .string()
        .max(24)
        .regex(/^[0-9]+(-[0-9]+)?$/)
        .optional()
        .describe('Page or range of pages, for example 3 or 10-12; all when left out.'),
    }),
    output: z.object({
      pages: z.array(z.object({ page: z.int(), text: z.string() })).readonly(),
      totalPages: z.int(),
      cut: z.boolean(),
    }),
    access: bucketAccess('get'),
    examples: [
      'Read the PDF contract.pdf in bucket legal',
      'what does page 4 of handbook.pdf say?',
      'summarise pages 2-5 of papers/attention.pdf',
      'extract the text of the whitepaper',
    ],
    display: 'markdown',
    execute: async ({ pages, ...object }, context) => {
      const store = await source.store(context);
      const stat = await findObject(store, object);
      if (!stat.ok) return stat.failure;
      const { sizeBytes, etag } = stat.value;
      try {
        const data = await pdf.read({
          name: object.key,
          sizeBytes,
          signal: context.signal,
          open: async () => (await store.open({ ...object, ifMatch: etag })).body,
          ...(pages !== undefined && { pages: rangeOf(pages) }),
        });
        return { kind: 'ok', summary: summaryOf(object.key, data), data, untrusted: true };
      } catch (error) {
        if (error instanceof PdfRefusedError)
          return { ...failure(error.code, error.message, error.hint), untrusted: true };
        throw error;
      }
    },
  });

function rangeOf(pages: string): PageRange {
  const [first = 1, last = first] = pages.split('-').map(Number);
  return { first, last };
}

function summaryOf(name: string, { pages, totalPages, cut }: PdfText): string {
  const first = pages.at(0)?.page ?? 0;
  const last = pages.at(-1)?.page ?? 0;
  const which = pages.length === totalPages ? counted(totalPages, 'page') : `${span(first, last)} of ${totalPages}`;
  const text = pages.map((page) => page.text).join('\n');
  if (text.trim() === '') return `${name}, ${which}: no text, only pictures or scans.`;
  const quoted = text.replaceAll(/\s+/g, ' ').trim();
  const begins = quoted.length > quotedCharacters ? `${quoted.slice(0, quotedCharacters)}…` : quoted;
  return `${name}, ${which}, ${counted(text.length, 'character')}${cut ? ' (the rest was cut)' : ''}: ${begins}`;
}

function span(first: number, last: number): string {
  return first === last ? `page ${first}` : `pages ${first}-${last}`;
}
