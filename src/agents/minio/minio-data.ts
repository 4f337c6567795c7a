import { z } from 'zod';
import type { StoredObject } from '../../backends/s3/object-store.ts';
import { humanDuration } from '../moment.ts';

/** Data that several tools of this agent return. Times are RFC 3339. */

export const objectSummary = z.object({
  bucket: z.string(),
  key: z.string(),
  sizeBytes: z.int(),
  modifiedAt: z.string(),
});
export type ObjectSummary = z.output<typeof objectSummary>;

export const objectPage = z.object({
  objects: z.array(objectSummary).readonly(),
  total: z.int(),
  /** False when there are more objects than are looked at; `total` then counts those that were. */
  complete: z.boolean(),
  nextPageToken: z.string().optional(),
});

export function objectSummaryOf({ bucket, key, sizeBytes, modifiedAt }: StoredObject): ObjectSummary {
  return { bucket, key, sizeBytes, modifiedAt };
}

const units = ['KB', 'MB', 'GB', 'TB'] as const;

/** `812 B`, `1.2 KB`, `340 MB`: steps of 1,000, two digits at least. */
export function humanBytes(sizeBytes: number): string {
  if (sizeBytes < 1_000) return `${sizeBytes} B`;
  const exponent = Math.min(Math.floor(Math.log10(sizeBytes) / 3), units.length);
  const amount = sizeBytes / 1_000 ** exponent;
  const text = amount < 10 ? amount.toFixed(1) : Math.round(amount).toString();
  return `${text} ${units[exponent - 1] ?? 'TB'}`;
}

/** `12 MB, changed 3 d 4 h ago`. */
export function sizeAndAge(
  { sizeBytes, modifiedAt }: Pick<StoredObject, 'sizeBytes' | 'modifiedAt'>,
  now: Date,
): string {
  return `${humanBytes(sizeBytes)}, changed ${humanDuration(now.getTime() - Date.parse(modifiedAt))} ago`;
}

export function placeOf({ bucket, key }: Pick<StoredObject, 'bucket' | 'key'>): string {
  return `${bucket}/${key}`;
}

/** `1 object`, `12 objects`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
