import type { ObjectReference, ObjectStat, ObjectStore } from '../../backends/s3/object-store.ts';
import { found, missed, type Found } from '../found.ts';
import { didYouMean } from '../nearest-names.ts';

/** How many keys are looked at for a suggestion. */
const lookedAt = 1_000;

/** The object of exactly this key, else the nearest keys: a similar one in its folder, or the same file in another. */
export async function findObject(store: ObjectStore, { bucket, key }: ObjectReference): Promise<Found<ObjectStat>> {
  const stat = await store.stat({ bucket, key });
  if (stat) return found(stat);
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const inFolder = folder === '' ? [] : await keysUnder(store, { bucket, prefix: folder });
  const keys = inFolder.length > 0 ? inFolder : await keysUnder(store, { bucket, prefix: '' });
  const hint = didYouMean(key, keys) ?? (keys.length === 0 ? `Bucket ${bucket} has no objects.` : undefined);
  return missed('NotFound', `There is no object ${key} in bucket ${bucket}.`, hint);
}

async function keysUnder(store: ObjectStore, place: { bucket: string; prefix: string }): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.listObjects(place)) {
    keys.push(key);
    if (keys.length === lookedAt) break;
  }
  return keys;
}
