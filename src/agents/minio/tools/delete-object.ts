import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';
import { objectSummary } from '../minio-data.ts';

export const deleteObject = declareTool({
  name: 'delete_object',
  description: 'Delete one object from the object store.',
  effect: 'external',
  input: z.strictObject({ bucket, key }),
  output: objectSummary,
  access: bucketAccess('put'),
  examples: [
    'Delete scratch/old.csv',
    'remove the file tmp/dump.json from bucket exports',
    'rm s3://scratch/test.txt',
    'throw away that outdated export',
    'get rid of the temporary file',
  ],
  display: 'text',
  destructive: true,
});
