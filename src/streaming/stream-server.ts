import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Metrics } from '../base/metrics.ts';
import type { CertificateSource } from './certificate.ts';
import type { EventLog } from './event-log.ts';
import { createAdmission, type Refusal, type StreamAccess, tooMany, type TurnName } from './stream-access.ts';
import { StreamReader, type StreamReaderLimits } from './stream-reader.ts';
import type { TurnLogs } from './turn-logs.ts';

export interface StreamServerOptions {
  /** Host and port; an empty host means all of them: `:8443` */
  readonly address: string;
  readonly certificate: CertificateSource;
  readonly logs: Pick<TurnLogs, 'logOf'>;
  readonly access: StreamAccess;
  /** Whether this process works on turns; one that stands by has nothing to tell. */
  readonly isLeading: () => boolean;
  readonly clock: Pick<Clock, 'schedule'>;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'streamClients' | 'streamEventsTotal' | 'streamClientsCutTotal'>;
  readonly limits?: Partial<StreamServerLimits>;
}

export interface StreamServerLimits extends StreamReaderLimits {
  readonly clients: number;
  readonly clientsPerTurn: number;
}

export interface StreamServer {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number;
  /** Tells all clients that it ends, and ends. */
  stop(): Promise<void>;
}

const defaultLimits: StreamServerLimits = {
  pingEveryMs: 10_000,
  patienceMs: 15_000,
  clients: 1_000,
  clientsPerTurn: 16,
};

const headerBytes = 16_384;
const requestTimeoutMs = 10_000;
/** How long clients have to take what they were told last. */
const farewellMs = 1_000;

/** Serves `GET /v1/namespaces/{namespace}/turns/{name}/events` as server-sent events over TLS. */
export async function startStreamServer(options: StreamServerOptions): Promise<StreamServer> {
  const { address, certificate, log } = options;
  const readers = new Set<StreamReader>();
  const serve = createRoute({ ...options, limits: { ...defaultLimits, ...options.limits }, readers });
  const server = createServer(
    {
      ...secretsOf(certificate),
      minVersion: 'TLSv1.2',
      maxHeaderSize: headerBytes,
      handshakeTimeout: requestTimeoutMs,
    },
    (request, response) => {
      serve(request, response).catch((error: unknown) => {
        log.error({ err: error }, 'Serving the events of a turn failed');
        response.destroy();
      });
    },
  );
  certificate.onChange(() => {
    server.setSecureContext(secretsOf(certificate));
  });
  server.headersTimeout = requestTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = 2 * (options.limits?.clients ?? defaultLimits.clients);
  server.on('tlsClientError', (error) => {
    log.debug({ error: messageOf(error) }, 'A client of the event stream gave up its handshake');
  });
  await listen(server, address);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => stop(server, readers, options),
  };
}

function secretsOf({ current }: CertificateSource): { key: string; cert: string } {
  return { key: current.key, cert: current.certificate };
}

async function listen(server: Server, address: string): Promise<void> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(colon + 1));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(host === '' ? { port } : { host, port }, resolve);
  });
}

async function stop(server: Server, readers: ReadonlySet<StreamReader>, { clock }: StreamServerOptions): Promise<void> {
  for (const reader of readers) {
    reader.stop('Stopping', 'The operator ends; the next one goes on with the turn. Resume, or read its status.');
  }
  await new Promise<void>((resolve) => {
    const cancel = clock.schedule(farewellMs, () => {
      server.closeAllConnections();
      // Whoever is still shaking hands is not waited for.
      resolve();
    });
    server.close(() => {
      cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}

interface Route extends StreamServerOptions {
  readonly limits: StreamServerLimits;
  readonly readers: Set<StreamReader>;
}

function createRoute(route: Route) {
  const admission = createAdmission(route.access, route.log);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = turnIn(request);
    if ('status' in name) {
      refuse(response, name);
      return;
    }
    const turn = await admission.admit(request.headers, name);
    const found = 'reason' in turn ? turn : logFor(turn, route);
    if (response.destroyed) return;
    if ('reason' in found) refuse(response, found);
    else read({ request, response, log: found, name }, route);
  };
}

const path = /^\/v1\/namespaces\/([a-z0-9-]{1,63})\/turns\/([a-z0-9][a-z0-9.-]{0,252})\/events$/;

function turnIn({ method, url = '' }: IncomingMessage): TurnName | Refusal {
  const [, namespace, name] = path.exec(url.split('?')[0] ?? '') ?? [];
  if (namespace === undefined || name === undefined) {
    const message = 'Events of a turn are served at /v1/namespaces/NAMESPACE/turns/NAME/events.';
    return { status: 404, reason: 'NoSuchPath', message };
  }
  if (method !== 'GET')
    return { status: 405, reason: 'MethodNotAllowed', message: 'Events can only be read: use GET.' };
  return { namespace, name };
}

function logFor(
  turn: Parameters<TurnLogs['logOf']>[0],
  { logs, isLeading, limits, readers }: Route,
): EventLog | Refusal {
  const { name } = turn.metadata;
  if (!isLeading()) {
    const pod = turn.status?.stream?.pod;
    const where = pod === undefined ? '' : `; ask pod ${pod}`;
    return {
      status: 421,
      reason: 'NotLeading',
      message: `This replica stands by, another one works on turns${where}.`,
    };
  }
  const log = logs.logOf(turn);
  if (!log) {
    const message = `The turn ${name} has ended and its events are not kept any more; its status has everything.`;
    return { status: 410, reason: 'TurnEnded', message };
  }
  if (readers.size >= limits.clients) return tooMany(`${limits.clients} clients are connected; try again later.`);
  if (log.readers >= limits.clientsPerTurn) {
    return tooMany(`${limits.clientsPerTurn} clients read this turn already; close one of them.`);
  }
  return log;
}

function read(
  {
    request,
    response,
    log,
    name,
  }: { request: IncomingMessage; response: ServerResponse; log: EventLog; name: TurnName },
  { clock, metrics, limits, readers }: Route,
): void {
  const last = request.headers['last-event-id'];
  const lastEventId = typeof last === 'string' ? last : undefined;
  const reader = new StreamReader({ log, turn: name.name, lastEventId, response, clock, metrics, limits });
  readers.add(reader);
  metrics.streamClients.set(readers.size);
  response.once('close', () => {
    readers.delete(reader);
    metrics.streamClients.set(readers.size);
  });
}

function refuse(response: ServerResponse, { status, reason, message }: Refusal): void {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 405 && { allow: 'GET' }),
    ...((status === 429 || status === 503) && { 'retry-after': '1' }),
  };
  response.writeHead(status, headers).end(`${JSON.stringify({ reason, message })}\n`);
}
