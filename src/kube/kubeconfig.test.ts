import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { type ConnectionSettings } from './connection-settings.ts';
import { loadKubeconfig } from './kubeconfig.ts';

const directory = mkdtempSync(join(tmpdir(), 'swarm-kubeconfig-'));

function file(name: string, content: object): string {
  const path = join(directory, name);
  writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...content }));
  return path;
}

const first = file('first', {
  clusters: [
    { name: 'lab', cluster: { server: 'https://lab:6443', 'certificate-authority': 'lab.crt' } },
    { name: 'shop', cluster: { server: 'https://shop:6443', 'certificate-authority-data': 'c2hvcA==' } },
  ],
  users: [
    { name: 'ada', user: { token: 'ada-token' } },
    { name: 'bob', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'login' } } },
  ],
  contexts: [
    { name: 'lab', context: { cluster: 'lab', user: 'ada', namespace: 'team-a' } },
    { name: 'shop', context: { cluster: 'shop', user: 'bob' } },
  ],
  'current-context': 'lab',
});
const second = file('second', {
  clusters: [{ name: 'lab', cluster: { server: 'https://other:6443' } }],
  users: [],
  contexts: [{ name: 'far', context: { cluster: 'shop', user: 'ada' } }],
  'current-context': 'far',
});
const empty = file('empty', {});

function load(settings: Partial<ConnectionSettings>) {
  const config = loadKubeconfig({ kubeconfig: first, clock: new FakeClock(), ...settings });
  const context = config.getContextObject(config.getCurrentContext());
  return { cluster: config.getCurrentCluster(), user: config.getCurrentUser(), context };
}

describe('the flags of kubectl', () => {
  test.each<[string, Partial<ConnectionSettings>, object]>([
    [
      'none: the current context',
      {},
      {
        cluster: { server: 'https://lab:6443', caFile: join(directory, 'lab.crt') },
        user: { token: 'ada-token' },
        context: { namespace: 'team-a' },
      },
    ],
    ['--context', { context: 'shop' }, { cluster: { name: 'shop' }, user: { name: 'bob' } }],
    ['--cluster', { cluster: 'shop' }, { cluster: { name: 'shop', caData: 'c2hvcA==' }, user: { name: 'ada' } }],
    ['--user', { user: 'bob' }, { cluster: { name: 'lab' }, user: { name: 'bob' } }],
    ['--namespace', { namespace: 'team-b' }, { context: { namespace: 'team-b' } }],
    [
      '--server',
      { server: 'https://elsewhere' },
      { cluster: { server: 'https://elsewhere', caFile: join(directory, 'lab.crt') } },
    ],
    [
      '--server without TLS',
      { server: 'http://127.0.0.1:8001' },
      { cluster: { server: 'http://127.0.0.1:8001', skipTLSVerify: true } },
    ],
    [
      '--server without a kubeconfig',
      { kubeconfig: [empty], server: 'https://elsewhere', token: 't' },
      { cluster: { server: 'https://elsewhere' }, user: { token: 't' } },
    ],
    ['--tls-server-name', { tlsServerName: 'api' }, { cluster: { tlsServerName: 'api' } }],
    ['--certificate-authority', { context: 'shop', certificateAuthority: '/ca' }, { cluster: { caFile: '/ca' } }],
    [
      '--client-certificate and --client-key',
      { clientCertificate: '/c', clientKey: '/k' },
      { user: { certFile: '/c', keyFile: '/k' } },
    ],
  ])('%s', (_flag, settings, expected) => {
    expect(load(settings)).toMatchObject(expected);
  });

  test('--token takes the place of a plugin that logs in', () => {
    expect(load({ context: 'shop', token: 'mine' }).user).toEqual({ name: 'bob', token: 'mine' });
  });

  test('--certificate-authority takes the place of one that is written in the kubeconfig', () => {
    expect(load({ context: 'shop', certificateAuthority: '/ca' }).cluster).not.toHaveProperty('caData');
  });

  test('--insecure-skip-tls-verify leaves no authority to check against', () => {
    const { cluster } = load({ insecureSkipTlsVerify: true });
    expect(cluster).toMatchObject({ skipTLSVerify: true });
    expect(cluster).not.toHaveProperty('caFile');
  });
});

describe('several files, as in KUBECONFIG', () => {
  test('are read as one in which the first to name something wins', () => {
    const { cluster, context } = load({ kubeconfig: [first, second] });
    expect(cluster?.server).toBe('https://lab:6443');
    expect(context?.name).toBe('lab');
    expect(load({ kubeconfig: [second, first] }).cluster?.server).toBe('https://shop:6443');
    expect(load({ kubeconfig: [second, first], context: 'lab' }).cluster?.server).toBe('https://other:6443');
  });

  test('may be missing', () => {
    expect(load({ kubeconfig: [join(directory, 'missing'), second, first] }).context?.name).toBe('far');
  });
});

test.each<[string, string, Partial<ConnectionSettings>]>([
  ['a file that is missing', 'InvalidKubeconfig', { kubeconfig: join(directory, 'missing') }],
  ['an unknown context', 'NoContext', { context: 'home' }],
  ['an unknown cluster', 'NoCluster', { cluster: 'home' }],
  ['an unknown user', 'NoUser', { user: 'eve' }],
  ['no context at all', 'NoCluster', { kubeconfig: empty }],
  ['KUBECONFIG of missing files only', 'NoCluster', { kubeconfig: [join(directory, 'missing')] }],
])('%s is told as something a person must put right: %s', (_what, reason, settings) => {
  expect(() => load(settings)).toThrow(expect.objectContaining({ name: 'TerminalError', reason }) as Error);
});
