import { allowedPrefixes, policyInWords, type BucketPolicy } from './bucket-policy.ts';
import { requireReference } from './object-names.ts';
import { ObjectStoreRefusedError } from './object-store-refused-error.ts';
import type { ObjectQuery, ObjectReference, ObjectStore, StoredObject } from './object-store.ts';

/** The same store, in which only what the policy allows can be seen, read and written. */
export function restrictTo(store: ObjectStore, policy: BucketPolicy): ObjectStore {
  const guarded =
    <Argument extends ObjectReference, Rest extends readonly unknown[], Result>(
      method: (object: Argument, ...rest: Rest) => Promise<Result>,
    ) =>
    async (object: Argument, ...rest: Rest): Promise<Result> => {
      requireObject(policy, object);
      return method(object, ...rest);
    };
  return {
    listBuckets: async () => (await store.listBuckets()).filter(({ name }) => allowedPrefixes(policy, name).length > 0),
    createBucket: async (bucket) => {
      if (!allowedPrefixes(policy, bucket).includes('')) throw outOfPolicy(policy, `bucket ${bucket}`);
      return store.createBucket(bucket);
    },
    listObjects: (query) => listAllowed(store, policy, query),
    stat: guarded((object) => store.stat(object)),
    listVersions: guarded((object, limit: number) => store.listVersions(object, limit)),
    getTags: guarded((object) => store.getTags(object)),
    open: guarded((read) => store.open(read)),
    put: guarded((object) => store.put(object)),
    copy: async (copy) => {
      requireObject(policy, copy.from);
      requireObject(policy, copy.to);
      return store.copy(copy);
    },
    remove: guarded((object) => store.remove(object)),
    presign: guarded((link) => store.presign(link)),
  };
}

async function* listAllowed(
  store: ObjectStore,
  policy: BucketPolicy,
  { bucket, prefix = '', startAfter }: ObjectQuery,
): AsyncIterable<StoredObject> {
  const prefixes = narrowed(prefix, allowedPrefixes(policy, bucket));
  if (prefixes.length === 0) throw outOfPolicy(policy, placeOf(bucket, prefix));
  for (const allowed of prefixes) {
    yield* store.listObjects({ bucket, prefix: allowed, ...(startAfter !== undefined && { startAfter }) });
  }
}

/** What is both wanted and allowed: disjoint beginnings, in the order of keys. */
function narrowed(wanted: string, allowed: readonly string[]): readonly string[] {
  const both = allowed
    .filter((prefix) => prefix.startsWith(wanted) || wanted.startsWith(prefix))
    .map((prefix) => (prefix.length > wanted.length ? prefix : wanted));
  const distinct = [...new Set(both)];
  return distinct
    .filter((prefix) => !distinct.some((other) => other !== prefix && prefix.startsWith(other)))
    .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

function requireObject(policy: BucketPolicy, object: ObjectReference): void {
  requireReference(object);
  const { bucket, key } = object;
  if (allowedPrefixes(policy, bucket).some((prefix) => key.startsWith(prefix))) return;
  throw outOfPolicy(policy, placeOf(bucket, key));
}

function placeOf(bucket: string, path: string): string {
  return path === '' ? `bucket ${bucket}` : `${bucket}/${path}`;
}

function outOfPolicy(policy: BucketPolicy, place: string): ObjectStoreRefusedError {
  return new ObjectStoreRefusedError('OutOfPolicy', `This namespace may not use ${place}.`, {
    hint: `Allowed are: ${policyInWords(policy)}. An administrator can change policy.buckets of the SwarmConfig.`,
  });
}
