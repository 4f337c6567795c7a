import { createHash } from 'node:crypto';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { type Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { StreamRefusal, WrongCertificate } from './stream-refusal.ts';

export interface PinnedRequest {
  readonly connection: Duplex;
  /** For SNI; absent for a connection that has no name. */
  readonly host?: string;
  /** Of the certificate (DER), in hexadecimal: the server must show this one. */
  readonly certificateSHA256: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a refusal may say. */
const longestRefusalCharacters = 2_000;

/**
 * GET over TLS with a server that is known by its certificate alone.
 * @throws WrongCertificate, StreamRefusal for an answer that is no event stream, or what the connection or signal throws.
 */
export async function pinnedRequest(request: PinnedRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const socket = await secured(request, signal);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = httpRequest(
      {
        host: request.host ?? 'swarm-stream',
        path: request.path,
        headers: { ...request.headers, connection: 'close' },
        createConnection: () => socket,
        signal,
      },
      resolve,
    );
    sent.once('error', (error) => {
      reject(reasonOf(signal) ?? error);
    });
    sent.end();
  });
  const type = response.headers['content-type'] ?? '';
  if (response.statusCode === 200 && type.startsWith('text/event-stream')) return response;
  throw new StreamRefusal(response.statusCode ?? 0, await refusalText(response));
}

export function tcpConnection(host: string, port: number): Duplex {
  return connectTcp({ host, port });
}

function secured({ connection, host, certificateSHA256 }: PinnedRequest, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // The certificate is self-made: it is not who signed it that counts, but that it is the very one.
    const socket = connectTls({ socket: connection, rejectUnauthorized: false, ...(host && { servername: host }) });
    const fail = (error: Error) => {
      reject(error);
      connection.destroy();
      socket.destroy();
    };
    const stop = () => {
      fail(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
      connection.destroy();
      reject(new Error('the connection ended before it was secured'));
    });
    socket.once('error', fail);
    connection.once('error', fail);
    socket.once('secureConnect', () => {
      const shown = createHash('sha256').update(socket.getPeerCertificate().raw).digest('hex');
      if (shown === certificateSHA256.toLowerCase()) resolve(socket);
      else fail(new WrongCertificate(`a server with another certificate answered (${shown.slice(0, 16)}…)`));
    });
    if (signal.aborted) stop();
  });
}

/** The server refuses with `{reason, message}`. */
async function refusalText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    text += chunk;
    if (text.length > longestRefusalCharacters) break;
  }
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // not from our server: then the text itself
  }
  return `${response.statusCode} ${text.slice(0, 200)}`.trim();
}

function reasonOf(signal: AbortSignal): Error | undefined {
  return signal.aborted ? (signal.reason as Error) : undefined;
}
