import { z } from 'zod';
import type { ObjectStoreSource } from '../../../backends/s3/object-store.ts';
import { duration } from '../../argument.ts';
import { failure } from '../../found.ts';
import { durationMs, humanDuration } from '../../moment.ts';
import { defineTool, type ToolFailure } from '../../tool.ts';
import { findObject } from '../find-object.ts';
import { bucketAccess } from '../minio-access.ts';
import { bucket, key } from '../minio-argument.ts';
import { humanBytes, placeOf } from '../minio-data.ts';

const maxMs = 3_600_000;

export const presignUrl = (source: ObjectStoreSource) =>
  defineTool({
    name: 'presign_url',
    description: 'Make a link with which anybody can download one object for a limited time.',
    effect: 'pure',
    input: z.strictObject({
      bucket,
      key,
      expiresIn: duration('How long the link works').default('15m'),
    }),
    output: z.object({ url: z.string(), expiresAt: z.string() }),
    access: bucketAccess('get'),
    examples: [
      'Give me a download link for models/churn/model.onnx',
      'share exports/daily.csv with a colleague, valid for one hour',
      'presign raw-images/batch1.tar for 30m',
      'I need a temporary URL for that report',
      'how can somebody without an account download this file?',
    ],
    display: 'text',
    precheck: async (input, context) => {
      const object = await findObject(await source.store(context), input);
      return object.ok ? tooLong(input.expiresIn) : object.failure;
    },
    preview: (input) =>
      Promise.resolve(
        `Makes a link with which anybody can download ${placeOf(input)} for ${inWords(input.expiresIn)}.`,
      ),
    execute: async (input, context) => {
      const refused = tooLong(input.expiresIn);
      if (refused) return refused;
      const store = await source.store(context);
      const object = await findObject(store, input);
      if (!object.ok) return object.failure;
      const lifeMs = durationMs(input.expiresIn) ?? 0;
      const expiresAt = new Date(context.clock.now().getTime() + lifeMs).toISOString();
      const url = await store.presign({
        bucket: input.bucket,
        key: input.key,
        expiresInSeconds: Math.floor(lifeMs / 1_000),
      });
      return {
        kind: 'ok',
        summary: `Anybody with this link can download ${placeOf(input)} (${humanBytes(object.value.sizeBytes)}) until ${expiresAt}: ${url}`,
        data: { url, expiresAt },
      };
    },
  });

function tooLong(expiresIn: string): ToolFailure | undefined {
  const lifeMs = durationMs(expiresIn) ?? 0;
  if (lifeMs >= 1_000 && lifeMs <= maxMs) return undefined;
  return failure(
    'InvalidArgument',
    `A link works for one second to one hour, not for ${inWords(expiresIn)}.`,
    'Take 1h at most.',
  );
}

function inWords(expiresIn: string): string {
  return humanDuration(durationMs(expiresIn) ?? 0);
}
