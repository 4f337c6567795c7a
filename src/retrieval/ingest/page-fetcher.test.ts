import { beforeEach, describe, expect, test } from 'vitest';
import { TerminalError } from '../../base/errors.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeSite } from '../../testing/fake-site.ts';
import { createPageFetcher, type PageAnswer, type PageFetcher } from './page-fetcher.ts';

const page = 'https://docs.example/guide';

let clock: FakeClock;
let site: FakeSite;
let fetcher: PageFetcher;
beforeEach(() => {
  clock = new FakeClock();
  site = new FakeSite();
  fetcher = createPageFetcher({ fetch: site.fetch, clock, delayMs: 0 });
});

const get = (
  url: string,
  more: { known?: string; maxBytes?: number; signal?: AbortSignal } = {},
): Promise<PageAnswer> => fetcher.get({ url, maxBytes: 1_000, signal: new AbortController().signal, ...more });

describe('a page', () => {
  test('comes with its type and a version to ask with', async () => {
    site.set(page, { body: 'hello', contentType: 'text/markdown' });
    const answer = await get(page);
    expect(answer).toMatchObject({ kind: 'page', url: page, contentType: 'text/markdown' });
    expect(answer.kind === 'page' && Buffer.from(answer.bytes).toString()).toBe('hello');
    expect(await get(page, { known: (answer as { version: string }).version })).toEqual({ kind: 'unchanged' });
  });

  test('that has changed is sent to who knows the old one', async () => {
    site.set(page, 'old');
    const { version } = (await get(page)) as { version: string };
    site.set(page, 'new');
    expect((await get(page, { known: version })).kind).toBe('page');
    expect(site.requests.at(-1)?.headers.get('if-none-match')).toMatch(/^"/);
  });

  test('is asked for by date where the server knows no tags', async () => {
    const modified = 'Wed, 25 Nov 2026 08:00:00 GMT';
    site.set(page, { body: 'x', headers: { etag: '', 'last-modified': modified } });
    const { version } = (await get(page)) as { version: string };
    await get(page, { known: version });
    expect(site.requests.at(-1)?.headers.get('if-modified-since')).toBe(modified);
  });

  test('larger than allowed is not transferred, whether or not it says so', async () => {
    site.set(page, { body: 'x'.repeat(2_000) });
    expect(await get(page)).toMatchObject({ kind: 'refused' });
    site.set(page, { body: 'x', headers: { 'content-length': '5000' } });
    expect(await get(page)).toMatchObject({ kind: 'refused', why: expect.stringContaining('larger') as string });
  });

  const answers: Record<string, { status: number; kind: PageAnswer['kind'] | 'later' }> = {
    'that is not there is gone': { status: 404, kind: 'gone' },
    'that is gone for good is gone': { status: 410, kind: 'gone' },
    'behind a login is refused': { status: 403, kind: 'refused' },
    'of a server in trouble is asked for later': { status: 503, kind: 'later' },
    'of a server with too much to do is asked for later': { status: 429, kind: 'later' },
  };
  test.each(Object.entries(answers))('%s', async (_name, { status, kind }) => {
    site.set(page, { status, headers: { 'retry-after': '7' } });
    if (kind === 'later')
      await expect(get(page)).rejects.toMatchObject({ name: 'RetryableError', retryAfterMs: 7_000 });
    else expect((await get(page)).kind).toBe(kind);
  });

  test('of a host that cannot be reached is asked for later', async () => {
    site.set('https://docs.example/robots.txt', '');
    site.set(page, { breaks: true });
    await expect(get(page)).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.stringContaining('ECONNRESET') as string,
    });
  });

  test('at an address that must not be called is refused with the reason', async () => {
    const refusal = new TerminalError('AddressNotAllowed', '10.0.0.1 is not called.');
    const guarded = createPageFetcher({ fetch: () => Promise.reject(refusal), clock, delayMs: 0 });
    const answer = await guarded.get({ url: page, maxBytes: 1, signal: new AbortController().signal });
    expect(answer).toEqual({ kind: 'refused', why: '10.0.0.1 is not called.' });
  });

  test('is not asked for any more once the work is stopped', async () => {
    await expect(get(page, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});

describe('redirects', () => {
  test('within the site are followed, and the last address is the one to cite', async () => {
    site.set(page, { status: 301, headers: { location: '/guide/' } });
    site.set('https://docs.example/guide/', { status: 308, headers: { location: 'https://www.docs.example/guide/' } });
    site.set('https://www.docs.example/guide/', 'here');
    expect(await get(page)).toMatchObject({ kind: 'page', url: 'https://www.docs.example/guide/' });
  });

  test.each([
    ['to another host', 'https://dashboard.internal/admin'],
    ['to another port', 'https://docs.example:9200/_search'],
    ['to something that is no page', 'file:///etc/passwd'],
  ])('%s are not followed', async (_name, location) => {
    site.set(page, { status: 302, headers: { location } });
    site.set(location, 'secret');
    expect(await get(page)).toMatchObject({ kind: 'refused' });
    expect(site.asked).toEqual([page]);
  });

  test('in a circle end', async () => {
    site.set(page, { status: 302, headers: { location: page } });
    expect(await get(page)).toMatchObject({ kind: 'refused' });
    expect(site.asked.length).toBeLessThan(10);
  });
});

describe('politeness', () => {
  test('a site is asked what it allows, once, and that is kept to', async () => {
    site.set('https://docs.example/robots.txt', 'User-agent: *\nDisallow: /private\n');
    site.set('https://docs.example/private/a', 'secret');
    site.set(page, 'open');
    expect(await get('https://docs.example/private/a')).toMatchObject({ kind: 'refused' });
    expect((await get(page)).kind).toBe('page');
    expect(site.requests.map(({ url }) => url)).toEqual(['https://docs.example/robots.txt', page]);
  });

  test('a site that cannot say what it allows is not read', async () => {
    site.set('https://docs.example/robots.txt', { status: 500 });
    site.set(page, 'open');
    await expect(get(page)).rejects.toMatchObject({ name: 'RetryableError' });
    expect(site.asked).toEqual([]);
  });

  test('requests to one host keep their distance, requests to others need not wait', async () => {
    fetcher = createPageFetcher({ fetch: site.fetch, clock, delayMs: 1_000 });
    const all = ['https://a.example/1', 'https://a.example/2', 'https://b.example/1'].map((url) => get(url));
    await clock.advance(1_000);
    expect([...site.asked].sort()).toEqual(['https://a.example/1', 'https://b.example/1']);
    await clock.advance(1_000);
    expect(site.asked).toContain('https://a.example/2');
    await Promise.all(all);
  });

  test('the pause that a site asks for is kept, within reason', async () => {
    site.set('https://docs.example/robots.txt', 'User-agent: *\nCrawl-delay: 5\n');
    await get(page);
    const second = get(page);
    await clock.advance(4_999);
    expect(site.asked).toHaveLength(1);
    await clock.advance(1);
    expect(site.asked).toHaveLength(2);
    await second;
  });

  test('it says who asks', async () => {
    await get(page);
    expect(site.requests.map(({ headers }) => headers.get('user-agent'))).toEqual(
      Array(2).fill('swarm-knowledge-base/1'),
    );
  });
});
