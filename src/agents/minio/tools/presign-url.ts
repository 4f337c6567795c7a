import { z } from 'zod';
import { duration } from '../../argument.ts';
import { declareTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';

export const presignUrl = declareTool({
  name: 'presign_url',
  description: 'Make a link with which anybody can download one object for a limited time.',
  effect: 'pure',
  input: z.strictObject({
    bucket,
    key,
    expiresIn: duration('How long the link works').default('15m'),
  }),
  output: z.object({ url: z.string(), expiresAt: z.string() }),
  access: bucketAccess('get'),
  examples: [
    'Give me a download link for models/churn/model.onnx',
    'share exports/daily.csv with a colleague, valid for one hour',
    'presign raw-images/batch1.tar for 30m',
    'I need a temporary URL for that report',
    'how can somebody without an account download this file?',
  ],
  display: 'text',
});
