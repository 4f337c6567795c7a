import { Client } from 'minio';
import { buffer } from 'node:stream/consumers';

/** Where artifacts and archived logs go. */
export interface ObjectStore {
  put(key: string, content: string): Promise<void>;
  /** @returns undefined when there is no such object */
  get(key: string): Promise<string | undefined>;
}

export interface S3Settings {
  /** With scheme and port. */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
}

export function memoryObjectStore(): ObjectStore {
  const objects = new Map<string, string>();
  return {
    put: (key, content) => {
      objects.set(key, content);
      return Promise.resolve();
    },
    get: (key) => Promise.resolve(objects.get(key)),
  };
}

/** Makes the bucket when it is missing. */
export async function s3ObjectStore({ endpoint, accessKey, secretKey, bucket }: S3Settings): Promise<ObjectStore> {
  const url = new URL(endpoint);
  const useSSL = url.protocol === 'https:';
  const port = Number(url.port === '' ? (useSSL ? 443 : 80) : url.port);
  const client = new Client({ endPoint: url.hostname, port, useSSL, accessKey, secretKey, pathStyle: true });
  if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket);
  return {
    put: async (key, content) => {
      await client.putObject(bucket, key, content);
    },
    get: async (key) => {
      try {
        return (await buffer(await client.getObject(bucket, key))).toString('utf8');
      } catch (error) {
        if ((error as { code?: string }).code === 'NoSuchKey') return undefined;
        throw error;
      }
    },
  };
}
