import { X509Certificate } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { silentLog } from '../testing/tool-context.ts';
import { type Certificate, createCertificateSource } from './certificate.ts';

const log = silentLog;
const dayMs = 86_400_000;

async function made(): Promise<Certificate> {
  const source = await createCertificateSource({ clock: new FakeClock(), log });
  source.close();
  return source.current;
}

async function files(certificate: Pick<Certificate, 'certificate' | 'key'>) {
  const folder = await mkdtemp(join(tmpdir(), 'swarm-certificate-'));
  const paths = { certificateFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
  const write = async (of: typeof certificate) => {
    await writeFile(paths.certificateFile, of.certificate);
    await writeFile(paths.keyFile, of.key);
  };
  await write(certificate);
  return { paths, write };
}

describe('the certificate of the event stream', () => {
  it('is made by the process itself, on P-256, with the hash that clients compare', async () => {
    const { certificate, sha256 } = await made();
    const own = new X509Certificate(certificate);
    expect(own.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(own.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(sha256);
    expect(own.checkHost('localhost')).toBe('localhost');
  });

  it('is renewed a month before it ends', async () => {
    const clock = new FakeClock();
    const source = await createCertificateSource({ clock, log });
    const changes: Certificate[] = [];
    source.onChange((certificate) => changes.push(certificate));
    const first = source.current;
    await clock.advance(330 * dayMs);
    expect(changes).toEqual([]);
    await clock.advance(6 * dayMs);
    await expect.poll(() => changes.length).toBe(1);
    expect(source.current).toBe(changes[0]);
    const [before, after] = [first, source.current].map(({ certificate }) =>
      Date.parse(new X509Certificate(certificate).validTo),
    );
    expect(after).toBeGreaterThan(before ?? Infinity);
    source.close();
  });

  it('is read from files, and again when they have changed', async () => {
    const [one, other] = [await made(), await made()];
    const { paths, write } = await files(one);
    const clock = new FakeClock();
    const source = await createCertificateSource({ files: paths, clock, log });
    expect(source.current.sha256).toBe(one.sha256);
    await write({ certificate: other.certificate, key: one.key });
    await clock.advance(60_000);
    await expect.poll(() => clock.pending).toBe(1);
    expect(source.current.sha256).toBe(one.sha256);
    await write(other);
    await clock.advance(60_000);
    await expect.poll(() => source.current.sha256).toBe(other.sha256);
    source.close();
  });

  it.each([
    ['there is none', { certificate: '', key: '' }],
    ['the key is another one', undefined],
  ])('is refused with a sentence when %s', async (_, content) => {
    const { paths } = await files(content ?? { certificate: (await made()).certificate, key: (await made()).key });
    await expect(createCertificateSource({ files: paths, clock: new FakeClock(), log })).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'CertificateInvalid',
      message: expect.stringContaining(paths.certificateFile) as string,
    });
  });
});
