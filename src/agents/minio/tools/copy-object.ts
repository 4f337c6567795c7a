import { z } from 'zod';
import {
  maxCopyBytes,
  type ObjectReference,
  type ObjectStat,
  type ObjectStore,
  type ObjectStoreSource,
} from '../../../backends/s3/object-store.ts';
import { RetryableError } from '../../../base/errors.ts';
import { found, missed, type Found } from '../../found.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { effectMetadata, foreignMetadata, isOurs } from '../effect-metadata.ts';
import { findObject } from '../find-object.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key, newKey } from '../minio-argument.ts';
import { humanBytes, objectSummary, objectSummaryOf, placeOf } from '../minio-data.ts';
import { lossInWords, occupied } from '../occupied.ts';

export const copyObject = (source: ObjectStoreSource) =>
  defineTool({
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
    destroys: ({ overwrite }) => overwrite,
    precheck: async (input, context) => {
      const plan = await planCopy(await source.store(context), input, context);
      return plan.ok ? undefined : plan.failure;
    },
    preview: async (input, context) => {
      const to = targetOf(input);
      const loss = await lossInWords(await source.store(context), to, context);
      return `Copies ${placeOf(input)} to ${placeOf(to)}.${loss}`;
    },
    execute: async (input, context) => {
      const store = await source.store(context);
      const copied = await copy(store, input, context);
      if (!copied.ok) return copied.failure;
      const to = targetOf(input);
      return {
        kind: 'ok',
        summary: `Copied ${placeOf(input)} (${humanBytes(copied.value.sizeBytes)}) to ${placeOf(to)}.`,
        data: objectSummaryOf(copied.value),
      };
    },
  });

interface Request {
  readonly bucket: string;
  readonly key: string;
  readonly toBucket: string;
  readonly toKey?: string | undefined;
  readonly overwrite: boolean;
}

/**
 * The store copies by itself. It knows no condition on the target, so that between looking and copying somebody else's
 * new object could be replaced; a repeat of our own copy meets its mark and does nothing.
 */
async function copy(store: ObjectStore, request: Request, context: ToolContext): Promise<Found<ObjectStat>> {
  const target = targetOf(request);
  const before = await store.stat(target);
  if (before && isOurs(before, context)) return found(before);
  const plan = await planCopy(store, request, context);
  if (!plan.ok) return plan;
  const { contentType, etag } = plan.value;
  const metadata = { ...foreignMetadata(plan.value), ...effectMetadata(context) };
  const from = { bucket: request.bucket, key: request.key };
  await store.copy({ from, to: { ...target, contentType, metadata }, ifSourceMatch: etag });
  const after = await store.stat(target);
  if (after && isOurs(after, context)) return found(after);
  throw new RetryableError('ObjectVanished', `${placeOf(target)} was written and is gone or replaced; looking again.`);
}

/** The source, when it can be copied. */
async function planCopy(store: ObjectStore, request: Request, context: ToolContext): Promise<Found<ObjectStat>> {
  const target = targetOf(request);
  if (target.bucket === request.bucket && target.key === request.key) {
    return missed(
      'InvalidArgument',
      `${placeOf(target)} cannot be copied onto itself.`,
      'Give another bucket or another key.',
    );
  }
  const object = await findObject(store, request);
  if (!object.ok) return object;
  if (object.value.sizeBytes > maxCopyBytes) {
    return missed(
      'TooLarge',
      `${placeOf(request)} has ${humanBytes(object.value.sizeBytes)}; an object store copies ${humanBytes(maxCopyBytes)} at most in one piece.`,
      'Copy it with a tool that copies in parts, for example mc cp.',
    );
  }
  const refused = occupied(await store.stat(target), { ...target, overwrite: request.overwrite }, context);
  return refused ? { ok: false, failure: refused } : object;
}

/** A target that ends in a slash is a folder, as people write it. */
function targetOf({ key: sourceKey, toBucket, toKey = sourceKey }: Request): ObjectReference {
  const name = sourceKey.split('/').at(-1) ?? sourceKey;
  return { bucket: toBucket, key: toKey.endsWith('/') ? `${toKey}${name}` : toKey };
}
