import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { createPdfReader } from '../../backends/pdf/sandboxed-pdf-reader.ts';
import { systemClock } from '../../base/clock.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { FakeObjectStore } from '../../testing/fake-object-store.ts';
import { FakeSite } from '../../testing/fake-site.ts';
import { createSource, type SourceSettings } from './create-source.ts';
import type { Reading } from './document-source.ts';
import { createPageFetcher } from './page-fetcher.ts';

const owner = { namespace: 'team-a', knowledgeBase: 'handbook', serviceAccountName: 'runner', configName: undefined };

let site: FakeSite;
let objects: FakeObjectStore;
let configMaps: Map<string, ReadonlyMap<string, Uint8Array>>;
beforeEach(() => {
  site = new FakeSite();
  objects = new FakeObjectStore();
  configMaps = new Map();
});

/** Everything the source has, by path; `known` is what each document was last taken in as. */
async function readAll(settings: Omit<SourceSettings, 'name'>, known?: string): Promise<Record<string, Reading>> {
  const pages = createPageFetcher({ fetch: site.fetch, clock: new FakeClock(), delayMs: 0 });
  const pdf = createPdfReader({ clock: systemClock });
  const reader = { read: (name: string) => Promise.resolve(configMaps.get(name)) };
  const source = createSource({ name: 'src', ...settings }, owner, {
    configMaps: reader,
    objectStore: objects,
    pages,
    pdf,
  });
  const found: Record<string, Reading> = {};
  for await (const offered of source.documents(new AbortController().signal))
    found[offered.path] = await offered.read(known);
  return found;
}

const bytes = (text: string) => Buffer.from(text, 'utf8');
const contentOf = (reading: Reading | undefined) => (reading?.kind === 'content' ? reading.document : reading);

describe('a ConfigMap', () => {
  const settings = { configMap: { name: 'docs' } };

  test('gives a document for every key, of the format its ending says', async () => {
    const notebook = JSON.stringify({ nbformat: 4, cells: [] });
    configMaps.set(
      'docs',
      new Map([
        ['a.md', bytes('# A')],
        ['b.html', bytes('<p>B')],
        ['c.txt', bytes('C')],
        ['d.ipynb', bytes(notebook)],
        ['plain', bytes('# P')],
      ]),
    );
    const found = await readAll(settings);
    expect(
      Object.entries(found).map(([path, reading]) => [path, (contentOf(reading) as { format: string }).format]),
    ).toEqual([
      ['src/a.md', 'markdown'],
      ['src/b.html', 'html'],
      ['src/c.txt', 'text'],
      ['src/d.ipynb', 'notebook'],
      ['src/plain', 'markdown'],
    ]);
    expect(contentOf(found['src/a.md'])).toMatchObject({
      knowledgeBase: 'handbook',
      url: 'configmap:team-a/docs/a.md',
      content: '# A',
    });
  });

  test('leaves out what is no document', async () => {
    configMaps.set(
      'docs',
      new Map([
        ['logo.png', bytes('x')],
        ['bad.pdf', bytes('no pdf')],
        ['bin.txt', Buffer.from([65, 0, 66])],
      ]),
    );
    expect(Object.values(await readAll(settings)).map(({ kind }) => kind)).toEqual(['skipped', 'skipped', 'skipped']);
  });

  test('may hold a PDF', async () => {
    const pdf = await readFile(new URL('../../../test/integration/datasets/fixtures/handbook.pdf', import.meta.url));
    configMaps.set('docs', new Map([['handbook.pdf', pdf]]));
    const found = contentOf((await readAll(settings))['src/handbook.pdf']);
    expect(found).toMatchObject({
      format: 'text',
      content: expect.stringContaining('The retention period is 60 days.') as string,
    });
  });

  test('that is not there is an error with the remedy', async () => {
    await expect(readAll(settings)).rejects.toMatchObject({
      reason: 'NotFound',
      message: expect.stringContaining('create it') as string,
    });
  });
});

describe('an object store', () => {
  const settings = { objectStore: { bucket: 'docs', prefix: 'handbook/' } };

  test('gives the documents below the prefix, named without it', async () => {
    objects.addObject({ bucket: 'docs', key: 'handbook/a.md' }, '# A');
    objects.addObject({ bucket: 'docs', key: 'handbook/deep/b.txt' }, 'B');
    objects.addObject({ bucket: 'docs', key: 'handbook/model.pkl' }, 'no document');
    objects.addObject({ bucket: 'docs', key: 'handbook/empty.md' }, '');
    objects.addObject({ bucket: 'docs', key: 'other/c.md' }, '# C');
    const found = await readAll(settings);
    expect(Object.keys(found)).toEqual(['src/a.md', 'src/deep/b.txt']);
    expect(contentOf(found['src/a.md'])).toMatchObject({ url: 's3://docs/handbook/a.md', content: '# A' });
  });

  test('does not transfer what is known already', async () => {
    const etag = objects.addObject({ bucket: 'docs', key: 'handbook/a.md' }, '# A');
    const before = objects.requests;
    expect(await readAll(settings, etag)).toEqual({ 'src/a.md': { kind: 'unchanged' } });
    expect(objects.requests - before).toBe(1);
    expect((await readAll(settings, 'another'))['src/a.md']).toMatchObject({ kind: 'content', version: etag });
  });

  test('that does not answer ends the listing', async () => {
    objects.failNext(new Error('down'));
    await expect(readAll(settings)).rejects.toThrow('down');
  });
});

describe('a list of pages', () => {
  const a = 'https://docs.example/guide/a?lang=en';

  test('gives each page once, named after its address', async () => {
    site.set(a, '<h1>A</h1>');
    site.set('https://docs.example/', { body: '# Home', contentType: 'text/markdown' });
    const found = await readAll({ urls: [a, `${a}#part`, 'https://docs.example/'] });
    expect(Object.keys(found)).toEqual(['src/docs.example/guide/a?lang=en', 'src/docs.example']);
    expect(contentOf(found['src/docs.example'])).toMatchObject({ format: 'markdown', url: 'https://docs.example/' });
  });

  const pages: Record<string, { contentType: string; body: string | Uint8Array; url?: string; expected: object }> = {
    'HTML is HTML whatever the address ends in': {
      contentType: 'text/html',
      body: '<p>x',
      url: 'https://d.example/a.txt',
      expected: { format: 'html' },
    },
    'plain text may be Markdown': {
      contentType: 'text/plain; charset=utf-8',
      body: '# x',
      url: 'https://d.example/a.md',
      expected: { format: 'markdown' },
    },
    'plain text is text otherwise': { contentType: 'text/plain', body: 'x', expected: { format: 'text' } },
    'the charset is honoured': {
      contentType: 'text/html; charset=iso-8859-1',
      body: Buffer.from([0xe9]),
      expected: { content: 'é' },
    },
    'an unknown charset is taken for UTF-8': {
      contentType: 'text/html; charset=klingon',
      body: 'é',
      expected: { content: 'é' },
    },
    'an image is left out': { contentType: 'image/png', body: 'x', expected: { kind: 'skipped' } },
    'a notebook is known by its ending': {
      contentType: 'application/json',
      body: '{}',
      url: 'https://d.example/a.ipynb',
      expected: { format: 'notebook' },
    },
  };
  test.each(Object.entries(pages))(
    '%s',
    async (_name, { contentType, body, url = 'https://d.example/a', expected }) => {
      site.set(url, { contentType, body });
      expect(contentOf(Object.values(await readAll({ urls: [url] }))[0])).toMatchObject(expected);
    },
  );

  test('a page that is gone is gone', async () => {
    expect(Object.values(await readAll({ urls: [a] }))).toEqual([
      { kind: 'gone', why: `${a}: docs.example answers 404` },
    ]);
  });
});

describe('a sitemap', () => {
  const url = 'https://docs.example/sitemap.xml';
  const urlset = (...addresses: string[]) =>
    `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${addresses.map((loc) => `<url><loc> ${loc} </loc><lastmod>2026</lastmod></url>`).join('')}</urlset>`;
  const index = (...addresses: string[]) =>
    `<sitemapindex>${addresses.map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`).join('')}</sitemapindex>`;
  const paths = async (include: readonly string[] = []) => Object.keys(await readAll({ sitemap: { url, include } }));

  test('gives the pages it lists, of its own host only', async () => {
    site.set(
      url,
      urlset(
        'https://docs.example/a',
        'https://docs.example/b?x=1&amp;y=2',
        'https://internal.example/admin',
        'nonsense',
      ),
    );
    expect(await paths()).toEqual(['src/docs.example/a', 'src/docs.example/b?x=1&y=2']);
    expect(site.asked).not.toContain('https://internal.example/admin');
  });

  test('gives only the pages that are included', async () => {
    site.set(url, urlset('https://docs.example/en/a', 'https://docs.example/de/a'));
    expect(await paths(['https://docs.example/en/'])).toEqual(['src/docs.example/en/a']);
  });

  test('may list other sitemaps, packed ones too, each read once', async () => {
    const parts = ['https://docs.example/one.xml', 'https://docs.example/two.xml.gz', url];
    site.set(url, index(...parts, 'https://internal.example/three.xml'));
    site.set(parts[0] ?? '', urlset('https://docs.example/a'));
    site.set(parts[1] ?? '', { body: gzipSync(urlset('https://docs.example/b')), contentType: 'application/gzip' });
    expect(await paths()).toEqual(['src/docs.example/a', 'src/docs.example/b']);
    expect(site.asked.filter((asked) => asked === url)).toHaveLength(1);
    expect(site.asked).not.toContain('https://internal.example/three.xml');
  });

  test('without pages is empty', async () => {
    site.set(url, urlset());
    expect(await paths()).toEqual([]);
  });

  test.each([
    ['what is no XML', 'hello'],
    ['another kind of XML', '<html><body>Sign in</body></html>'],
    ['a packed file that is damaged', Buffer.from([0x1f, 0x8b, 1, 2, 3])],
  ])('is not %s', async (_name, body) => {
    site.set(url, { body });
    await expect(paths()).rejects.toMatchObject({ reason: 'NotFound' });
  });

  test('that is not there is an error', async () => {
    await expect(paths()).rejects.toMatchObject({
      reason: 'NotFound',
      message: expect.stringContaining('404') as string,
    });
  });

  test('of too many pages is to be narrowed', async () => {
    site.set(url, urlset(...Array.from({ length: 10_001 }, (_, page) => `https://docs.example/${page}`)));
    await expect(paths()).rejects.toMatchObject({ reason: 'TooManyPages' });
  });
});
