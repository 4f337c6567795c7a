import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const readObject = declareTool({
  name: 'read_object',
  description: 'Show what a text, JSON, YAML or CSV object contains, as a whole or some of its lines.',
  effect: 'pure',
  input: z.strictObject({
    bucket,
    key,
    lines: z
      .string()
      .max(24)
      .regex(/^[0-9]+(-[0-9]+)?$/)
      .optional()
      .describe('Which lines: a number for that many from the start, or a range such as 10-40.'),
  }),
  output: z.object({ text: z.string(), contentType: z.string(), sizeBytes: z.int(), cut: z.boolean() }),
  access: bucketAccess('get'),
  examples: [
    'Show me the content of exports/readme.txt',
    'open configs/train.yaml in bucket settings',
    'print the first 20 lines of daily.csv',
    'what does the file notes.md say?',
    'cat s3://settings/limits.json',
  ],
  display: 'code',
});
