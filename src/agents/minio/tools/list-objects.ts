import { z } from 'zod';
import { limit, pageToken } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket } from '../minio-argument.ts';
import { objectPage } from '../minio-data.ts';

export const listObjects = declareTool({
  name: 'list_objects',
  description: 'List the objects of a bucket, or those under a prefix, newest first.',
  effect: 'pure',
  input: z.strictObject({
    bucket,
    prefix: z.string().max(1024).optional().describe('Folder or beginning of the keys, for example 2026/10/.'),
    limit,
    pageToken,
  }),
  output: objectPage,
  access: bucketAccess('get'),
  examples: [
    'What is in the raw-images bucket?',
    'list the files under reports/2026 in bucket exports',
    'show the newest objects of the models bucket',
    'ls s3://exports/daily/',
    'which files are in the archive folder?',
  ],
  display: 'table',
});
