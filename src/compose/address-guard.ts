import { type LookupAddress, lookup as resolve } from 'node:dns';
import { lookup as resolveAll } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { TerminalError } from '../base/errors.ts';

/** Which addresses that came out of the cluster may be called. */
export interface AddressGuard {
  /** Hosts whose addresses are not looked at. */
  readonly allowedHosts: readonly string[];
  /** Hosts and addresses that are never called, such as the API server's. */
  readonly deniedHosts: readonly string[];
}

export interface GuardedConnections extends AddressGuard {
  /** Certificates (PEM) to trust beside the public ones. */
  readonly ca?: string | undefined;
}

/** Connections that are only made to addresses the guard lets pass; an address instead of a name is not looked up by it. */
export function guardedAgents(settings: GuardedConnections): {
  readonly 'http:': HttpAgent;
  readonly 'https:': HttpsAgent;
} {
  const lookup = guardedLookup(settings);
  const ca = settings.ca === undefined ? {} : { ca: [...rootCertificates, settings.ca] };
  return {
    'http:': new HttpAgent({ keepAlive: true, lookup }),
    'https:': new HttpsAgent({ keepAlive: true, lookup, ...ca }),
  };
}

/** @throws TerminalError when the URL names an address outright that is not called. */
export function requireAllowedUrl(guard: AddressGuard, url: URL): void {
  const host = hostOf(url);
  if (isIP(host) !== 0) requireAllowed(guard, host, [host]);
}

/** For a client whose connections cannot be guarded: looks the name up once, before. @throws TerminalError */
export async function requireAllowedHost(guard: AddressGuard, url: URL): Promise<void> {
  requireAllowedUrl(guard, url);
  const host = hostOf(url);
  if (isIP(host) !== 0) return;
  requireAllowed(guard, host, (await resolveAll(host, { all: true })).map(addressOf));
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function guardedLookup(settings: AddressGuard): LookupFunction {
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
function requireAllowed(settings: AddressGuard, host: string, addresses: readonly string[]): void {
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
