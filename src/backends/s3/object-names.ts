import { ObjectStoreRefusedError } from './object-store-refused-error.ts';
import type { ObjectReference } from './object-store.ts';

const maxKeyBytes = 1024;
// Reserved by Amazon S3 for its own purposes (Amazon S3 User Guide, "General purpose bucket naming rules").
const reservedPrefixes = ['xn--', 'sthree-', 'amzn-s3-demo-'];
const reservedSuffixes = ['-s3alias', '--ol-s3', '.mrap', '--x-s3', '--table-s3'];

/** Why no bucket can be called so, by the rules of S3; undefined when one can. */
export function bucketNameProblem(name: string): string | undefined {
  if (name.length < 3 || name.length > 63) return 'it must have 3 to 63 characters';
  if (!/^[a-z0-9.-]+$/.test(name)) return 'only lower-case letters, digits, dots and hyphens are allowed';
  if (!/^[a-z0-9].*[a-z0-9]$/.test(name)) return 'it must begin and end with a letter or a digit';
  if (name.includes('..')) return 'two dots in a row are not allowed';
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return 'it must not look like an IP address';
  return undefined;
}

/** As above, and what S3 reserves: for buckets that are to be created. */
export function newBucketNameProblem(name: string): string | undefined {
  const problem = bucketNameProblem(name);
  if (problem !== undefined) return problem;
  const prefix = reservedPrefixes.find((reserved) => name.startsWith(reserved));
  if (prefix !== undefined) return `names that begin with ${prefix} are reserved`;
  const suffix = reservedSuffixes.find((reserved) => name.endsWith(reserved));
  return suffix === undefined ? undefined : `names that end with ${suffix} are reserved`;
}

/** Why a key is not taken; undefined when it is. */
export function keyProblem(key: string): string | undefined {
  return key === '' ? 'it is empty' : prefixProblem(key);
}

/**
 * Why the beginning of a key is not taken. Stricter than S3 in two points, because stores that keep objects as files
 * resolve such keys to another object, and a policy on prefixes would be passed by.
 */
export function prefixProblem(prefix: string): string | undefined {
  if (Buffer.byteLength(prefix, 'utf8') > maxKeyBytes) return `it is longer than ${maxKeyBytes} bytes in UTF-8`;
  if (!prefix.isWellFormed()) return 'it is not valid Unicode';

  if (/[\u0000-\u001f\u007f]/.test(prefix)) return 'it contains control characters';
  if (prefix.startsWith('/')) return 'keys begin without a slash';
  if (prefix.split('/').some((part) => part === '..' || part === '.')) {
    return 'the parts . and .. are legal in S3 but lead to another object in stores that keep files';
  }
  return undefined;
}

export function requireBucketName(name: string): void {
  refuse('bucket', name, bucketNameProblem(name));
}

export function requireNewBucketName(name: string): void {
  refuse('bucket', name, newBucketNameProblem(name));
}

export function requirePrefix(prefix: string): void {
  refuse('prefix', prefix, prefixProblem(prefix));
}

export function requireReference({ bucket, key }: ObjectReference): void {
  requireBucketName(bucket);
  refuse('key', key, keyProblem(key));
}

function refuse(what: string, name: string, problem: string | undefined): void {
  if (problem === undefined) return;
  throw new ObjectStoreRefusedError('InvalidName', `${JSON.stringify(name)} is not a valid ${what}: ${problem}.`);
}
