import { type Duplex } from 'node:stream';
import { type Turn } from '../../api/turn.ts';

export interface TurnReference {
  readonly namespace: string;
  readonly name: string;
}

/** What the client needs of a cluster; a client of the Kubernetes API with a person's rights fulfils it. */
export interface StreamPorts {
  /** The Turn, now and after each change; repairs itself, and ends after `gone`. Throws what a person must put right. */
  watchTurn(turn: TurnReference, signal: AbortSignal): AsyncIterable<Turn | 'gone'>;
  /** A connection to a port of a pod, which ends with the signal. */
  openPortForward(
    target: { readonly namespace: string; readonly pod: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<Duplex>;
  /** GET from a Service through the API server, which keeps Authorization to itself. Throws unless the answer is 2xx. */
  proxyRequest(
    request: {
      readonly namespace: string;
      readonly service: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
    },
    signal: AbortSignal,
  ): Promise<{ readonly body: AsyncIterable<Uint8Array> }>;
}

/** Ways to the stream, in the order in which they are tried; `status` is what is left without one. */
export const transports = ['url', 'forward', 'proxy'] as const;
export type StreamTransport = (typeof transports)[number];
export type Transport = StreamTransport | 'status';
export type StreamMode = 'auto' | Transport;

export interface TransportFailure {
  readonly transport: StreamTransport;
  readonly message: string;
}

/** Events come another way from now on. */
export interface TransportNotice {
  readonly transport: Transport;
  /** Why the ways before it did not serve. */
  readonly failures: readonly TransportFailure[];
}
