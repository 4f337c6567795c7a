import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key, newKey } from '../minio-argument.ts';
import { objectSummary } from '../minio-data.ts';

export const copyObject = declareTool({
  name: 'copy_object',
  description: 'Copy an object to another bucket or key.',
  effect: 'named',
  input: z.strictObject({
    bucket,
    key,
    toBucket: bucket.describe('Bucket to copy into.').meta({ 'x-inventory': 'bucket' }),
    toKey: newKey.optional().describe('Key of the copy; the same as that of the source when left out.'),
    overwrite: z.boolean().default(false).describe('Whether an object that exists may be replaced.'),
  }),
  output: objectSummary,
  access: [...bucketAccess('get'), ...bucketAccess('put')],
  examples: [
    'Copy exports/daily.csv to the archive bucket',
    'duplicate models/v2/model.onnx as models/production/model.onnx',
    'cp s3://raw/a.csv s3://backup/2026/a.csv',
    'put a copy of that file into my scratch folder',
    'promote the new weights to the release bucket',
  ],
  display: 'text',
});
