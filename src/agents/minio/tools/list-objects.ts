import { z } from 'zod';
import type { ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { limit, pageToken } from '../../argument.ts';
import { defineTool } from '../../tool.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket } from '../minio-argument.ts';
import { objectPage } from '../minio-data.ts';
import { newestFirst, pageOfNewest, scan } from '../newest-first.ts';
import { objectList } from '../object-list.ts';

const maxObjects = 20_000;

export const listObjects = (source: ObjectStoreSource) =>
  defineTool({
    name: 'list_objects',
    description: 'List the objects of a bucket, or those under a prefix, newest first.',
    effect: 'pure',
    input: z.strictObject({
      bucket,
      prefix: z.string().max(1024).optional().describe('Folder or beginning of the keys, for example 2026/10/.'),
      limit,
      pageToken,
    }),
    output: objectPage,
    access: bucketAccess('get'),
    examples: [
      'What is in the raw-images bucket?',
      'list the files under reports/2026 in bucket exports',
      'show the newest objects of the models bucket',
      'ls s3://exports/daily/',
      'which files are in the archive folder?',
    ],
    display: 'table',
    execute: async (input, context) => {
      const store = await source.store(context);
      // Keys begin without a slash; people write one for the top.
      const prefix = input.prefix?.replace(/^\/+/, '') ?? '';
      const { objects, ...rest } = await scan(
        store,
        { bucket: input.bucket, prefix },
        { maxObjects, isWanted: () => true },
      );
      const all = newestFirst(objects);
      const page = pageOfNewest(all, input);
      if (!page.ok) return page.failure;
      const where = `in bucket ${input.bucket}${prefix === '' ? '' : ` under ${prefix}`}`;
      return objectList({ page: page.value, all, where, ...rest, now: context.clock.now() });
    },
  });
