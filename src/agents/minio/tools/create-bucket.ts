import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';

export const createBucket = declareTool({
  name: 'create_bucket',
  description: 'Create a bucket in the object store.',
  effect: 'named',
  input: z.strictObject({
    bucket: z
      .string()
      .min(3)
      .max(63)
      .regex(/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/)
      .describe('Name of the new bucket: lower-case letters, digits, dots and hyphens.'),
  }),
  output: z.object({ bucket: z.string() }),
  access: bucketAccess('put'),
  examples: [
    'Create a bucket named raw-images',
    'make me a new bucket for the backups called nightly-backups',
    'I need somewhere to put my results, set up a bucket results-2026',
    'mb s3://team-scratch',
  ],
  display: 'text',
});
