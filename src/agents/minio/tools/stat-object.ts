import { z } from 'zod';
import type { ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { defineTool } from '../../tool.ts';
import { foreignMetadata } from '../effect-metadata.ts';
import { findObject } from '../find-object.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';
import { counted, objectSummary, objectSummaryOf, placeOf, sizeAndAge } from '../minio-data.ts';

const maxVersions = 100;

export const statObject = (source: ObjectStoreSource) =>
  defineTool({
    name: 'stat_object',
    description: 'Tell size, type, age, checksum and versions of one object without reading it.',
    effect: 'pure',
    input: z.strictObject({ bucket, key }),
    output: objectSummary.extend({
      contentType: z.string(),
      etag: z.string(),
      metadata: z.record(z.string(), z.string()),
      tags: z.record(z.string(), z.string()),
      versions: z.int().optional(),
    }),
    access: bucketAccess('get'),
    examples: [
      'How big is models/churn/model.onnx?',
      'when was exports/daily.csv last changed?',
      'size and etag of raw-images/batch1.tar',
      'metadata of that object please',
      'does the file weights.bin exist in bucket models?',
    ],
    display: 'text',
    execute: async (input, context) => {
      const store = await source.store(context);
      const object = await findObject(store, input);
      if (!object.ok) return object.failure;
      const [tags, versions] = await Promise.all([store.getTags(input), store.listVersions(input, maxVersions)]);
      const { contentType, etag } = object.value;
      const metadata = foreignMetadata(object.value);
      const isDescribed = Object.keys(metadata).length + Object.keys(tags).length > 0;
      const kept = versions.length === 0 ? '' : `, ${counted(versions.length, 'version')}`;
      return {
        kind: 'ok',
        summary: `${placeOf(input)} has ${object.value.sizeBytes} bytes (${sizeAndAge(object.value, context.clock.now())}), type ${contentType}, ETag ${etag}${kept}${inWords('metadata', metadata)}${inWords('tags', tags)}.`,
        data: {
          ...objectSummaryOf(object.value),
          contentType,
          etag,
          metadata: { ...metadata },
          tags: { ...tags },
          ...(versions.length > 0 && { versions: versions.length }),
        },
        // Metadata and tags were written by whoever wrote the object.
        ...(isDescribed && { untrusted: true }),
      };
    },
  });

function inWords(noun: string, values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return entries.length === 0 ? '' : `; ${noun} ${entries.join(', ').slice(0, 500)}`;
}
