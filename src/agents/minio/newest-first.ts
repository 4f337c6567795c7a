import type { ObjectQuery, ObjectStore, StoredObject } from '../../backends/s3/object-store.ts';
import { sha256Hex } from '../../base/digest.ts';
import { found, missed, type Found } from '../found.ts';
import type { Page } from '../page.ts';
import { placeOf } from './minio-data.ts';

export interface Scan {
  readonly objects: readonly StoredObject[];
  /** How many were looked at, wanted or not. */
  readonly scanned: number;
  /** False when the bound was reached before the end. */
  readonly complete: boolean;
}

interface Bounds {
  readonly maxObjects: number;
  readonly isWanted: (object: StoredObject) => boolean;
}

/** S3 lists by key, so the newest can only be found by looking at all: at most `maxObjects` of them. */
export async function scan(store: ObjectStore, query: ObjectQuery, { maxObjects, isWanted }: Bounds): Promise<Scan> {
  const objects: StoredObject[] = [];
  let scanned = 0;
  for await (const object of store.listObjects(query)) {
    if (scanned === maxObjects) return { objects, scanned, complete: false };
    scanned += 1;
    if (isWanted(object)) objects.push(object);
  }
  return { objects, scanned, complete: true };
}

export function newestFirst(objects: readonly StoredObject[]): readonly StoredObject[] {
  return objects.toSorted(
    (left, right) =>
      Date.parse(right.modifiedAt) - Date.parse(left.modifiedAt) || (placeOf(left) < placeOf(right) ? -1 : 1),
  );
}

interface PageQuery {
  readonly limit: number;
  readonly pageToken?: string | undefined;
}

/**
 * One page of a list that is newest first. The token holds the moment and a digest of the last one shown, so that
 * objects which come, change or go in between neither repeat nor hide others.
 */
export function pageOfNewest(all: readonly StoredObject[], { limit, pageToken }: PageQuery): Found<Page<StoredObject>> {
  const rest = pageToken === undefined ? all : after(all, pageToken);
  if (rest === undefined)
    return missed('InvalidArgument', 'This page token is none of ours.', 'Start again without it.');
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  const nextPageToken = last && rest.length > limit ? tokenOf(last) : undefined;
  return found({ items, total: all.length, ...(nextPageToken !== undefined && { nextPageToken }) });
}

function tokenOf(object: StoredObject): string {
  return `${object.modifiedAt}_${sha256Hex(placeOf(object)).slice(0, 16)}`;
}

function after(all: readonly StoredObject[], token: string): readonly StoredObject[] | undefined {
  const moment = Date.parse(token.split('_')[0] ?? '');
  if (Number.isNaN(moment)) return undefined;
  const shown = all.findIndex((object) => tokenOf(object) === token);
  if (shown !== -1) return all.slice(shown + 1);
  return all.filter(({ modifiedAt }) => Date.parse(modifiedAt) < moment);
}
