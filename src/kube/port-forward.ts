import { type IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { type Clock } from '../base/clock.ts';
import { answerError, connectionError } from './answer-error.ts';
import { readAnswer } from './api-requests.ts';
import { isForbidden, isNotFound, KubeApiError } from './errors.ts';
import { type KubeConnection } from './kube-connection.ts';
import { objectPath, withQuery } from './resource-path.ts';
import { resourceTypes } from './resource-types.ts';

export interface PortForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export class PortForwardError extends Error {
  override readonly name = 'PortForwardError';
  readonly reason: 'PodGone' | 'PortClosed' | 'ConnectionLost';

  constructor(reason: PortForwardError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * What kubelets have spoken since Kubernetes 1.6: one WebSocket per connection, two channels per port, the number of the
 * channel as first byte of each message. The first message of each channel repeats the port in two bytes.
 */
const protocol = 'v4.channel.k8s.io';
const dataChannel = 0;
const errorChannel = 1;

export interface PortForwardOptions {
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly userAgent: string;
}

/**
 * A connection to a port of a pod through the API server, in this process. The API server wants `get` and, since 1.35,
 * `create` on pods/portforward. Whether anybody listens shows later: then the stream fails with PortClosed.
 * @throws KubeApiError (403 says which verb is missing), PortForwardError PodGone, or the reason of the signal.
 */
export async function openPortForward(
  { connection, clock, userAgent }: PortForwardOptions,
  target: PortForwardTarget,
  signal: AbortSignal,
): Promise<Duplex> {
  const { namespace, pod, port } = target;
  const path = withQuery(`${objectPath(resourceTypes.pod, { namespace, name: pod })}/portforward`, { ports: port });
  const {
    hostname,
    path: fullPath,
    port: serverPort,
    headers,
    agent,
  } = await connection.requestOptions(path, {
    'user-agent': userAgent,
  });
  signal.throwIfAborted();
  const host = hostname?.includes(':') ? `[${hostname}]` : hostname;
  const url = `${connection.isSecure ? 'wss' : 'ws'}://${host}:${serverPort}${fullPath}`;
  const startMs = clock.monotonicMs();
  const note = (status: number) => {
    connection.noteRequest({ method: 'GET', path, status, startMs });
  };
  const socket = new WebSocket(url, protocol, { headers, agent: agent as never, perMessageDeflate: false });
  return new Promise((resolve, reject) => {
    const stop = () => {
      reject(signal.reason as Error);
      socket.terminate();
    };
    signal.addEventListener('abort', stop, { once: true });
    socket.once('close', () => {
      signal.removeEventListener('abort', stop);
    });
    socket.once('open', () => {
      note(101);
      resolve(new PodStream(socket, target));
    });
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      note(response.statusCode ?? 0);
      if (response.statusCode === 401) connection.renewCredentials();
      refusal(response, target, clock.now()).then(reject, reject);
      socket.once('error', () => undefined); // of closing what has not been opened
    });
    socket.once('error', (error) => {
      reject(connectionError(error));
    });
  });
}

async function refusal(response: IncomingMessage, target: PortForwardTarget, now: Date): Promise<Error> {
  const error = answerError(await readAnswer(response), now);
  const { namespace, pod } = target;
  if (isNotFound(error))
    return new PortForwardError('PodGone', `pod ${namespace}/${pod} does not exist`, { cause: error });
  if (!isForbidden(error) || error.message.includes('cannot')) return error;
  // Of the second check, for `create`, the API server gives no reason (seen with 1.37).
  const message = `pods "${pod}" is forbidden: cannot create resource "pods/portforward" in the namespace "${namespace}"`;
  return new KubeApiError({ status: error.status, reason: error.reason, message, cause: error });
}

/** The bytes of the data channel, both ways. The protocol knows no half-closed connections. */
class PodStream extends Duplex {
  readonly #socket: WebSocket;
  readonly #greeted = new Set<number>();

  constructor(socket: WebSocket, { namespace, pod, port }: PortForwardTarget) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.pause(); // nothing is to happen before somebody reads, and so can hear of failures
    const place = `port ${port} of pod ${namespace}/${pod}`;
    socket.on('message', (data: Buffer) => {
      this.#receive(data, place);
    });
    socket.once('error', (error) => {
      this.destroy(new PortForwardError('ConnectionLost', `the way to ${place} broke: ${error.message}`));
    });
    socket.once('close', () => {
      this.push(null);
    });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#socket.send(Buffer.concat([Buffer.of(dataChannel), chunk]), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#socket.terminate();
    callback(error);
  }

  #receive(data: Buffer, place: string): void {
    const channel = data[0] ?? dataChannel;
    const isGreeting = !this.#greeted.has(channel);
    this.#greeted.add(channel);
    const bytes = data.subarray(isGreeting ? 3 : 1);
    if (bytes.length === 0) return;
    if (channel === errorChannel) {
      this.destroy(new PortForwardError('PortClosed', `nobody answers at ${place}: ${bytes.toString('utf8')}`));
    } else if (!this.push(bytes)) {
      this.#socket.pause();
    }
  }
}
