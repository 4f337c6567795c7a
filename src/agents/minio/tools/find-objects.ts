import { z } from 'zod';
import { limit, nameContains, pageToken, since } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket } from '../minio-argument.ts';
import { objectPage } from '../minio-data.ts';

export const findObjects = declareTool({
  name: 'find_objects',
  description: 'Search all buckets, or one, for objects by part of the name, extension, age or size.',
  effect: 'pure',
  input: z.strictObject({
    nameContains,
    extension: z
      .string()
      .min(1)
      .max(16)
      .regex(/^[A-Za-z0-9.]+$/)
      .optional()
      .describe('Only objects with this file extension, for example csv.'),
    bucket: bucket.optional(),
    since,
    minSize: z
      .string()
      .max(20)
      .regex(/^[0-9]+(\.[0-9]+)? ?([KMGT]i?)?B?$/i)
      .optional()
      .describe('Only objects at least this large, for example 500MB or 2GiB.'),
    limit,
    pageToken,
  }),
  output: objectPage,
  access: bucketAccess('get'),
  examples: [
    'Where is the file with the customer labels?',
    'find all csv files newer than a week',
    'search for anything named embeddings',
    'which objects are larger than 1 GB?',
    'locate the latest parquet files in bucket exports',
    'do we have a pdf about pricing somewhere?',
  ],
  display: 'table',
});
