import { existsSync } from 'node:fs';
import { type Cluster, type Context, KubeConfig, type User } from '@kubernetes/client-node';
import { messageOf, TerminalError } from '../base/errors.ts';
import { type ConnectionSettings } from './connection-settings.ts';
import { definedOnly } from './defined-only.ts';

/** What client-node assumes when it has found nothing. */
const assumedServer = 'http://localhost:8080';

/** @throws TerminalError InvalidKubeconfig, NoContext, NoCluster or NoUser. */
export function loadKubeconfig(settings: ConnectionSettings): KubeConfig {
  const config = readFiles(settings.kubeconfig);
  const contextName = settings.context ?? config.getCurrentContext();
  const context = find(config.getContexts(), contextName);
  if (settings.context !== undefined && !context) throw unknown('context', settings.context, config.getContexts());
  const cluster = clusterOf(config, context, settings);
  const user = userOf(config, context, settings);
  const name = context?.name ?? 'flags';
  const { namespace = context?.namespace } = settings;
  config.loadFromOptions({
    clusters: [cluster],
    users: [user],
    contexts: [{ name, cluster: cluster.name, user: user.name, ...(namespace !== undefined && { namespace }) }],
    currentContext: name,
  });
  return config;
}

function readFiles(kubeconfig: ConnectionSettings['kubeconfig']): KubeConfig {
  try {
    if (typeof kubeconfig === 'string') return readFile(kubeconfig);
    if (kubeconfig !== undefined) return mergeFirstWins(kubeconfig.filter((file) => existsSync(file)).map(readFile));
    const config = new KubeConfig();
    config.loadFromDefault();
    return config.getCurrentCluster()?.server === assumedServer ? new KubeConfig() : config;
  } catch (cause) {
    const where = kubeconfig === undefined ? 'the default places' : [kubeconfig].flat().join(', ');
    throw new TerminalError('InvalidKubeconfig', `cannot read the kubeconfig from ${where}: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function readFile(path: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
}

/** As kubectl merges; client-node refuses names that occur twice and lets the last current context win. */
function mergeFirstWins(configs: readonly KubeConfig[]): KubeConfig {
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstOfName(configs.flatMap((config) => config.getClusters())),
    users: firstOfName(configs.flatMap((config) => config.getUsers())),
    contexts: firstOfName(configs.flatMap((config) => config.getContexts())),
    currentContext: configs.map((config) => config.getCurrentContext()).find((name) => Boolean(name)),
  });
  return merged;
}

function firstOfName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  return [...new Map([...entries].reverse().map((entry) => [entry.name, entry])).values()].reverse();
}

function clusterOf(config: KubeConfig, context: Context | undefined, settings: ConnectionSettings): Cluster {
  const known = find(config.getClusters(), settings.cluster ?? context?.cluster);
  if (settings.cluster !== undefined && !known) throw unknown('cluster', settings.cluster, config.getClusters());
  const server = settings.server ?? known?.server;
  if (server === undefined) {
    throw new TerminalError('NoCluster', 'no kubeconfig with a current context that names a cluster was found');
  }
  const { caFile, caData, skipTLSVerify, ...rest } = known ?? { name: 'flags', skipTLSVerify: false };
  return {
    ...rest,
    server,
    ...trustOf(settings, definedOnly({ caFile, caData, skipTLSVerify })),
    ...(settings.tlsServerName !== undefined && { tlsServerName: settings.tlsServerName }),
  };
}

type Trust = Pick<Cluster, 'caFile' | 'caData' | 'skipTLSVerify'>;

function trustOf({ insecureSkipTlsVerify, certificateAuthority, server }: ConnectionSettings, known: Trust): Trust {
  if (insecureSkipTlsVerify) return { skipTLSVerify: true };
  const { skipTLSVerify, ...authority } = known;
  // Plain HTTP, as of `kubectl proxy`: client-node wants to hear that it is meant.
  const isPlain = server?.startsWith('http:') ?? false;
  return {
    ...(certificateAuthority === undefined ? authority : { caFile: certificateAuthority }),
    skipTLSVerify: isPlain || (insecureSkipTlsVerify ?? skipTLSVerify),
  };
}

function userOf(config: KubeConfig, context: Context | undefined, settings: ConnectionSettings): User {
  const known = find(config.getUsers(), settings.user ?? context?.user);
  if (settings.user !== undefined && !known) throw unknown('user', settings.user, config.getUsers());
  const { token, clientCertificate: certFile, clientKey: keyFile } = settings;
  const { certFile: knownCert, certData, keyFile: knownKey, keyData, ...rest } = known ?? { name: 'flags' };
  const certificate = definedOnly({
    ...(certFile === undefined ? { certFile: knownCert, certData } : { certFile }),
    ...(keyFile === undefined ? { keyFile: knownKey, keyData } : { keyFile }),
  });
  return token === undefined ? { ...rest, ...certificate } : { name: rest.name, token, ...certificate };
}

function find<T extends { readonly name: string }>(entries: readonly T[], name: string | undefined): T | undefined {
  return entries.find((entry) => entry.name === name);
}

function unknown(
  what: 'context' | 'cluster' | 'user',
  name: string,
  entries: readonly { readonly name: string }[],
): TerminalError {
  const reason = { context: 'NoContext', cluster: 'NoCluster', user: 'NoUser' }[what];
  const names = entries.map((entry) => entry.name).join(', ') || 'none';
  return new TerminalError(reason, `the kubeconfig has no ${what} ${name}; it has ${names}`);
}
