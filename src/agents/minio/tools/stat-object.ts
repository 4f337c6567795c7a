import { z } from 'zod';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';
import { objectSummary } from '../minio-data.ts';

export const statObject = declareTool({
  name: 'stat_object',
  description: 'Tell size, type, age, checksum and versions of one object without reading it.',
  effect: 'pure',
  input: z.strictObject({ bucket, key }),
  output: objectSummary.extend({
    contentType: z.string(),
    etag: z.string(),
    metadata: z.record(z.string(), z.string()),
    versions: z.int().optional(),
  }),
  access: bucketAccess('get'),
  examples: [
    'How big is models/churn/model.onnx?',
    'when was exports/daily.csv last changed?',
    'size and etag of raw-images/batch1.tar',
    'metadata of that object please',
    'does the file weights.bin exist in bucket models?',
  ],
  display: 'text',
});
