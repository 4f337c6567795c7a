import { Client, errors } from '@elastic/elasticsearch';
import { TerminalError } from '../../base/errors.ts';
import { fetchConnection } from './fetch-connection.ts';
import { translateError } from './translate-error.ts';

export interface ElasticsearchSettings {
  /** Addresses of nodes; the next one is tried when one does not answer. */
  readonly nodes: readonly string[];
  /** `apiKey` in the encoded form that Elasticsearch hands out. Absent: the server asks for none. */
  readonly credentials?: { readonly apiKey: string } | { readonly username: string; readonly password: string };
  /** Carries all requests; it decides which addresses may be called and which certificates are trusted. */
  readonly fetch: typeof fetch;
  /** Of one request; default 30 s. */
  readonly timeoutMs?: number;
  /** How often a request is tried again when a connection fails or a gateway says 502, 503 or 504; default 2. */
  readonly retries?: number;
}

/** What a look at the server found. */
export interface ElasticsearchFacts {
  /** Absent when the server does not tell, for example to a user without the right to monitor. */
  readonly version?: string;
  /** Whether words can be stemmed; undefined when the user may not find out. */
  readonly hasEnglish?: boolean;
}

/** Elasticsearch, with errors that say who can help: RetryableError or TerminalError with the remedy. */
export interface ElasticsearchClient {
  request<T>(work: (api: Client) => Promise<T>): Promise<T>;
  /**
   * Goes all the way: reach, certificate, credentials, rights on the indices, analysis.
   * @param indices pattern of the indices that will be used.
   */
  probe(indices: string, signal: AbortSignal): Promise<ElasticsearchFacts>;
}

export function createElasticsearchClient(settings: ElasticsearchSettings): ElasticsearchClient {
  const api = new Client({
    nodes: [...settings.nodes],
    ...(settings.credentials && { auth: settings.credentials }),
    Connection: fetchConnection(settings.fetch),
    requestTimeout: settings.timeoutMs ?? 30_000,
    maxRetries: settings.retries ?? 2,
    // What goes into a message must not carry credentials or text of documents.
    redaction: { type: 'remove' },
  });
  const request = async <T>(work: (api: Client) => Promise<T>): Promise<T> => {
    try {
      return await work(api);
    } catch (error) {
      throw translateError(error);
    }
  };
  return { request, probe: (indices, signal) => request(() => probe(api, indices, signal)) };
}

async function probe(api: Client, indices: string, signal: AbortSignal): Promise<ElasticsearchFacts> {
  // A key that is limited to its indices may not ask for the cluster's health, and need not.
  await unless(403, api.cluster.health({ timeout: '5s' }, { signal }));
  await api.search({ index: indices, size: 0, allow_no_indices: true, ignore_unavailable: true }, { signal });
  const version = await versionOf(api, signal);
  const hasEnglish = await knowsEnglish(api, signal);
  return { ...(version !== undefined && { version }), ...(hasEnglish !== undefined && { hasEnglish }) };
}

async function versionOf(api: Client, signal: AbortSignal): Promise<string | undefined> {
  const info = await unless([403, 404, 405], api.info({}, { signal }));
  const version = info?.version.number;
  if (version !== undefined && Number.parseInt(version, 10) < 8) {
    throw new TerminalError(
      'ElasticsearchVersion',
      `This is Elasticsearch ${version}; version 8.19 or newer is needed.`,
    );
  }
  return version;
}

async function knowsEnglish(api: Client, signal: AbortSignal): Promise<boolean | undefined> {
  try {
    await api.indices.analyze({ analyzer: 'english', text: 'pipelines' }, { signal });
    return true;
  } catch (error) {
    if (!(error instanceof errors.ResponseError)) throw error;
    if (error.statusCode === 400) return false;
    if (error.statusCode === 403) return undefined;
    throw error;
  }
}

/** undefined when the server answers with one of these. */
async function unless<T>(statuses: number | readonly number[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof errors.ResponseError && [statuses].flat().includes(error.statusCode ?? 0)) return undefined;
    throw error;
  }
}
