import {
  type ConnectionOptions,
  type ConnectionRequestOptions,
  type ConnectionRequestOptionsAsStream,
  type ConnectionRequestParams,
  type ConnectionRequestResponse,
  type ConnectionRequestResponseAsStream,
  errors,
  HttpConnection,
} from '@elastic/elasticsearch';
import { messageOf, TerminalError } from '../../base/errors.ts';

/**
 * The client's connection to one node, made over a fetch that is handed in: that one checks addresses and knows which
 * certificates to trust, for every backend alike. Redirects are not followed: they would take the credentials along.
 */
export function fetchConnection(fetchNode: typeof fetch): typeof HttpConnection {
  return class extends HttpConnection {
    constructor(options: ConnectionOptions) {
      // The parent's own agent would never be used.
      super({ ...options, agent: false });
    }

    override request(
      params: ConnectionRequestParams,
      options: ConnectionRequestOptions,
    ): Promise<ConnectionRequestResponse>;
    override request(
      params: ConnectionRequestParams,
      options: ConnectionRequestOptionsAsStream,
    ): Promise<ConnectionRequestResponseAsStream>;
    override async request(
      params: ConnectionRequestParams,
      options: ConnectionRequestOptions | ConnectionRequestOptionsAsStream,
    ): Promise<ConnectionRequestResponse & ConnectionRequestResponseAsStream> {
      const { path, headers } = this.buildRequestObject(params, options);
      const timeoutMs = options.timeout ?? this.timeout;
      const signals = [options.signal, timeoutMs === null ? undefined : AbortSignal.timeout(timeoutMs)];
      try {
        const response = await fetchNode(new URL(path ?? '/', this.url), {
          method: params.method,
          headers: headersOf(headers),
          redirect: 'manual',
          signal: AbortSignal.any(signals.filter((signal) => signal !== undefined)),
          ...(typeof params.body === 'string' && { body: params.body }),
        });
        const body = await response.text();
        if (response.status >= 300 && response.status < 400) throw redirected();
        const answer = { body, headers: Object.fromEntries(response.headers), statusCode: response.status };
        // Nobody of ours asks for a stream.
        return answer as ConnectionRequestResponse & ConnectionRequestResponseAsStream;
      } catch (error) {
        throw translated(error, options.signal);
      }
    }

    override close(): Promise<void> {
      return Promise.resolve();
    }
  };
}

function headersOf(headers: object | readonly string[] | undefined): Record<string, string> {
  const given = Object.entries(headers ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function redirected(): TerminalError {
  return new TerminalError('ElasticsearchVersion', 'The address answers with a redirect; name the server itself.');
}

/** Codes of Node’s TLS for a certificate that it does not accept. */
const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

/** In the words of the client, whose transport tries connection errors again, on another node if there is one. */
function translated(error: unknown, signal: AbortSignal | undefined): Error {
  if (error instanceof TerminalError) return error;
  if (signal?.aborted === true) return signal.reason as Error;
  if (error instanceof Error && error.name === 'TimeoutError') return new errors.TimeoutError('Request timed out');
  const code = codeOf(error) ?? codeOf((error as { cause?: unknown }).cause);
  if (code !== undefined && certificateCodes.test(code)) return untrusted(code);
  const options = { redaction: { type: 'replace' as const }, cause: error };
  return new errors.ConnectionError(code ?? messageOf(error), undefined, options);
}

function untrusted(code: string): TerminalError {
  const message = `The certificate of Elasticsearch is not trusted (${code}); name its authority in caSecretRef.`;
  return new TerminalError('CertificateInvalid', message);
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
