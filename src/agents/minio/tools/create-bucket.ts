import { z } from 'zod';
import { newBucketNameProblem } from '../../../backends/s3/object-names.ts';
import type { Bucket, ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { failure } from '../../found.ts';
import { defineTool, type ToolContext, type ToolFailure } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';

/** How far the clocks of the store and of this process may lie apart. */
const toleranceMs = 120_000;

export const createBucket = (source: ObjectStoreSource) =>
  defineTool({
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
    precheck: async ({ bucket }, context) => {
      const problem = newBucketNameProblem(bucket);
      if (problem !== undefined) return failure('InvalidArgument', `No bucket can be called ${bucket}: ${problem}.`);
      const existing = await bucketOf(source, bucket, context);
      return existing && alreadyExists(existing);
    },
    preview: ({ bucket }) => Promise.resolve(`Creates the bucket ${bucket}.`),
    execute: async ({ bucket }, context) => {
      const store = await source.store(context);
      if ((await store.createBucket(bucket)) === 'exists') {
        const existing = await bucketOf(source, bucket, context);
        // Buckets carry no mark of ours: one that is younger than the decision was made by its first attempt.
        if (!existing || Date.parse(existing.createdAt) < context.decidedAt.getTime() - toleranceMs) {
          return alreadyExists(existing ?? { name: bucket });
        }
      }
      return { kind: 'ok', summary: `Created bucket ${bucket}.`, data: { bucket } };
    },
  });

async function bucketOf(source: ObjectStoreSource, name: string, context: ToolContext): Promise<Bucket | undefined> {
  const buckets = await (await source.store(context)).listBuckets();
  return buckets.find((bucket) => bucket.name === name);
}

function alreadyExists({ name, createdAt }: Pick<Bucket, 'name'> & Partial<Bucket>): ToolFailure {
  const since = createdAt === undefined ? '' : ` since ${createdAt}`;
  return failure('AlreadyExists', `Bucket ${name} exists already${since}.`, 'Use it as it is, or choose another name.');
}
