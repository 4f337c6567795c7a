import { group } from './group.ts';

/** Values are object names, so the CRDs keep names of owners and turns within the 63 characters of a label value. */
export const labels = {
  conversation: `${group}/conversation`,
  intent: `${group}/intent`,
  turn: `${group}/turn`,
} as const;

export const annotations = {
  /** On what a call created: digest of its arguments, compared before a repeat adopts it. */
  argumentsDigest: `${group}/arguments-digest`,
  /** On a Secret: hosts its content may be sent to, separated by commas. */
  allowedHosts: `${group}/allowed-hosts`,
  /** On a KnowledgeBase: its generation; a reading of that generation may delete any share of the documents. */
  allowDeletions: `${group}/allow-deletions`,
  /** On a Conversation: what its chat calls it. */
  title: `${group}/title`,
} as const;

export const finalizers = {
  /** Held until the runs of a deleted Conversation or Intent are cancelled or orphaned. */
  runs: `${group}/runs`,
  /** Held until the indexes of a deleted KnowledgeBase are gone. */
  index: `${group}/index`,
} as const;

/** ServiceAccount the agents act as when the object names none. */
export const defaultServiceAccountName = 'swarm-runner';

/** SwarmConfig that is used when the object names none. */
export const defaultConfigName = 'default';

/** Longest names, in characters: what is derived from them must still fit a label value (63). */
export const nameLimits = { owner: 48, other: 63 } as const;
