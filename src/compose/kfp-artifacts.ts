import type { KfpObjectReader } from '../backends/kfp/kfp-settings.ts';
import { ObjectStoreRefusedError } from '../backends/s3/object-store-refused-error.ts';
import type { ObjectReference, ObjectStoreScope, ObjectStoreSource } from '../backends/s3/object-store.ts';

/** Artifacts and archived logs of runs, out of the object store and within the buckets of the namespace. */
export function artifactReader(stores: ObjectStoreSource, account: Omit<ObjectStoreScope, 'signal'>): KfpObjectReader {
  const storeFor = (signal: AbortSignal) => stores.store({ ...account, signal });
  return {
    size: (uri, { signal }) => ifThere(uri, async (object) => (await (await storeFor(signal)).stat(object))?.sizeBytes),
    read: ({ uri, maxBytes, from }, { signal }) =>
      ifThere(uri, async (object) => {
        const store = await storeFor(signal);
        const stat = await store.stat(object);
        if (!stat) return undefined;
        const lengthBytes = Math.min(maxBytes, stat.sizeBytes);
        const offsetBytes = from === 'end' ? stat.sizeBytes - lengthBytes : 0;
        const { body } = await store.open({ ...object, offsetBytes, lengthBytes });
        const chunks: Buffer[] = [];
        for await (const chunk of body) chunks.push(chunk as Buffer);
        return Buffer.concat(chunks);
      }),
  };
}

/** What the namespace may not see counts as not there: the run is told about without it. */
async function ifThere<T>(uri: string, read: (object: ObjectReference) => Promise<T>): Promise<T | undefined> {
  const object = referenceOf(uri);
  if (!object) return undefined;
  try {
    return await read(object);
  } catch (error) {
    if (error instanceof ObjectStoreRefusedError) return undefined;
    throw error;
  }
}

function referenceOf(uri: string): ObjectReference | undefined {
  const [, bucket, key] = /^(?:s3|minio):\/\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}
