import { z } from 'zod';
import { ObjectStoreRefusedError } from '../../../backends/s3/object-store-refused-error.ts';
import type { ObjectStore, ObjectStoreSource, StoredObject } from '../../../backends/s3/object-store.ts';
import { limit, nameContains, pageToken, since } from '../../argument.ts';
import { found, missed, type Found } from '../../found.ts';
import { momentOf } from '../../moment.ts';
import { defineTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket } from '../minio-argument.ts';
import { counted, objectPage } from '../minio-data.ts';
import { newestFirst, pageOfNewest, scan, type Scan } from '../newest-first.ts';
import { objectList } from '../object-list.ts';

/** Over all buckets; what one bucket does not need is left to the next ones. */
const maxObjects = 50_000;

export const findObjects = (source: ObjectStoreSource) =>
  defineTool({
    name: 'find_objects',
    description: 'Search all buckets, or one, for objects by part of the name, extension, age or size.',
    effect: 'pure',
    input: z.strictObject({
      nameContains,
      extension: z
        .string()
        .min(1)
        .max(16)
        .regex(/^[A-Za-z0-9.]+$/)
        .optional()
        .describe('Only objects with this file extension, for example csv.'),
      bucket: bucket.optional(),
      since,
      minSize: z
        .string()
        .max(20)
        .regex(/^[0-9]+(\.[0-9]+)? ?([KMGT]i?)?B?$/i)
        .optional()
        .describe('Only objects at least this large, for example 500MB or 2GiB.'),
      limit,
      pageToken,
    }),
    output: objectPage,
    access: bucketAccess('get'),
    examples: [
      'Where is the file with the customer labels?',
      'find all csv files newer than a week',
      'search for anything named embeddings',
      'which objects are larger than 1 GB?',
      'locate the latest parquet files in bucket exports',
      'do we have a pdf about pricing somewhere?',
    ],
    display: 'table',
    execute: async (input, context) => {
      const now = context.clock.now();
      const isWanted = wantedBy(input, now);
      if (!isWanted.ok) return isWanted.failure;
      const store = await source.store(context);
      const buckets = input.bucket === undefined ? await store.listBuckets() : [{ name: input.bucket }];
      const names = buckets.map(({ name }) => name);
      const { objects, ...rest } = await scanAll(store, names, isWanted.value);
      const all = newestFirst(objects);
      const page = pageOfNewest(all, input);
      if (!page.ok) return page.failure;
      const where = input.bucket === undefined ? `in ${counted(names.length, 'bucket')}` : `in bucket ${input.bucket}`;
      return objectList({ page: page.value, all, where, ...rest, now });
    },
  });

interface Wish {
  readonly nameContains?: string | undefined;
  readonly extension?: string | undefined;
  readonly since?: string | undefined;
  readonly minSize?: string | undefined;
}

function wantedBy(wish: Wish, now: Date): Found<(object: StoredObject) => boolean> {
  const part = wish.nameContains?.toLowerCase() ?? '';
  const ending = wish.extension === undefined ? '' : `.${wish.extension.replace(/^\.+/, '').toLowerCase()}`;
  const minBytes = wish.minSize === undefined ? 0 : bytesOf(wish.minSize);
  const from = wish.since === undefined ? undefined : momentOf(wish.since, now);
  if (wish.since !== undefined && from === undefined) {
    return missed(
      'InvalidArgument',
      `${wish.since} is no moment.`,
      'Give a time, a date or an age, for example 2026-10-01 or 7d.',
    );
  }
  return found(({ key, sizeBytes, modifiedAt }) => {
    const name = key.toLowerCase();
    const isRecent = from === undefined || Date.parse(modifiedAt) >= from.getTime();
    return name.includes(part) && name.endsWith(ending) && sizeBytes >= minBytes && isRecent;
  });
}

/** `500MB` in steps of 1,000, `2GiB` in steps of 1,024; the schema has seen to its form. */
function bytesOf(text: string): number {
  const [, amount = '0', unit = ''] = /^([0-9.]+) ?([KMGT]?i?)B?$/i.exec(text) ?? [];
  const exponent = ['', 'k', 'm', 'g', 't'].indexOf(unit.charAt(0).toLowerCase());
  return Number(amount) * (unit.length > 1 ? 1_024 : 1_000) ** exponent;
}

async function scanAll(
  store: ObjectStore,
  buckets: readonly string[],
  isWanted: (object: StoredObject) => boolean,
): Promise<Scan> {
  const scans: Scan[] = [];
  let room = maxObjects;
  for (const [index, name] of buckets.entries()) {
    const share = Math.ceil(room / (buckets.length - index));
    const one = await scanOne(store, { bucket: name, isOnly: buckets.length === 1 }, { maxObjects: share, isWanted });
    room -= one.scanned;
    scans.push(one);
  }
  return {
    objects: scans.flatMap(({ objects }) => objects),
    scanned: scans.reduce((sum, { scanned }) => sum + scanned, 0),
    complete: scans.every(({ complete }) => complete),
  };
}

/** Among several buckets, one that may be seen but not looked into has nothing to offer. */
async function scanOne(
  store: ObjectStore,
  { bucket: name, isOnly }: { readonly bucket: string; readonly isOnly: boolean },
  bounds: Parameters<typeof scan>[2],
): Promise<Scan> {
  try {
    return await scan(store, { bucket: name }, bounds);
  } catch (error) {
    if (isOnly || !(error instanceof ObjectStoreRefusedError)) throw error;
    return { objects: [], scanned: 0, complete: false };
  }
}
