import { request as httpRequest, type Agent, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ClientOptions } from 'minio';
import { failureOf } from './s3-failure.ts';

export interface S3Transport extends NonNullable<ClientOptions['transport']> {
  /** The store closed a kept connection at the moment it was taken, before it read anything of the request. */
  wasStale(): boolean;
}

interface TransportSettings {
  readonly secure: boolean;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

/**
 * The connection of one call. It adds to the minio package what that leaves out: an end when the signal fires, and for
 * every answer that is no success a read body and a typed error. (The package itself waits, prints and asks again on
 * server errors, and leaves their bodies unread.)
 */
export function createTransport({ secure, agent, signal }: TransportSettings): S3Transport {
  const send = secure ? httpsRequest : httpRequest;
  let isStale = false;
  const request = (options: RequestOptions, onAnswer: (incoming: IncomingMessage) => void) => {
    const outgoing = send({ ...options, agent, signal }, (incoming) => {
      const status = incoming.statusCode ?? 0;
      if (status >= 200 && status < 300) {
        onAnswer(incoming);
        return;
      }
      const fail = (error: unknown) => outgoing.emit('error', error);
      failureOf(incoming).then(fail, fail);
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      isStale = outgoing.reusedSocket && error.code === 'ECONNRESET';
    });
    return outgoing;
  };
  // The package calls it in this one form only.
  return { request: request as typeof httpRequest, wasStale: () => isStale };
}
