import 'reflect-metadata';
import { createPrivateKey, X509Certificate, webcrypto } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { Clock } from '../base/clock.ts';
import { messageOf, TerminalError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';

export interface Certificate {
  /** PEM; of a file perhaps with those that vouch for it, the server's own first. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** Of the server's own certificate (DER), lower-case hexadecimal: what clients compare. */
  readonly sha256: string;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface CertificateSource {
  readonly current: Certificate;
  /** Called with every certificate that takes the place of the one before. */
  onChange(use: (certificate: Certificate) => void): void;
  close(): void;
}

export interface CertificateSourceOptions {
  /** Absent: the process makes its own, which clients know by its hash in the status of their turns. */
  readonly files?: CertificateFiles | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const dayMs = 86_400_000;
const lifetimeMs = 365 * dayMs;
const renewAfterMs = lifetimeMs - 30 * dayMs;
/** Timers cannot wait longer than 24.8 days. */
const renewalLookMs = dayMs;
const fileLookMs = 60_000;

/** @throws TerminalError when the files hold no certificate with its key. */
export async function createCertificateSource(options: CertificateSourceOptions): Promise<CertificateSource> {
  const { files, clock, log } = options;
  const uses: ((certificate: Certificate) => void)[] = [];
  let madeAtMs = clock.now().getTime();
  let current = files ? await readCertificate(files) : await makeCertificate(clock.now());
  let isClosed = false;
  const next = async (): Promise<Certificate> => {
    if (files) return readCertificate(files);
    const nowMs = clock.now().getTime();
    if (nowMs - madeAtMs < renewAfterMs) return current;
    madeAtMs = nowMs;
    return makeCertificate(clock.now());
  };
  const look = async () => {
    try {
      const found = await next();
      if (found.sha256 !== current.sha256) {
        current = found;
        for (const use of uses) use(found);
      }
    } catch (error) {
      // Files are replaced one after the other; what was read last goes on until they fit.
      log.warn({ error: messageOf(error) }, 'Reading the certificate of the event stream failed');
    }
    if (!isClosed) cancel = clock.schedule(everyMs, () => void look());
  };
  const everyMs = files ? fileLookMs : renewalLookMs;
  let cancel = clock.schedule(everyMs, () => void look());
  return {
    get current() {
      return current;
    },
    onChange: (use) => {
      uses.push(use);
    },
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}

async function readCertificate({ certificateFile, keyFile }: CertificateFiles): Promise<Certificate> {
  try {
    const [certificate, key] = await Promise.all([readFile(certificateFile, 'utf8'), readFile(keyFile, 'utf8')]);
    const own = new X509Certificate(certificate);
    if (!own.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is not that of the certificate');
    return { certificate, key, sha256: sha256Of(own) };
  } catch (error) {
    const message = `cannot use ${certificateFile} with ${keyFile} as certificate of the event stream: ${messageOf(error)}`;
    throw new TerminalError('CertificateInvalid', message, { cause: error });
  }
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Names are for show: clients go by the hash. */
async function makeCertificate(now: Date): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=swarm-stream',
    // Clocks differ.
    notBefore: new Date(now.getTime() - 3_600_000),
    notAfter: new Date(now.getTime() + lifetimeMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'swarm-stream' },
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  const certificate = made.toString('pem');
  return { certificate, key, sha256: sha256Of(new X509Certificate(certificate)) };
}

function sha256Of(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
