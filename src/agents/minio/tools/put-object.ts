import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, newKey } from '../minio-argument.ts';
import { objectSummary } from '../minio-data.ts';

export const putObject = declareTool({
  name: 'put_object',
  description: 'Write a text into an object of the object store.',
  effect: 'named',
  input: z.strictObject({
    bucket,
    key: newKey.describe('Key to write to: the path inside the bucket.'),
    content: z.string().max(12_000).describe('Text to write, exactly as it is to be stored.'),
    overwrite: z.boolean().default(false).describe('Whether an object that exists may be replaced.'),
  }),
  output: objectSummary,
  access: bucketAccess('put'),
  examples: [
    'Save this text as notes/today.txt in bucket scratch',
    'write {"threshold": 5} to settings/limits.json',
    'store "approved by legal" in exports/status.txt',
    'put a file hello.txt with the content hello into the scratch bucket',
    'note down the result in s3://scratch/result.md',
  ],
  display: 'text',
});
