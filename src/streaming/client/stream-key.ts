import { createHash } from 'node:crypto';

export interface StreamKey {
  /** To be shown to the server; never written into the cluster. */
  readonly key: string;
  /** For spec.streamKeySHA256. */
  readonly sha256: string;
}

/** @param randomBytes 32 bytes that nobody can guess, for example crypto.randomBytes. */
export function newStreamKey(randomBytes: (count: number) => Buffer): StreamKey {
  const key = randomBytes(32).toString('base64url');
  return { key, sha256: createHash('sha256').update(key).digest('hex') };
}
