import { gunzipSync } from 'node:zlib';
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { TerminalError } from '../../base/errors.ts';
import { type DocumentSource, maxDocumentBytes } from './document-source.ts';
import { offerPages, type PagePorts } from './page-source.ts';

export interface SitemapSettings {
  readonly source: string;
  readonly knowledgeBase: string;
  readonly url: string;
  /** Only pages whose address begins with one of these; all when empty. */
  readonly include: readonly string[];
}

/** Larger sites are to be narrowed by `include`, or split. */
const maxPages = 10_000;
const maxSitemaps = 100;

type Ports = PagePorts & { readonly signal: AbortSignal };

/** Every page of a sitemap (sitemaps.org), or of the sitemaps that it lists. They must be of its own host. */
export function sitemapSource(settings: SitemapSettings, ports: PagePorts): DocumentSource {
  const { source, knowledgeBase, include } = settings;
  return {
    name: source,
    async *documents(signal) {
      const { host } = new URL(settings.url);
      const listed = await pagesOf(settings.url, { ...ports, signal });
      const urls = listed.filter((url) => isOfHost(url, host) && isIncluded(url, include));
      if (urls.length > maxPages) {
        const message = `The sitemap ${settings.url} has ${urls.length} pages, more than ${maxPages}; narrow it with include.`;
        throw new TerminalError('TooManyPages', message);
      }
      yield* offerPages({ source, knowledgeBase, urls }, { ...ports, signal });
    },
  };
}

function isOfHost(url: string, host: string): boolean {
  return URL.canParse(url) && new URL(url).host === host;
}

function isIncluded(url: string, include: readonly string[]): boolean {
  return include.length === 0 || include.some((prefix) => url.startsWith(prefix));
}

async function pagesOf(url: string, ports: Ports): Promise<readonly string[]> {
  const { host } = new URL(url);
  const found: string[] = [];
  const waiting = [url];
  const known = new Set(waiting);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { pages, sitemaps } = await readSitemap(next, ports);
    found.push(...pages);
    for (const sitemap of sitemaps) {
      if (known.size >= maxSitemaps || known.has(sitemap) || !isOfHost(sitemap, host)) continue;
      known.add(sitemap);
      waiting.push(sitemap);
    }
  }
  return [...new Set(found)];
}

interface Sitemap {
  readonly pages: readonly string[];
  readonly sitemaps: readonly string[];
}

/** @throws TerminalError when there is no sitemap at that address. */
async function readSitemap(url: string, { pages, signal }: Ports): Promise<Sitemap> {
  const answer = await pages.get({ url, maxBytes: maxDocumentBytes, signal });
  if (answer.kind === 'unchanged') throw new Error('a page that was asked for without condition is unchanged');
  if (answer.kind !== 'page') throw new TerminalError('NotFound', `There is no sitemap at ${url}: ${answer.why}.`);
  const text = textOf(answer.bytes);
  const parsed = text === undefined ? undefined : parse(text);
  if (!parsed) throw new TerminalError('NotFound', `What is at ${url} is no sitemap; name the sitemap.xml itself.`);
  return parsed;
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  try {
    return gunzipSync(bytes, { maxOutputLength: 4 * maxDocumentBytes }).toString('utf8');
  } catch {
    // Damaged, or a bomb: no sitemap either way.
    return undefined;
  }
}

const locations = z.array(z.object({ loc: z.string() })).default([]);
const sitemapDocument = z.union([
  z.object({ urlset: z.object({ url: locations }).or(z.literal('')) }),
  z.object({ sitemapindex: z.object({ sitemap: locations }).or(z.literal('')) }),
]);

const parser = new XMLParser({
  isArray: (name) => name === 'url' || name === 'sitemap',
  removeNSPrefix: true,
  parseTagValue: false,
});

function parse(text: string): Sitemap | undefined {
  let content: unknown;
  try {
    content = parser.parse(text);
  } catch {
    // Not XML is no sitemap: the caller says so.
    return undefined;
  }
  const parsed = sitemapDocument.safeParse(content);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  if ('urlset' in data) return { pages: locationsOf(data.urlset === '' ? [] : data.urlset.url), sitemaps: [] };
  return { pages: [], sitemaps: locationsOf(data.sitemapindex === '' ? [] : data.sitemapindex.sitemap) };
}

function locationsOf(entries: readonly { readonly loc: string }[]): readonly string[] {
  return entries.map(({ loc }) => loc.trim()).filter((loc) => /^https?:\/\//.test(loc));
}
