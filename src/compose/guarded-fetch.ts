import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { guardedAgents, type GuardedConnections, requireAllowedUrl } from './address-guard.ts';

/**
 * A fetch for addresses that came out of the cluster: every address a name resolves to is checked, and the connection
 * goes to a checked one, so that nobody reaches the operator's own machine or the cloud's metadata through it.
 * Redirects are handed to the caller, never followed.
 */
export function createGuardedFetch(settings: GuardedConnections): typeof fetch {
  const agents = guardedAgents(settings);
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    requireAllowedUrl(settings, url);
    const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
    const secure = url.protocol === 'https:';
    return new Promise((resolveResponse, reject) => {
      const outgoing = (secure ? httpsRequest : httpRequest)(
        url,
        {
          method: request.method,
          agent: agents[secure ? 'https:' : 'http:'],
          headers: { ...Object.fromEntries(request.headers), ...(body && { 'content-length': body.byteLength }) },
          signal: request.signal,
        },
        (incoming) => {
          resolveResponse(responseOf(incoming));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}

function responseOf(incoming: IncomingMessage): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = incoming.statusCode ?? 502;
  const isBodiless = [204, 205, 304].includes(status);
  if (isBodiless) incoming.resume();
  const body = isBodiless ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>);
  return new Response(body as ConstructorParameters<typeof Response>[0], { status, headers });
}
