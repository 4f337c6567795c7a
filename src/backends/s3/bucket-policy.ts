import { TerminalError } from '../../base/errors.ts';
import { fitsPattern } from '../../base/name-pattern.ts';

/** One part of the store that a namespace may use. */
export interface BucketRule {
  /** Pattern of its name. */
  readonly bucket: string;
  /** Beginning that keys must have; everything when empty. */
  readonly prefix: string;
}

/** What is not named by any rule is not allowed. */
export type BucketPolicy = readonly BucketRule[];

/**
 * Reads patterns as people write them: `raw` or `team-*` is a bucket, `raw/team-a` and `raw/team-a/` are a folder of it,
 * `raw/2026-*` are the keys that begin so.
 * @throws TerminalError when a pattern says something that is not enforced.
 */
export function bucketPolicyOf(patterns: readonly string[]): BucketPolicy {
  return patterns.map(ruleOf);
}

function ruleOf(pattern: string): BucketRule {
  const slash = pattern.indexOf('/');
  if (slash === -1) return { bucket: pattern, prefix: '' };
  const path = pattern.slice(slash + 1);
  const beginning = path.endsWith('*') ? path.slice(0, -1) : path === '' || path.endsWith('/') ? path : `${path}/`;
  if (beginning.includes('*')) {
    throw new TerminalError(
      'InvalidBucketPolicy',
      `The bucket pattern ${pattern} has a * inside its path; only its bucket may have one, and the very end.`,
    );
  }
  return { bucket: pattern.slice(0, slash), prefix: beginning };
}

/** Beginnings of the keys that may be used in this bucket, none when it may not be used at all. */
export function allowedPrefixes(policy: BucketPolicy, bucket: string): readonly string[] {
  return policy.filter((rule) => fitsPattern(bucket, rule.bucket)).map(({ prefix }) => prefix);
}

/** For reading in words: `raw, team-*, shared/team-a/*`. */
export function policyInWords(policy: BucketPolicy): string {
  if (policy.length === 0) return 'none';
  return policy.map(({ bucket, prefix }) => (prefix === '' ? bucket : `${bucket}/${prefix}*`)).join(', ');
}
