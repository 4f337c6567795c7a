import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { S3Settings } from '../../../src/backends/s3/s3-settings.ts';
import { createS3Store } from '../../../src/backends/s3/s3-store.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { RetryableError, TerminalError } from '../../../src/base/errors.ts';
import { freshBucket, settingsOf, storesUnderTest } from './stores-under-test.ts';
import { TroublesomeProxy } from './troublesome-proxy.ts';

async function thrownWith(settings: S3Settings, bucket?: string): Promise<Error> {
  const s3 = createS3Store(settings);
  const store = s3.bind(new AbortController().signal);
  try {
    if (bucket === undefined) await store.listBuckets();
    else for await (const object of store.listObjects({ bucket })) expect(object).toBeDefined();
  } catch (error) {
    return error as Error;
  } finally {
    s3.close();
  }
  throw new Error('nothing was thrown');
}

describe.each(storesUnderTest)('settings that are wrong for $name', ({ name }) => {
  const settings = settingsOf(name);
  const cases: Record<string, { change: Partial<S3Settings>; reason: string; remedy: string }> = {
    'the access key': {
      change: { accessKeyId: 'nobody-at-all' },
      reason: 'InvalidAccessKey',
      remedy: 'correct accessKeyId',
    },
    'the secret key': {
      change: { secretAccessKey: 'wrong-secret-key' },
      reason: 'WrongSecretKey',
      remedy: 'correct secretAccessKey',
    },
    'the scheme': {
      change: { endpoint: settings.endpoint.replace('http:', 'https:') },
      reason: 'NotTls',
      remedy: 'http://',
    },
  };
  test.each(Object.entries(cases))(
    '%s: a person must act, and reads how',
    async (_name, { change, reason, remedy }) => {
      const bucket = await freshBucket(settings);
      for (const where of [undefined, bucket]) {
        const error = await thrownWith({ ...settings, ...change }, where);
        expect(error).toBeInstanceOf(TerminalError);
        expect(error).toMatchObject({ reason });
        expect(error.message).toContain(remedy);
        expect(error.message).not.toContain(settings.secretAccessKey);
      }
    },
  );

  test('nobody listens at the port: a matter of time', async () => {
    const error = await thrownWith({ ...settings, endpoint: 'http://127.0.0.1:9' });
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toContain('is it running');
  });

  test('a clock that is an hour late makes links that have expired', async () => {
    const bucket = await freshBucket(settings);
    const hourAgo = new Date(systemClock.now().getTime() - 3_600_000);
    const late = createS3Store({ ...settings, clock: { ...systemClock, now: () => hourAgo } });
    const url = await late.bind(new AbortController().signal).presign({ bucket, key: 'a', expiresInSeconds: 60 });
    const answer = await fetch(url);
    await answer.text();
    expect(answer.status).toBe(403);
  });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'swarm-s3-tls-'));
  const file = (name: string) => join(folder, name);
  const settings = settingsOf('MinIO');
  const proxies: TroublesomeProxy[] = [];

  /** A certificate of the test's own authority, for one host and so many days. */
  function certificateFor(name: string, subjectAltName: string, days: number) {
    const openssl = (...given: string[]) => execFileSync('openssl', given, { cwd: folder, stdio: 'pipe' });
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      '/CN=store',
    );
    writeFileSync(file(`${name}.cnf`), `subjectAltName=${subjectAltName}\n`);
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      `${name}.crt`,
      '-extfile',
      `${name}.cnf`,
      '-days',
      String(days),
    );
    return { key: readFileSync(file(`${name}.key`), 'utf8'), cert: readFileSync(file(`${name}.crt`), 'utf8') };
  }

  async function secured(tls: { key: string; cert: string }): Promise<string> {
    const proxy = new TroublesomeProxy({ upstream: settings.endpoint, tls });
    proxies.push(proxy);
    return proxy.start();
  }

  beforeAll(() => {
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=swarm test authority',
    ];
    execFileSync('openssl', [...request, '-keyout', 'ca.key', '-out', 'ca.crt'], { cwd: folder, stdio: 'pipe' });
  });
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    rmSync(folder, { recursive: true });
  });

  test('with the certificate of the issuer everything works, writes too', async () => {
    const endpoint = await secured(certificateFor('good', 'IP:127.0.0.1', 2));
    const s3 = createS3Store({ ...settings, endpoint, ca: readFileSync(file('ca.crt'), 'utf8') });
    const store = s3.bind(new AbortController().signal);
    const bucket = await freshBucket(settings);
    expect(
      await store.put({ bucket, key: 'a', body: Buffer.from('x'), contentType: 'text/plain', ifAbsent: true }),
    ).toMatchObject({ kind: 'stored' });
    expect((await store.listBuckets()).map(({ name }) => name)).toContain(bucket);
    s3.close();
  });

  test('without it a person must act', async () => {
    const endpoint = await secured(certificateFor('untrusted', 'IP:127.0.0.1', 2));
    const error = await thrownWith({ ...settings, endpoint });
    expect(error).toMatchObject({
      reason: 'CertificateNotTrusted',
      message: expect.stringContaining('caSecretRef') as string,
    });
  });

  test('a certificate for another host says so', async () => {
    const endpoint = await secured(certificateFor('other', 'DNS:store.example', 2));
    const error = await thrownWith({ ...settings, endpoint, ca: readFileSync(file('ca.crt'), 'utf8') });
    expect(error).toMatchObject({ reason: 'CertificateOfOtherHost' });
  });

  test('a certificate that has expired says so', async () => {
    const endpoint = await secured(certificateFor('expired', 'IP:127.0.0.1', -1));
    const error = await thrownWith({ ...settings, endpoint, ca: readFileSync(file('ca.crt'), 'utf8') });
    expect(error).toMatchObject({ reason: 'CertificateExpired' });
  });
});
