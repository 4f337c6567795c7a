import { execFile } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { clientOf, freshBucket, settingsOf } from './stores-under-test.ts';

const mebibyte = 1024 * 1024;
/** 2048 for the bound that is promised; less by default, with a bound that is stricter than the size. */
const sizeMebibytes = Number(process.env['SWARM_TEST_LARGE_OBJECT_MIB'] ?? 256);
const maxGrowthMebibytes = sizeMebibytes >= 1_024 ? 300 : 128;

/** Content that cannot be compressed, the same every time, hashed as it goes by. */
function content(digest: ReturnType<typeof createHash>): Readable {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
  return Readable.from(
    (function* () {
      for (let piece = 0; piece < sizeMebibytes; piece += 1) {
        const chunk = cipher.update(Buffer.alloc(mebibyte));
        digest.update(chunk);
        yield chunk;
      }
    })(),
    { objectMode: false },
  );
}

test(`an object of ${sizeMebibytes} MiB is read within ${maxGrowthMebibytes} MiB`, async () => {
  const settings = settingsOf('MinIO');
  const bucket = await freshBucket(settings);
  const client = clientOf(settings);
  const digest = createHash('sha256');
  await client.putObject(bucket, 'small.bin', Buffer.alloc(mebibyte));
  await client.putObject(bucket, 'large.bin', content(digest), sizeMebibytes * mebibyte);
  const reader = new URL('large-object-reader.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [reader, bucket, 'large.bin', 'small.bin']);
  const measured = JSON.parse(stdout) as { sizeBytes: number; sha256: string; growthBytes: number };
  console.log(
    `read ${measured.sizeBytes / mebibyte} MiB with ${Math.round(measured.growthBytes / mebibyte)} MiB of growth`,
  );
  await client.removeObject(bucket, 'large.bin');
  expect(measured).toMatchObject({ sizeBytes: sizeMebibytes * mebibyte, sha256: digest.digest('hex') });
  expect(measured.growthBytes).toBeLessThan(maxGrowthMebibytes * mebibyte);
}, 600_000);
