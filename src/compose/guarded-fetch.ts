import { type LookupAddress, lookup as resolve } from 'node:dns';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { TerminalError } from '../base/errors.ts';

export interface GuardedFetchSettings {
  /** Hosts whose addresses are not looked at. */
  readonly allowedHosts: readonly string[];
  /** Hosts and addresses that are never called, such as the API server's. */
  readonly deniedHosts: readonly string[];
  /** Certificates (PEM) to trust beside the public ones. */
  readonly ca?: string;
}

/**
 * A fetch for addresses that came out of the cluster: every address a name resolves to is checked, and the connection
 * goes to a checked one, so that nobody reaches the operator's own machine or the cloud's metadata through it.
 * Redirects are handed to the caller, never followed.
 */
export function createGuardedFetch(settings: GuardedFetchSettings): typeof fetch {
  const lookup = guardedLookup(settings);
  const ca = settings.ca === undefined ? {} : { ca: settings.ca };
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, lookup }),
    'https:': new HttpsAgent({ keepAlive: true, lookup, ...ca }),
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // An address instead of a name is not looked up.
    if (isIP(host) !== 0) requireAllowed(settings, host, [host]);
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

function guardedLookup(settings: GuardedFetchSettings): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      try {
        requireAllowed(settings, hostname, addresses.map(addressOf));
      } catch (refusal) {
        callback(refusal as NodeJS.ErrnoException, []);
        return;
      }
      const [first] = addresses;
      if (options.all === true || first === undefined) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

const addressOf = ({ address }: LookupAddress) => address;

/** @throws TerminalError that says how to allow it. */
function requireAllowed(settings: GuardedFetchSettings, host: string, addresses: readonly string[]): void {
  if (settings.allowedHosts.includes(host)) return;
  const denied = addresses.find((address) => isSpecial(address) || settings.deniedHosts.includes(address));
  if (denied === undefined && !settings.deniedHosts.includes(host)) return;
  throw new TerminalError(
    'AddressNotAllowed',
    `${host} leads to ${denied ?? host}, which the operator does not call; if that is meant, start it with --allowed-hosts=${host}.`,
  );
}

const special = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  special.addSubnet(network, prefix, 'ipv4');
}
special.addAddress('::', 'ipv6');
special.addAddress('::1', 'ipv6');
special.addSubnet('fe80::', 10, 'ipv6');
special.addSubnet('ff00::', 8, 'ipv6');
// Addresses that carry an IPv4 address inside them (NAT64); IPv4-mapped ones are checked as IPv4 by the list itself.
special.addSubnet('64:ff9b::', 96, 'ipv6');

/** Loopback, link-local (cloud metadata among them), multicast, unspecified. */
function isSpecial(address: string): boolean {
  return special.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
