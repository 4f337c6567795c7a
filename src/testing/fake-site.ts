import { sha256Hex } from '../base/digest.ts';

export interface FakePage {
  readonly body?: string | Uint8Array;
  readonly contentType?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The connection breaks instead of an answer. */
  readonly breaks?: boolean;
}

export interface SiteRequest {
  readonly url: string;
  readonly headers: Headers;
}

/** Web sites in memory, behind a fetch. Pages have ETags and are not sent again to who knows them. */
export class FakeSite {
  readonly requests: SiteRequest[] = [];
  readonly #pages = new Map<string, FakePage>();

  set(url: string, page: FakePage | string): void {
    this.#pages.set(url, typeof page === 'string' ? { body: page } : page);
  }

  delete(url: string): void {
    this.#pages.delete(url);
  }

  /** Addresses asked for, without robots.txt. */
  get asked(): readonly string[] {
    return this.requests.map(({ url }) => url).filter((url) => !url.endsWith('/robots.txt'));
  }

  readonly fetch: typeof fetch = (input, init) => {
    const { url, headers, signal } = new Request(input, init);
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    this.requests.push({ url, headers });
    const page = this.#pages.get(url) ?? { status: 404 };
    if (page.breaks === true) return Promise.reject(new TypeError('fetch failed', { cause: new Error('ECONNRESET') }));
    return Promise.resolve(answerOf(page, headers));
  };
}

function answerOf(page: FakePage, asked: Headers): Response {
  const { body = '', contentType = 'text/html; charset=utf-8', status = 200, headers = {} } = page;
  const etag = `"${sha256Hex(String(body)).slice(0, 16)}"`;
  if (status === 200 && asked.get('if-none-match') === etag) return new Response(null, { status: 304 });
  const answered = { 'content-type': contentType, ...(status === 200 && { etag }), ...headers };
  return new Response(body as string, { status, headers: answered });
}
