import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { Client } from 'minio';
import { RetryableError, TerminalError } from '../../base/errors.ts';
import { endpointOf, defaultTimeouts, type Endpoint, type S3Settings, type S3Timeouts } from './s3-settings.ts';
import { createTransport, type S3Transport } from './s3-transport.ts';
import { translateFailure } from './translate-failure.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  readonly bucket?: string;
  readonly key?: string;
  /** Values as they are meant; they are escaped here. */
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Beyond the usual time for an answer. */
  readonly extraMs?: number;
}

export interface S3Answer {
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** An answer whose content has not been read yet. */
export interface S3Stream {
  readonly incoming: IncomingMessage;
  readonly host: string;
}

/** Kept connections that nobody uses are closed after this time, before most stores would. */
const idleConnectionMs = 15_000;
const maxAnswerBytes = 16 * 1024 * 1024;

/**
 * Signed requests to one store over kept connections. The minio package builds, signs and sends them; what it makes of
 * answers (retries with prints, parsers that change keys) is left aside.
 */
export class S3Connection {
  readonly endpoint: Endpoint;
  readonly timeouts: S3Timeouts;
  readonly #settings: S3Settings;
  readonly #agent: HttpAgent;

  /** @throws TerminalError when the endpoint is none. */
  constructor(settings: S3Settings) {
    this.#settings = settings;
    this.endpoint = endpointOf(settings.endpoint, 'backends.objectStore.endpoint');
    this.timeouts = { ...defaultTimeouts, ...settings.timeouts };
    const common = {
      keepAlive: true,
      timeout: idleConnectionMs,
      maxSockets: 64,
      ...(settings.lookup && { lookup: settings.lookup }),
    };
    const ca = settings.ca === undefined ? {} : { ca: [...rootCertificates, settings.ca] };
    this.#agent = this.endpoint.secure ? new HttpsAgent({ ...common, ...ca }) : new HttpAgent(common);
  }

  /** The whole answer, as text. */
  async ask(request: S3Request, signal: AbortSignal): Promise<S3Answer> {
    return this.#timed(request, signal, async (until) => {
      const incoming = await this.#send(request, until);
      return { headers: incoming.headers, text: await textOf(incoming) };
    });
  }

  /** Returns as soon as the answer begins; from then on only the signal ends it. */
  async open(request: S3Request, signal: AbortSignal): Promise<S3Stream> {
    const incoming = await this.#timed(request, signal, (until) => this.#send(request, until));
    return { incoming, host: this.endpoint.host };
  }

  close(): void {
    this.#agent.destroy();
  }

  /** A client of the package for links, which need no connection. */
  linkClient(): Client {
    const { publicEndpoint } = this.#settings;
    if (publicEndpoint === undefined) return this.#client(this.endpoint);
    return this.#client(endpointOf(publicEndpoint, 'the public endpoint of the object store'));
  }

  async #timed<T>(request: S3Request, signal: AbortSignal, work: (until: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const afterMs = this.timeouts.answerMs + (request.extraMs ?? 0);
    const { host } = this.endpoint;
    const late = new AbortController();
    const stop = this.#settings.clock.schedule(afterMs, () => {
      late.abort(
        new RetryableError(
          'ObjectStoreTimeout',
          `The object store at ${host} did not answer within ${afterMs / 1_000} s.`,
        ),
      );
    });
    try {
      return await work(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      signal.throwIfAborted();
      late.signal.throwIfAborted();
      throw translateFailure(error, { host, bucket: request.bucket, key: request.key });
    } finally {
      stop();
    }
  }

  async #send(request: S3Request, signal: AbortSignal): Promise<IncomingMessage> {
    const transport = this.#transport(signal);
    try {
      return await this.#sendBy(transport, request);
    } catch (error) {
      // Whether a write has been carried out is for its caller to look at, not to be tried.
      if (!transport.wasStale() || request.method === 'PUT' || signal.aborted) throw error;
      return await this.#sendBy(this.#transport(signal), request);
    }
  }

  #transport(signal: AbortSignal): S3Transport {
    return createTransport({ secure: this.endpoint.secure, agent: this.#agent, signal });
  }

  #sendBy(transport: S3Transport, { method, bucket, key, query, headers, body }: S3Request): Promise<IncomingMessage> {
    const client = this.#client(this.endpoint, transport);
    const options = {
      method,
      ...(bucket !== undefined && { bucketName: bucket }),
      ...(key !== undefined && { objectName: key }),
      ...(query && { query: queryOf(query) }),
      headers: { ...headers },
    };
    return client.makeRequestAsync(options, body ?? '', [200, 204, 206], this.#settings.region);
  }

  #client({ secure, hostname, port, host }: Endpoint, transport?: S3Transport): Client {
    const { accessKeyId, secretAccessKey, sessionToken, region } = this.#settings;
    try {
      return new Client({
        endPoint: hostname,
        port,
        useSSL: secure,
        region,
        accessKey: accessKeyId,
        secretKey: secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(transport && { transport }),
        retryOptions: { disableRetry: true },
      });
    } catch (cause) {
      throw new TerminalError(
        'InvalidEndpoint',
        `${host} is no address of an object store; use a host name or an IP address.`,
        { cause },
      );
    }
  }
}

/** Sorted and escaped as signatures want it. */
function queryOf(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
}

/** RFC 3986: encodeURIComponent leaves five characters more. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of incoming) {
    sizeBytes += (chunk as Buffer).byteLength;
    // Leaving the loop destroys the answer.
    if (sizeBytes > maxAnswerBytes)
      throw new RangeError(`the object store answered with more than ${maxAnswerBytes} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
