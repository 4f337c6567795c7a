import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeKfpServer } from '../../testing/fake-kfp-server.ts';
import { FakeKube } from '../../testing/fake-kube.ts';
import { createKfpClient } from './create-kfp-client.ts';
import type { RunQuery } from './kfp-client.ts';
import { createSubmissionMemory } from './submission-memory.ts';

const options = { signal: new AbortController().signal };

interface Row {
  readonly run_id: string;
  readonly display_name: string;
  readonly created_at: string;
  readonly state?: string;
  readonly state_history?: readonly { update_time: string; state: string }[];
  readonly pipeline_version_reference?: { pipeline_id: string; pipeline_version_id: string };
}

/** Lists runs as KFP does: newest first, by server-side filters on time, in pages with tokens. */
function listing(rows: readonly Row[], { multiUser = false } = {}) {
  const clock = new FakeClock('2026-11-25T10:00:00Z');
  const server = new FakeKfpServer({ kube: new FakeKube({ clock }), clock });
  server.on('GET /healthz', { body: { multi_user: multiUser } });
  server.on('GET /runs', ({ query }) => {
    const filter = filterOf(query.get('filter'));
    const latest = filter.find(({ operation }) => operation === 'LESS_THAN_EQUALS')?.timestamp_value;
    const sorted = rows
      .filter((row) => latest === undefined || Date.parse(row.created_at) <= Date.parse(latest))
      .toSorted(
        (left, right) =>
          Date.parse(right.created_at) - Date.parse(left.created_at) || (left.run_id < right.run_id ? 1 : -1),
      );
    const start = Number(query.get('page_token') ?? 0);
    const end = start + Number(query.get('page_size'));
    const next_page_token = end < sorted.length ? String(end) : undefined;
    return {
      body: { runs: sorted.slice(start, end), total_size: sorted.length, ...(next_page_token && { next_page_token }) },
    };
  });
  const client = createKfpClient({
    url: 'http://kfp.test',
    uiUrl: 'https://ui.test/pipeline/',
    namespace: 'team-a',
    fetch: server.fetch,
    clock,
    random: () => 0,
    memory: createSubmissionMemory(clock),
  });
  const asked = () => server.requests.filter(({ path }) => path === '/runs');
  return {
    client,
    server,
    asked,
    list: (query: Partial<RunQuery>) => client.listRuns({ limit: 20, ...query }, options),
  };
}

interface Predicate {
  readonly key: string;
  readonly operation: string;
  readonly string_value?: string;
  readonly timestamp_value?: string;
}

/** What is left after the gateway has decoded once. */
function filterOf(filter: string | null): readonly Predicate[] {
  if (filter === null) return [];
  return (JSON.parse(decodeURIComponent(filter)) as { predicates: Predicate[] }).predicates;
}

const numbered = (count: number, change: (index: number) => Partial<Row> = () => ({})): readonly Row[] =>
  Array.from({ length: count }, (_, index) => ({
    run_id: `run-${String(index).padStart(3, '0')}`,
    display_name: `churn ${index}`,
    // Three of the same second, as KFP keeps time.
    created_at: new Date(Date.UTC(2026, 10, 20) + Math.floor(index / 3) * 1_000).toISOString(),
    state: 'SUCCEEDED',
    ...change(index),
  }));

describe('listing runs', () => {
  test('of an empty server gives an empty page', async () => {
    const world = listing([]);
    world.server.on('GET /runs', { body: {} });
    await expect(world.list({})).resolves.toEqual({ runs: [], total: 0 });
  });

  test('page by page shows every run once, in order, whatever second they share', async () => {
    const { list } = listing(numbered(50));
    const seen: string[] = [];
    const totals: (number | undefined)[] = [];
    let pageToken: string | undefined;
    do {
      const page = await list({ limit: 7, pageToken });
      seen.push(...page.runs.map(({ id }) => id));
      totals.push(page.total);
      pageToken = page.nextPageToken;
      expect(pageToken?.length ?? 0).toBeLessThan(64);
    } while (pageToken !== undefined);
    expect(seen).toEqual([...seen].toSorted().toReversed());
    expect(new Set(seen).size).toBe(50);
    expect(totals[0]).toBe(50);
  });

  test('page by page over a filter of our own shows every match once', async () => {
    const rows = numbered(500, (index) => ({
      pipeline_version_reference: { pipeline_id: index % 10 === 0 ? 'wanted' : 'other', pipeline_version_id: 'v' },
    }));
    const { list } = listing(rows);
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await list({ limit: 8, pipelineId: 'wanted', pageToken });
      seen.push(...page.runs.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    expect(seen).toHaveLength(50);
    expect(new Set(seen).size).toBe(50);
  });

  test('repeats size and place with every page, as the token holds neither', async () => {
    const { asked, list } = listing(numbered(350), { multiUser: true });
    await list({ limit: 10, pipelineId: 'none' });
    expect(asked()).toHaveLength(4);
    for (const { query } of asked()) {
      expect([query.get('page_size'), query.get('namespace')]).toEqual(['100', 'team-a']);
    }
    await list({ limit: 5, experimentId: 'e1' });
    const { query } = asked().at(-1) ?? {};
    expect([query?.get('experiment_id'), query?.get('namespace')]).toEqual(['e1', null]);
  });

  test('sends no namespace to a server with a single user', async () => {
    const { asked, list } = listing([]);
    await list({});
    expect(asked()[0]?.query.has('namespace')).toBe(false);
  });

  test.each(['100% done', 'a+b', 'quote"d', "it's", 'under_score', 'été', 'per%20cent', 'amp&er=sand', 'tab\there'])(
    'asks for %j so that nothing of it is lost, and compares it again',
    async (name) => {
      const alike = { display_name: name.toUpperCase() };
      const world = listing([
        ...numbered(1, () => ({ display_name: name })),
        ...numbered(2, (index) => ({ run_id: `alike-${index}`, ...alike })),
      ]);
      const { runs } = await world.list({ name });
      const [predicate] = filterOf(world.asked()[0]?.query.get('filter') ?? null);
      expect(predicate).toEqual({ key: 'display_name', operation: 'EQUALS', string_value: name });
      expect(runs.every((run) => run.name === name)).toBe(true);
      expect(runs.length).toBeGreaterThan(0);
    },
  );

  test('never asks for a backslash inside a text, which KFP would not find', async () => {
    const world = listing(numbered(1, () => ({ display_name: String.raw`share\models\churn` })));
    const { runs } = await world.list({ nameContains: String.raw`models\CHURN` });
    expect(filterOf(world.asked()[0]?.query.get('filter') ?? null)).toContainEqual({
      key: 'display_name',
      operation: 'IS_SUBSTRING',
      string_value: 'models',
    });
    expect(runs).toHaveLength(1);
  });

  test('takes what KFP finds by wildcard out again', async () => {
    const { list } = listing(numbered(3, (index) => ({ display_name: index === 0 ? 'a_b' : 'axb' })));
    expect((await list({ nameContains: 'a_b' })).runs.map(({ name }) => name)).toEqual(['a_b']);
  });

  test('by state: pending includes runs that KFP has no word for yet', async () => {
    const rows = numbered(1, () => ({ state: 'PENDING' }));
    const unreported: Row = { run_id: 'unreported', display_name: 'new', created_at: '2026-11-20T00:00:00Z' };
    const world = listing([...rows, unreported]);
    const { runs } = await world.list({ state: 'Pending' });
    expect(runs.map(({ state }) => state)).toEqual(['Pending', 'Pending']);
    const words = filterOf(world.asked()[0]?.query.get('filter') ?? null);
    expect(words.every(({ operation }) => operation === 'NOT_EQUALS')).toBe(true);
  });

  test('by state: a run that failed while it was stopped was cancelled', async () => {
    const history = ['PENDING', 'RUNNING', 'CANCELING', 'FAILED'];
    const rows = numbered(2, (index) => ({
      state: 'FAILED',
      ...(index === 0 && {
        state_history: history.map((state) => ({ state, update_time: '2026-11-20T00:00:00Z' })),
      }),
    }));
    const { list } = listing(rows);
    expect((await list({ state: 'Cancelled' })).runs.map(({ id }) => id)).toEqual(['run-000']);
    expect((await list({ state: 'Failed' })).runs.map(({ id }) => id)).toEqual(['run-001']);
  });

  test('by time: asks in whole seconds, and keeps to the end itself', async () => {
    const world = listing(numbered(9));
    const until = new Date('2026-11-20T00:00:01.500Z');
    const { runs } = await world.list({ since: new Date('2026-11-20T00:00:00.900Z'), until });
    const times = filterOf(world.asked()[0]?.query.get('filter') ?? null).map(({ timestamp_value }) => timestamp_value);
    expect(times.slice(1)).toEqual(['2026-11-20T00:00:00.000Z', '2026-11-20T00:00:01.500Z']);
    expect(runs).toHaveLength(6);
  });

  test('leaves out entries that KFP could not convert', async () => {
    const world = listing([]);
    world.server.on('GET /runs', {
      body: {
        runs: [{ error: { code: 13, message: 'conversion failed' } }, { run_id: 'a', error: { message: 'broken' } }],
      },
    });
    const { runs } = await world.list({});
    expect(runs).toMatchObject([{ id: 'a', state: 'Pending', error: 'broken', parameters: {} }]);
  });

  test('links to the user interface', async () => {
    const { list } = listing(numbered(1));
    expect((await list({})).runs[0]?.url).toBe('https://ui.test/pipeline/#/runs/details/run-000');
  });

  test('refuses a page token that is none of ours', async () => {
    const { list } = listing([]);
    await expect(list({ pageToken: 'eyJTb3J0' })).rejects.toMatchObject({ code: 'InvalidArgument' });
  });
});

test('archived runs are left out, unless one is asked for by its name', async () => {
  const rows = [
    { run_id: 'a', display_name: 'old', created_at: '2026-11-20T00:00:00Z', storage_state: 'ARCHIVED' },
    { run_id: 'b', display_name: 'new', created_at: '2026-11-20T00:00:00Z' },
  ];
  const { list } = listing(rows);
  expect((await list({})).runs.map(({ name }) => name)).toEqual(['new']);
  expect((await list({ name: 'old' })).runs).toMatchObject([{ name: 'old', isArchived: true }]);
});
