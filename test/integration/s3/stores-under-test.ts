import { randomUUID } from 'node:crypto';
import { Client } from 'minio';
import { systemClock } from '../../../src/base/clock.ts';
import type { S3Settings } from '../../../src/backends/s3/s3-settings.ts';
import { createS3Store } from '../../../src/backends/s3/s3-store.ts';

export const storesUnderTest = [
  { name: 'MinIO', prefix: 'SWARM_TEST_S3' },
  { name: 'versitygw', prefix: 'SWARM_TEST_S3_SECOND' },
] as const;
export type StoreName = (typeof storesUnderTest)[number]['name'];

/** Where the stores listen that the test bed has started. */
export function settingsOf(name: StoreName): S3Settings {
  const prefix = storesUnderTest.find((store) => store.name === name)?.prefix ?? '';
  const setting = (suffix: string) => {
    const value = process.env[`${prefix}_${suffix}`];
    if (value === undefined || value === '')
      throw new Error(`${prefix}_${suffix} is not set; hack/test-bed starts ${name}`);
    return value;
  };
  return {
    endpoint: setting('ENDPOINT'),
    region: 'us-east-1',
    accessKeyId: setting('ACCESS_KEY'),
    secretAccessKey: setting('SECRET_KEY'),
    clock: systemClock,
  };
}

/** A new bucket for one test. */
export async function freshBucket(settings: S3Settings, { isVersioned = false } = {}): Promise<string> {
  const bucket = `swarm-test-${randomUUID().slice(0, 8)}`;
  await createS3Store(settings).bind(new AbortController().signal).createBucket(bucket);
  if (isVersioned) await clientOf(settings).setBucketVersioning(bucket, { Status: 'Enabled' });
  return bucket;
}

/** The package's own client, for what the port does not offer. */
export function clientOf({ endpoint, region, accessKeyId, secretAccessKey }: S3Settings): Client {
  const { hostname, port } = new URL(endpoint);
  return new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: false,
    region,
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
  });
}
