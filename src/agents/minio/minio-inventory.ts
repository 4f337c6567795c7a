import type { Bucket, ObjectStore, ObjectStoreSource, StoredObject } from '../../backends/s3/object-store.ts';
import { ObjectStoreRefusedError } from '../../backends/s3/object-store-refused-error.ts';
import type { InventoryContext, InventoryItem } from '../agent.ts';
import { newestFirst, scan } from './newest-first.ts';

/** It is read for every turn: one request for the buckets, and one for each of the first few. */
const maxBuckets = 8;
const objectsPerBucket = 1_000;
/** Share of the bound that buckets may take. */
const bucketShare = 0.3;

/** Buckets, and the newest objects among the first thousand of each. */
export async function minioInventory(
  source: ObjectStoreSource,
  context: InventoryContext,
): Promise<readonly InventoryItem[]> {
  const store = await source.store(context);
  const buckets = (await store.listBuckets()).slice(0, Math.ceil(context.limit * bucketShare));
  const objects = await Promise.all(buckets.slice(0, maxBuckets).map((bucket) => objectsIn(store, bucket)));
  const newest = newestFirst(objects.flat()).slice(0, context.limit - buckets.length);
  return [...buckets.map(itemOfBucket), ...newest.map(itemOfObject)];
}

async function objectsIn(store: ObjectStore, { name }: Bucket): Promise<readonly StoredObject[]> {
  try {
    return (await scan(store, { bucket: name }, { maxObjects: objectsPerBucket, isWanted: () => true })).objects;
  } catch (error) {
    // Keys may be allowed to see that a bucket is there, and not what is in it.
    if (error instanceof ObjectStoreRefusedError) return [];
    throw error;
  }
}

function itemOfBucket({ name, createdAt }: Bucket): InventoryItem {
  return { agent: 'minio', kind: 'bucket', name, attributes: { createdAt } };
}

function itemOfObject({ bucket, key, sizeBytes, modifiedAt }: StoredObject): InventoryItem {
  return {
    agent: 'minio',
    kind: 'object',
    name: key,
    attributes: { bucket, size: String(sizeBytes), lastModified: modifiedAt },
  };
}
