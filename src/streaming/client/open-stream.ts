import { type TurnStream } from '../../api/turn-stream.ts';
import { pinnedRequest, tcpConnection } from './pinned-request.ts';
import {
  type StreamMode,
  type StreamPorts,
  type StreamTransport,
  transports,
  type TurnReference,
} from './stream-ports.ts';

export interface StreamAddress {
  readonly ports: StreamPorts;
  readonly turn: TurnReference;
  readonly stream: TurnStream;
  readonly key: string;
  /** Last event that was read from any stream of the turn. */
  readonly lastEventId: string | undefined;
}

/** Service of the operator; `https:` and the port's name as the API server's proxy wants them. */
const proxiedService = 'https:swarm-stream:stream';

/** Which ways there are to a stream, best first. */
export function waysTo(stream: TurnStream, mode: StreamMode): StreamTransport[] {
  const isPod = stream.pod !== undefined && stream.namespace !== undefined && stream.port !== undefined;
  const exists = { url: stream.url !== undefined, forward: isPod, proxy: stream.namespace !== undefined };
  return transports.filter((transport) => exists[transport] && (mode === 'auto' || mode === transport));
}

/** @returns the body of the stream, which ends with the signal. */
export async function openStream(
  transport: StreamTransport,
  address: StreamAddress,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  switch (transport) {
    case 'url':
      return openUrl(address, signal);
    case 'forward':
      return openForward(address, signal);
    case 'proxy':
      return openProxied(address, signal);
  }
}

async function openUrl(address: StreamAddress, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const url = new URL(address.stream.url ?? '');
  if (url.protocol !== 'https:') throw new Error(`the advertised address ${url.origin} is not https`);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return pinnedRequest(
    {
      ...requestOf(address, url.pathname.replace(/\/$/, '')),
      connection: tcpConnection(host, Number(url.port || 443)),
      ...(/[a-z]/i.test(host) && !host.includes(':') && { host }),
    },
    signal,
  );
}

async function openForward(address: StreamAddress, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const { pod = '', namespace = '', port = 0 } = address.stream;
  const connection = await address.ports.openPortForward({ namespace, pod, port }, signal);
  return pinnedRequest({ ...requestOf(address), connection }, signal);
}

/** Here it is the API server that speaks TLS with the Service, so the certificate cannot be looked at. */
async function openProxied(address: StreamAddress, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const { namespace = '' } = address.stream;
  const { path, headers } = requestOf(address);
  const { body } = await address.ports.proxyRequest({ namespace, service: proxiedService, path, headers }, signal);
  return body;
}

function requestOf({ turn, stream, key, lastEventId }: StreamAddress, base = '') {
  const path = `/v1/namespaces/${encodeURIComponent(turn.namespace)}/turns/${encodeURIComponent(turn.name)}/events`;
  return {
    path: base + path,
    certificateSHA256: stream.certificateSHA256,
    headers: {
      accept: 'text/event-stream',
      'swarm-stream-key': key,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
  };
}
