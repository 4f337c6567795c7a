import type { StoredObject } from '../../backends/s3/object-store.ts';
import type { Page } from '../page.ts';
import type { ToolSuccess } from '../tool.ts';
import { counted, humanBytes, objectSummaryOf, placeOf, type ObjectSummary } from './minio-data.ts';
import { humanDuration } from '../moment.ts';

interface Listed {
  readonly page: Page<StoredObject>;
  readonly all: readonly StoredObject[];
  /** Where was looked, for the sentence: `in bucket raw under 2026/`. */
  readonly where: string;
  readonly complete: boolean;
  readonly scanned: number;
  readonly now: Date;
}

const named = 5;

/** The answer of list_objects and find_objects. */
export function objectList({ page, all, where, complete, scanned, now }: Listed): ToolSuccess<{
  objects: readonly ObjectSummary[];
  total: number;
  complete: boolean;
  nextPageToken?: string;
}> {
  const { items, total, nextPageToken } = page;
  const bound = complete
    ? ''
    : ` Only the first ${scanned} keys were looked at; narrow the search by bucket or prefix.`;
  return {
    kind: 'ok',
    summary: `${sentence({ items, all, where, now })}${bound}`,
    data: {
      objects: items.map(objectSummaryOf),
      total,
      complete,
      ...(nextPageToken !== undefined && { nextPageToken }),
    },
  };
}

function sentence({
  items,
  all,
  where,
  now,
}: { items: readonly StoredObject[] } & Pick<Listed, 'all' | 'where' | 'now'>) {
  if (all.length === 0) return `There is no such object ${where}.`;
  const totalBytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const first = items.slice(0, named).map((object) => {
    const age = humanDuration(now.getTime() - Date.parse(object.modifiedAt));
    return `${placeOf(object)} (${humanBytes(object.sizeBytes)}, ${age} old)`;
  });
  const rest = all.length - first.length;
  const more = rest > 0 ? `; and ${rest} more` : '';
  const verb = all.length === 1 ? 'is' : 'are';
  return `There ${verb} ${counted(all.length, 'object')} ${where}, ${humanBytes(totalBytes)} in all, newest first: ${first.join('; ')}${more}.`;
}
