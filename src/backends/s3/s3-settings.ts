import type { LookupFunction } from 'node:net';
import { TerminalError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';

export interface S3Settings {
  /** For example http://minio.storage.svc:9000; scheme, host and port only. */
  readonly endpoint: string;
  /** Region that signatures name. */
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are valid for a while only. */
  readonly sessionToken?: string;
  /** Certificates (PEM) to trust beside the public ones. */
  readonly ca?: string;
  /** Address under which people reach the same store, for links; the endpoint when absent. */
  readonly publicEndpoint?: string;
  readonly clock: Clock;
  /** Resolves names; for refusing addresses that must not be called. */
  readonly lookup?: LookupFunction;
  readonly timeouts?: Partial<S3Timeouts>;
}

export interface S3Timeouts {
  /** For an answer as a whole; when reading an object, for its beginning. Writes get more by their size. */
  readonly answerMs: number;
  /** For more content while an object is read. */
  readonly idleMs: number;
}

export const defaultTimeouts: S3Timeouts = { answerMs: 30_000, idleMs: 60_000 };

/** Where to connect to. */
export interface Endpoint {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** Host and port, for people. */
  readonly host: string;
}

/** @throws TerminalError that says what an endpoint looks like. */
export function endpointOf(address: string, field: string): Endpoint {
  const url = URL.parse(address);
  const isWhole = url !== null && ['http:', 'https:'].includes(url.protocol) && url.hostname !== '';
  if (!isWhole || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new TerminalError(
      'InvalidEndpoint',
      `${address} is no address of an object store; ${field} is a scheme, a host and perhaps a port, for example http://minio.storage.svc:9000.`,
    );
  }
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    host: url.host,
  };
}
