import { z } from 'zod';
import type { Bucket, ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { defineTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { counted } from '../minio-data.ts';

const maxBuckets = 100;
const named = 20;

export const listBuckets = (source: ObjectStoreSource) =>
  defineTool({
    name: 'list_buckets',
    description: 'List the buckets of the object store.',
    effect: 'pure',
    input: z.strictObject({}),
    output: z.object({
      buckets: z.array(z.object({ name: z.string(), createdAt: z.string() })).readonly(),
      total: z.int(),
    }),
    access: bucketAccess('get'),
    examples: [
      'Which buckets are there?',
      'list buckets',
      'where do we keep our data?',
      'what storage locations can I use in MinIO?',
      'aws s3 ls',
    ],
    display: 'table',
    execute: async (_input, context) => {
      const buckets = await (await source.store(context)).listBuckets();
      return {
        kind: 'ok',
        summary: summaryOf(buckets),
        data: { buckets: buckets.slice(0, maxBuckets), total: buckets.length },
      };
    },
  });

function summaryOf(buckets: readonly Bucket[]): string {
  if (buckets.length === 0) return 'There is no bucket that this namespace may use.';
  const names = buckets.slice(0, named).map(({ name }) => name);
  const rest = buckets.length - names.length;
  const verb = buckets.length === 1 ? 'is' : 'are';
  return `There ${verb} ${counted(buckets.length, 'bucket')}: ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}
