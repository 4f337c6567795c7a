import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';

export const listBuckets = declareTool({
  name: 'list_buckets',
  description: 'List the buckets of the object store.',
  effect: 'pure',
  input: z.strictObject({}),
  output: z.object({ buckets: z.array(z.object({ name: z.string(), createdAt: z.string() })) }),
  access: bucketAccess('get'),
  examples: [
    'Which buckets are there?',
    'list buckets',
    'where do we keep our data?',
    'what storage locations can I use in MinIO?',
    'aws s3 ls',
  ],
  display: 'table',
});
