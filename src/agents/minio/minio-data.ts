import { z } from 'zod';

/** Data that several tools of this agent return. */

export const objectSummary = z.object({
  bucket: z.string(),
  key: z.string(),
  sizeBytes: z.int(),
  modifiedAt: z.string(),
});

export const objectPage = z.object({
  objects: z.array(objectSummary),
  total: z.int(),
  nextPageToken: z.string().optional(),
});
