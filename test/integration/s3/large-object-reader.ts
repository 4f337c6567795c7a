import { createHash } from 'node:crypto';
import { createS3Store } from '../../../src/backends/s3/s3-store.ts';
import type { ObjectStore } from '../../../src/backends/s3/object-store.ts';
import { settingsOf } from './stores-under-test.ts';

/** A process of its own, so that nothing but the reading is measured. Arguments: bucket, key, key of a small object. */
const [bucket = '', key = '', smallKey = ''] = process.argv.slice(2);
const store = createS3Store(settingsOf('MinIO')).bind(new AbortController().signal);

async function read(from: ObjectStore, wanted: string) {
  const digest = createHash('sha256');
  let [sizeBytes, peakRssBytes] = [0, process.memoryUsage.rss()];
  const { body } = await from.open({ bucket, key: wanted });
  for await (const chunk of body) {
    digest.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).byteLength;
    peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss());
  }
  return { sizeBytes, peakRssBytes, sha256: digest.digest('hex') };
}

await read(store, smallKey);
const before = process.memoryUsage.rss();
const { sizeBytes, peakRssBytes, sha256 } = await read(store, key);
console.log(JSON.stringify({ sizeBytes, sha256, growthBytes: peakRssBytes - before }));
