import { z } from 'zod';
import type { NewObject, ObjectStat, ObjectStore, ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { RetryableError } from '../../../base/errors.ts';
import { found, type Found } from '../../found.ts';
import { defineTool, type ToolContext } from '../../tool.ts';
import { contentTypeOf } from '../content-type.ts';
import { effectMetadata, isOurs } from '../effect-metadata.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, newKey } from '../minio-argument.ts';
import { humanBytes, objectSummary, objectSummaryOf, placeOf } from '../minio-data.ts';
import { changedMeanwhile, lossInWords, occupied } from '../occupied.ts';

export const putObject = (source: ObjectStoreSource) =>
  defineTool({
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
    destroys: ({ overwrite }) => overwrite,
    precheck: async (input, context) => occupied(await statIn(await source.store(context), input), input, context),
    preview: async (input, context) => {
      const size = humanBytes(Buffer.byteLength(input.content, 'utf8'));
      return `Writes ${size} of text to ${placeOf(input)}.${await lossInWords(await source.store(context), input, context)}`;
    },
    execute: async (input, context) => {
      const store = await source.store(context);
      const written = await write(store, input, context);
      if (!written.ok) return written.failure;
      return {
        kind: 'ok',
        summary: `Wrote ${humanBytes(written.value.sizeBytes)} to ${placeOf(input)}.`,
        data: objectSummaryOf(written.value),
      };
    },
  });

interface Request {
  readonly bucket: string;
  readonly key: string;
  readonly content: string;
  readonly overwrite: boolean;
}

/**
 * Writes only over what was looked at, or over nothing, in one conditional request: neither a repeat after a crash nor
 * a second operator writes twice, and nobody else's change is lost.
 */
async function write(store: ObjectStore, request: Request, context: ToolContext): Promise<Found<ObjectStat>> {
  const before = await statIn(store, request);
  if (before && isOurs(before, context)) return found(before);
  const refused = occupied(before, request, context);
  if (refused) return { ok: false, failure: refused };
  const outcome = await store.put(newObject(request, before, context));
  const after = await statIn(store, request);
  if (after && isOurs(after, context)) return found(after);
  if (outcome.kind === 'unmet') return { ok: false, failure: changedMeanwhile(request) };
  throw new RetryableError('ObjectVanished', `${placeOf(request)} was written and is gone or replaced; looking again.`);
}

function newObject(
  { bucket: name, key, content }: Request,
  before: ObjectStat | undefined,
  context: ToolContext,
): NewObject {
  return {
    bucket: name,
    key,
    body: Buffer.from(content, 'utf8'),
    contentType: contentTypeOf(key),
    metadata: effectMetadata(context),
    ...(before ? { ifMatch: before.etag } : { ifAbsent: true }),
  };
}

function statIn(store: ObjectStore, { bucket: name, key }: Request): Promise<ObjectStat | undefined> {
  return store.stat({ bucket: name, key });
}
