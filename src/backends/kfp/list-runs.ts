import type { KfpApi, ListRequest } from './kfp-api.ts';
import type { CallOptions, RunQuery } from './kfp-client.ts';
import type { KfpRun } from './kfp-objects.ts';
import { KfpRefusedError } from './kfp-refused-error.ts';
import { containsPredicates, containsText, type Predicate } from './list-filter.ts';
import { rawStatesOf, runOf } from './run-state.ts';
import type { WireRun } from './wire.ts';

/** Rows looked at for one page when KFP cannot filter them itself (by pipeline). */
const mostRows = 1_000;
const filteredPageSize = 100;

export interface FoundRuns {
  readonly runs: readonly KfpRun[];
  readonly nextPageToken?: string;
  readonly total?: number;
}

/**
 * Where a list goes on: at this second, after so many of its runs. KFP's own tokens grow with the filter and cannot say
 * "from the middle of a page", which is needed because some conditions are checked here.
 */
interface Cursor {
  readonly second: string;
  readonly skip: number;
}

export async function listRuns(api: KfpApi, query: RunQuery, options: CallOptions): Promise<FoundRuns> {
  const start = query.pageToken === undefined ? undefined : cursorOf(query.pageToken);
  const request = await requestOf(api, { query, start }, options);
  const reader = new RowReader({ query, start, uiUrl: api.uiUrl });
  let page = await api.page('runs', request, options);
  const { total } = page;
  reader.take(page.items);
  while (page.nextPageToken !== '' && reader.wantsMore) {
    page = await api.page('runs', { ...request, pageToken: page.nextPageToken }, options);
    reader.take(page.items);
  }
  const nextPageToken = page.nextPageToken !== '' || reader.hasMore ? reader.cursor : undefined;
  const isWhole = start === undefined && nextPageToken === undefined;
  return {
    runs: reader.runs,
    ...(nextPageToken !== undefined && { nextPageToken }),
    ...totalOf(query, isWhole ? reader.runs.length : undefined, total),
  };
}

async function requestOf(
  api: KfpApi,
  { query, start }: { query: RunQuery; start: Cursor | undefined },
  options: CallOptions,
): Promise<ListRequest> {
  const { experimentId, limit } = query;
  const place = experimentId === undefined ? await api.ownNamespace(options) : { experiment_id: experimentId };
  const pageSize = isFilteredHere(query) ? filteredPageSize : Math.min(200, limit + (start?.skip ?? 0));
  return { path: '/runs', query: { ...place }, filter: predicatesOf(query, start), pageSize };
}

/** Takes rows until the page is full, and knows where it stopped. */
class RowReader {
  readonly runs: KfpRun[] = [];
  hasMore = false;
  readonly #query: RunQuery;
  readonly #start: Cursor | undefined;
  readonly #uiUrl: string | undefined;
  #rows = 0;
  #second = '';
  #inSecond = 0;

  constructor({ query, start, uiUrl }: { query: RunQuery; start: Cursor | undefined; uiUrl: string | undefined }) {
    this.#query = query;
    this.#start = start;
    this.#uiUrl = uiUrl;
  }

  get wantsMore(): boolean {
    return !this.#isFull && this.#rows < mostRows;
  }

  get cursor(): string | undefined {
    return this.#second === '' ? undefined : `${this.#second}/${this.#inSecond}`;
  }

  take(rows: readonly WireRun[]): void {
    for (const row of rows) {
      if (this.#isFull) {
        this.hasMore = true;
        return;
      }
      this.#takeOne(row);
    }
  }

  get #isFull(): boolean {
    return this.runs.length >= this.#query.limit;
  }

  #takeOne(row: WireRun): void {
    this.#rows += 1;
    const second = row.created_at ?? '';
    this.#inSecond = second === this.#second ? this.#inSecond + 1 : 1;
    this.#second = second;
    const wasShown = second === this.#start?.second && this.#inSecond <= this.#start.skip;
    if (wasShown) return;
    const run = runOf(row, this.#uiUrl);
    if (fits(run, this.#query)) this.runs.push(run);
  }
}

function cursorOf(token: string): Cursor {
  const [, second, skip] = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))\/(\d{1,6})$/.exec(token) ?? [];
  if (second === undefined) throw new KfpRefusedError('InvalidArgument', 'This page token is none of a list of runs.');
  return { second, skip: Number(skip) };
}

function predicatesOf(query: RunQuery, start: Cursor | undefined): readonly Predicate[] {
  const latest = [query.until?.toISOString(), start?.second].filter((time) => time !== undefined);
  return [
    ...(query.name === undefined ? notArchived : nameIs(query.name)),
    ...containsPredicates('display_name', query.nameContains),
    ...statePredicates(query.state),
    ...(query.scheduleId === undefined
      ? []
      : [{ key: 'recurring_run_id', operation: 'EQUALS', string_value: query.scheduleId } as const]),
    ...(query.since === undefined
      ? []
      : [{ key: 'created_at', operation: 'GREATER_THAN_EQUALS', timestamp_value: wholeSecond(query.since) } as const]),
    ...latest.map((time) => ({ key: 'created_at', operation: 'LESS_THAN_EQUALS', timestamp_value: time }) as const),
  ];
}

/** As the user interface does; but a run that is asked for by its name is found. */
const notArchived: readonly Predicate[] = [{ key: 'storage_state', operation: 'NOT_EQUALS', string_value: 'ARCHIVED' }];

const nameIs = (name: string): readonly Predicate[] => [
  { key: 'display_name', operation: 'EQUALS', string_value: name },
];

/** KFP keeps seconds: a run of the same second counts. */
function wholeSecond(time: Date): string {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000).toISOString();
}

function statePredicates(state: RunQuery['state']): readonly Predicate[] {
  if (state === undefined) return [];
  if (state === 'Pending') {
    // A run that KFP has no word for yet is pending as well, and cannot be asked for by a word.
    const others = (['Running', 'Succeeded', 'Failed', 'Cancelled'] as const).flatMap(rawStatesOf);
    return [...new Set(others)].map((raw) => ({ key: 'state', operation: 'NOT_EQUALS', string_value: raw }));
  }
  return [{ key: 'state', operation: 'IN', string_values: { values: rawStatesOf(state) } }];
}

function fits(run: KfpRun, query: RunQuery): boolean {
  const wanted: readonly (readonly [unknown, unknown])[] = [
    [query.name, run.name],
    [query.state, run.state],
    [query.pipelineId, run.pipeline?.pipelineId],
  ];
  return (
    wanted.every(([expected, actual]) => expected === undefined || expected === actual) &&
    (query.name !== undefined || !run.isArchived) &&
    containsText(run.name, query.nameContains) &&
    (query.until === undefined || Date.parse(run.createdAt ?? '') <= query.until.getTime())
  );
}

/** What KFP's own count does not know of. */
function isFilteredHere({ name, nameContains, pipelineId, state }: RunQuery): boolean {
  const byText = name !== undefined || nameContains !== undefined;
  return byText || pipelineId !== undefined || state === 'Failed' || state === 'Cancelled';
}

/** @param found how many there are, when all of them were read. */
function totalOf(query: RunQuery, found: number | undefined, counted: number): { readonly total?: number } {
  if (found !== undefined) return { total: found };
  return isFilteredHere(query) || query.pageToken !== undefined ? {} : { total: counted };
}
