/**
 * - `NoSuchBucket`, `NoSuchObject`: it is not there.
 * - `AccessDenied`: the keys of the namespace lack the right.
 * - `OutOfPolicy`: the SwarmConfig does not allow this bucket or key.
 * - `InvalidName`: no bucket or key can be called so.
 * - `BucketTaken`: the bucket belongs to somebody else.
 * - `Changed`: the object is no longer the one that was looked at.
 * - `TooLarge`: more than one request can carry.
 * - `Archived`: the object must be restored from an archive before it can be read.
 * - `Rejected`: anything else that the store declined.
 */
export type ObjectStoreRefusal =
  | 'NoSuchBucket'
  | 'NoSuchObject'
  | 'AccessDenied'
  | 'OutOfPolicy'
  | 'InvalidName'
  | 'BucketTaken'
  | 'Changed'
  | 'TooLarge'
  | 'Archived'
  | 'Rejected';

/** The store understood the request and declined it; the same request would be declined again. */
export class ObjectStoreRefusedError extends Error {
  override readonly name = 'ObjectStoreRefusedError';
  readonly code: ObjectStoreRefusal;
  readonly hint: string | undefined;

  constructor(code: ObjectStoreRefusal, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
