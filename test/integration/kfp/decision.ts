import { createHash, randomBytes } from 'node:crypto';
import { type Decision } from '../../../src/backends/kfp/kfp-client.ts';

/** A decision of its own, as the turn engine would journal it. */
export function decision(): Decision {
  const effectKey = randomBytes(16).toString('hex').slice(0, 26);
  const argumentsDigest = `sha256:${createHash('sha256').update(effectKey).digest('hex')}`;
  return { effectKey, argumentsDigest, isOwnDecision: true };
}
