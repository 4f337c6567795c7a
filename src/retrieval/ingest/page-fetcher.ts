import type { Clock } from '../../base/clock.ts';
import { messageOf, RetryableError, TerminalError } from '../../base/errors.ts';
import { readBody } from './read-body.ts';
import { everythingAllowed, parseRobots, type Robots, robotName } from './robots.ts';

export interface PageRequest {
  readonly url: string;
  /** Version the page was last taken in with. */
  readonly known?: string | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export type PageAnswer =
  | {
      readonly kind: 'page';
      /** After redirects. */
      readonly url: string;
      readonly bytes: Uint8Array;
      readonly contentType: string;
      /** To be given as `known` the next time; absent when the server tells nothing that could be asked with. */
      readonly version?: string | undefined;
    }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads pages of other people's sites, politely. RetryableError when only time can help. */
export interface PageFetcher {
  get(request: PageRequest): Promise<PageAnswer>;
}

export interface PageFetcherSettings {
  /** Checks every address it calls and follows no redirects. */
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Pause between two requests to one host; default 200 ms. The site's robots.txt may ask for more. */
  readonly delayMs?: number;
}

const maxRedirects = 5;
const timeoutMs = 30_000;
const robotsLifetimeMs = 3_600_000;
const maxRobotsBytes = 512 * 1024;
/** A site that wants longer pauses is asked this often all the same. */
const longestDelayMs = 30_000;

/** One for the whole operator, so that two knowledge bases with pages of one host share its pauses. */
export function createPageFetcher(settings: PageFetcherSettings): PageFetcher {
  return new PolitePageFetcher(settings);
}

class PolitePageFetcher implements PageFetcher {
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #delayMs: number;
  /** When the next request to a host may be made. */
  readonly #nextMs = new Map<string, number>();
  readonly #robots = new Map<string, { readonly robots: Promise<Robots>; readonly untilMs: number }>();

  constructor({ fetch, clock, delayMs = 200 }: PageFetcherSettings) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  async get(request: PageRequest): Promise<PageAnswer> {
    let url = new URL(request.url);
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const robots = await this.#robotsOf(url, request.signal);
      if (!robots.allows(url.pathname + url.search)) return refused('its robots.txt asks not to read it');
      const answer = await this.#ask(url, robots, request);
      if (!(answer instanceof URL)) return answer;
      if (!isSameSite(url, answer)) return refused(`it leads to another host; name ${answer.href} itself`);
      url = answer;
    }
    return refused(`it leads on more than ${maxRedirects} times`);
  }

  /** @returns where the page leads on to, if it does. */
  async #ask(url: URL, robots: Robots, { known, maxBytes, signal }: PageRequest): Promise<PageAnswer | URL> {
    await this.#waitForTurn(url, robots, signal);
    let response: Response;
    try {
      response = await this.#send(url, { ...conditionsOf(known), accept }, signal);
    } catch (error) {
      if (error instanceof TerminalError) return refused(error.message);
      throw error;
    }
    const next = redirectOf(response, url);
    if (next !== undefined || response.status !== 200) {
      await response.body?.cancel();
      return next ?? withoutPage(response, url);
    }
    const bytes = await readBody(response, maxBytes);
    if (bytes === undefined) return refused(`it is larger than ${Math.round(maxBytes / 1024 / 1024)} MiB`);
    const contentType = response.headers.get('content-type') ?? '';
    return { kind: 'page', url: url.href, bytes, contentType, version: versionOf(response) };
  }

  async #send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    try {
      return await this.#fetch(url, {
        redirect: 'manual',
        headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': `${robotName}-knowledge-base/1` },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof TerminalError) throw error;
      throw new RetryableError('Unavailable', `${url.host} cannot be reached: ${causeOf(error)}`, { cause: error });
    }
  }

  async #waitForTurn({ host }: URL, robots: Robots, signal: AbortSignal): Promise<void> {
    const now = this.#clock.monotonicMs();
    const turnMs = Math.max(now, this.#nextMs.get(host) ?? 0);
    const delayMs = Math.min(Math.max(this.#delayMs, robots.delayMs), longestDelayMs);
    this.#nextMs.set(host, turnMs + delayMs);
    if (turnMs > now) await this.#clock.sleep(turnMs - now, signal);
  }

  /** A site that cannot say what it allows is not read (RFC 9309, 2.3.1.4); one without a robots.txt allows everything. */
  #robotsOf({ origin }: URL, signal: AbortSignal): Promise<Robots> {
    const known = this.#robots.get(origin);
    if (known && known.untilMs > this.#clock.monotonicMs()) return known.robots;
    const robots = this.#readRobots(origin, signal);
    this.#robots.set(origin, { robots, untilMs: this.#clock.monotonicMs() + robotsLifetimeMs });
    robots.catch(() => {
      // Whoever asked gets the error; the next one asks the site again.
      this.#robots.delete(origin);
    });
    return robots;
  }

  async #readRobots(origin: string, signal: AbortSignal): Promise<Robots> {
    let url = new URL('/robots.txt', origin);
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const answer = await this.#ask(url, everythingAllowed, { url: url.href, maxBytes: maxRobotsBytes, signal });
      if (!(answer instanceof URL)) {
        return answer.kind === 'page' ? parseRobots(new TextDecoder().decode(answer.bytes)) : everythingAllowed;
      }
      if (!isSameSite(url, answer)) break;
      url = answer;
    }
    return everythingAllowed;
  }
}

const accept =
  'text/html, application/xhtml+xml, text/markdown, text/plain, application/pdf, application/xml;q=0.9, */*;q=0.1';

const refused = (why: string): PageAnswer => ({ kind: 'refused', why });

/** Of an answer that brings no page. */
function withoutPage({ status, headers }: Response, url: URL): PageAnswer {
  if (status === 304) return { kind: 'unchanged' };
  if (status === 404 || status === 410) return { kind: 'gone', why: `${url.host} answers ${status}` };
  if (status !== 408 && status !== 429 && status < 500) return refused(`${url.host} answers ${status}`);
  const afterSeconds = Number.parseInt(headers.get('retry-after') ?? '', 10);
  const retry = Number.isNaN(afterSeconds) ? {} : { retryAfterMs: Math.min(afterSeconds, 3_600) * 1_000 };
  throw new RetryableError('Unavailable', `${url.host} answers ${status}`, retry);
}

function redirectOf({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null || !URL.canParse(location, from.href))
    return undefined;
  return new URL(location, from);
}

/** A page of one site must not lead to what only the operator can reach. */
function isSameSite(from: URL, to: URL): boolean {
  const bare = ({ hostname }: URL) => hostname.replace(/^www\./, '');
  const isUsualPort = to.port === '' || to.port === from.port;
  return /^https?:$/.test(to.protocol) && isUsualPort && bare(from) === bare(to);
}

interface Version {
  readonly etag?: string | undefined;
  readonly modified?: string | undefined;
}

function versionOf({ headers }: Response): string | undefined {
  const [etag, modified] = [headers.get('etag'), headers.get('last-modified')];
  if (etag === null && modified === null) return undefined;
  return JSON.stringify({ ...(etag !== null && { etag }), ...(modified !== null && { modified }) });
}

function conditionsOf(known: string | undefined): Record<string, string> {
  if (known === undefined) return {};
  const { etag, modified } = JSON.parse(known) as Version;
  return {
    ...(etag !== undefined && { 'if-none-match': etag }),
    ...(modified !== undefined && { 'if-modified-since': modified }),
  };
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return messageOf(cause ?? error);
}
