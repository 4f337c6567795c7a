import { found, missed, type Found } from './found.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
  readonly nextPageToken?: string;
}

interface PageQuery {
  readonly limit: number;
  readonly pageToken?: string | undefined;
}

/**
 * One page of a list that is in memory. The token is the name of the last entry shown, so that entries which come or go
 * in between neither repeat nor skip others.
 */
export function pageOf<T extends { readonly name: string }>(
  all: readonly T[],
  { limit, pageToken }: PageQuery,
): Found<Page<T>> {
  const last = pageToken === undefined ? -1 : all.findIndex(({ name }) => name === pageToken);
  if (pageToken !== undefined && last === -1) {
    return missed('InvalidArgument', 'The page token fits no entry of this list any more.', 'Start again without it.');
  }
  const items = all.slice(last + 1, last + 1 + limit);
  const isEnd = last + 1 + limit >= all.length;
  const nextPageToken = isEnd ? undefined : items.at(-1)?.name;
  return found({ items, total: all.length, ...(nextPageToken !== undefined && { nextPageToken }) });
}
