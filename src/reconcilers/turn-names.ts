import type { Conversation } from '../api/conversation.ts';
import type { Intent } from '../api/intent.ts';
import { canonicalJson, sha256Base32, sha256Hex } from '../base/digest.ts';

/** Short digest of a message: 16 hexadecimal characters, as in status.answered. */
export function messageDigest(text: string): string {
  return sha256Hex(text).slice(0, 16);
}

/** Follows from the conversation's UID, the index and the text: a second creator meets AlreadyExists. */
export function messageTurnName({ metadata }: Conversation, index: number, digest: string): string {
  return `${metadata.name}-${sha256Base32(canonicalJson([metadata.uid, index, digest]), 10)}`;
}

/**
 * Follows from the intent's UID and generation, or, where outcomes are reused, from namespace, name and request. The
 * last characters tell the request: a generation that asks for the same (suspended and resumed, another time to
 * live) goes on with the Turn it has.
 */
export function intentTurnName({ metadata, spec, status }: Intent): string {
  const request = requestSuffix(spec);
  if (spec.reuseWithin !== undefined) {
    return `${metadata.name}-${sha256Base32(canonicalJson([metadata.namespace, metadata.name, request]), 5)}${request}`;
  }
  if (status?.turn?.endsWith(request) === true) return status.turn;
  return `${metadata.name}-${sha256Base32(canonicalJson([metadata.uid, metadata.generation]), 5)}${request}`;
}

/** Of all fields that have a say in what is done and judged. */
function requestSuffix(spec: Intent['spec']): string {
  const { request, parameters, agent, approval, expect, configRef, serviceAccountName, limits } = spec;
  const attempt = spec.attempt > 1 ? spec.attempt : undefined;
  const asked = { request, parameters, agent, approval, expect, configRef, serviceAccountName, limits, attempt };
  return sha256Base32(canonicalJson(asked), 8);
}
