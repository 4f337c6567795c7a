import { z } from 'zod';
import type { ObjectStoreSource, ObjectVersion } from '../../../backends/s3/object-store.ts';
import { defineTool } from '../../tool.ts';
import { findObject } from '../find-object.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';
import { counted, objectSummary, objectSummaryOf, placeOf, sizeAndAge } from '../minio-data.ts';

const maxVersions = 100;

export const deleteObject = (source: ObjectStoreSource) =>
  defineTool({
    name: 'delete_object',
    description: 'Delete one object from the object store.',
    effect: 'external',
    input: z.strictObject({ bucket, key }),
    output: objectSummary,
    access: bucketAccess('put'),
    examples: [
      'Delete scratch/old.csv',
      'remove the file tmp/dump.json from bucket exports',
      'rm s3://scratch/test.txt',
      'throw away that outdated export',
      'get rid of the temporary file',
    ],
    display: 'text',
    destructive: true,
    precheck: async (input, context) => {
      const object = await findObject(await source.store(context), input);
      return object.ok ? undefined : object.failure;
    },
    preview: async (input, context) => {
      const store = await source.store(context);
      const [object, versions] = await Promise.all([store.stat(input), store.listVersions(input, maxVersions)]);
      if (!object) return undefined;
      return `Deletes ${placeOf(input)} (${sizeAndAge(object, context.clock.now())}); ${fateInWords(versions)}.`;
    },
    execute: async (input, context) => {
      const store = await source.store(context);
      const object = await findObject(store, input);
      if (!object.ok) return object.failure;
      const versions = await store.listVersions(input, maxVersions);
      await store.remove(input);
      return {
        kind: 'ok',
        summary: `Deleted ${placeOf(input)} (${sizeAndAge(object.value, context.clock.now())}); ${fateInWords(versions)}.`,
        data: objectSummaryOf(object.value),
      };
    },
  });

function fateInWords(versions: readonly ObjectVersion[]): string {
  const kept = versions.filter(({ isDeletion }) => !isDeletion).length;
  if (kept === 0) return 'it cannot be brought back';
  return `the bucket keeps ${kept === maxVersions ? 'more than ' : ''}${counted(kept, 'version')} of it, from which an administrator can bring it back`;
}
