import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const readPdf = declareTool({
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
  output: z.object({ pages: z.array(z.object({ page: z.int(), text: z.string() })), totalPages: z.int() }),
  access: bucketAccess('get'),
  examples: [
    'Read the PDF contract.pdf in bucket legal',
    'what does page 4 of handbook.pdf say?',
    'summarise pages 2-5 of papers/attention.pdf',
    'extract the text of the whitepaper',
  ],
  display: 'markdown',
});
