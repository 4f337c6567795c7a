import { Client } from 'minio';

export interface ObjectStoreAccess {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The object store of the test bed. @throws Error that says how to get one. */
export function testObjectStore(): ObjectStoreAccess {
  const {
    SWARM_TEST_S3_ENDPOINT: endpoint,
    SWARM_TEST_S3_ACCESS_KEY: accessKeyId,
    SWARM_TEST_S3_SECRET_KEY: secretAccessKey,
  } = process.env;
  if (endpoint === undefined || accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error('SWARM_TEST_S3_ENDPOINT is not set: run the suite through hack/test-bed/test-bed.sh exec');
  }
  return { endpoint, accessKeyId, secretAccessKey };
}

/** Makes the bucket if need be, and puts each text under its key. */
export async function putObjects(
  { endpoint, accessKeyId, secretAccessKey }: ObjectStoreAccess,
  bucket: string,
  objects: Readonly<Record<string, string | Buffer>>,
): Promise<void> {
  const { hostname, port, protocol } = new URL(endpoint);
  const client = new Client({
    endPoint: hostname,
    port: Number(port),
    useSSL: protocol === 'https:',
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
  });
  if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket);
  for (const [key, content] of Object.entries(objects)) await client.putObject(bucket, key, content);
}
