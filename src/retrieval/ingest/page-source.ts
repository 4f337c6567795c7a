import type { PdfReader } from '../../backends/pdf/pdf-reader.ts';
import { contentKindOf, decodeDocument } from './decode-document.ts';
import {
  type DocumentSource,
  maxDocumentBytes,
  maxPathLength,
  type OfferedDocument,
  type Reading,
} from './document-source.ts';
import type { PageFetcher } from './page-fetcher.ts';

export interface PageSettings {
  readonly source: string;
  readonly knowledgeBase: string;
  readonly urls: readonly string[];
}

export interface PagePorts {
  readonly pages: PageFetcher;
  readonly pdf: PdfReader;
}

/** Every page of a list. */
export function pageSource(settings: PageSettings, ports: PagePorts): DocumentSource {
  return {
    name: settings.source,
    // The other kinds have to ask first what there is.
    // eslint-disable-next-line @typescript-eslint/require-await
    async *documents(signal) {
      yield* offerPages(settings, { ...ports, signal });
    },
  };
}

/** Each page once, however often and with whatever fragment it is listed. */
export function* offerPages(
  { source, knowledgeBase, urls }: PageSettings,
  ports: PagePorts & { readonly signal: AbortSignal },
): Generator<OfferedDocument> {
  const offered = new Set<string>();
  for (const address of urls) {
    const url = new URL(address);
    url.hash = '';
    const path = pathOf(source, url);
    if (offered.has(path)) continue;
    offered.add(path);
    yield { path, read: (known) => read({ knowledgeBase, path, url: url.href, known }, ports) };
  }
}

/** Host and path of the address; the scheme says nothing about the page. */
function pathOf(source: string, { host, pathname, search }: URL): string {
  return `${source}/${host}${decoded(pathname)}${search}`.replace(/\/$/, '');
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    // Not UTF-8 behind its percent signs: the name stays as the site wrote it.
    return pathname;
  }
}

interface Wanted {
  readonly knowledgeBase: string;
  readonly path: string;
  readonly url: string;
  readonly known: string | undefined;
}

async function read(
  { knowledgeBase, path, url, known }: Wanted,
  { pages, pdf, signal }: PagePorts & { readonly signal: AbortSignal },
): Promise<Reading> {
  if (path.length > maxPathLength) return { kind: 'skipped', why: `${url.slice(0, 100)}… is too long an address` };
  const answer = await pages.get({ url, known, maxBytes: maxDocumentBytes, signal });
  switch (answer.kind) {
    case 'unchanged':
      return answer;
    case 'gone':
      return { kind: 'gone', why: `${url}: ${answer.why}` };
    case 'refused':
      return { kind: 'skipped', why: `${url}: ${answer.why}` };
    case 'page': {
      const { bytes, contentType, version } = answer;
      const kind = contentKindOf(new URL(answer.url).pathname, contentType);
      if (kind === undefined) return { kind: 'skipped', why: `${url} is ${contentType}, no format that can be read` };
      const decoded = await decodeDocument({ name: url, kind, bytes, contentType, signal }, pdf);
      if (decoded.kind === 'skipped') return decoded;
      const { format, content } = decoded;
      return { kind: 'content', version, document: { knowledgeBase, path, url: answer.url, format, content } };
    }
  }
}
