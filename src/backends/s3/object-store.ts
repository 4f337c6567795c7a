import type { Readable } from 'node:stream';

/** For which namespace and account a store is wanted; neither ever comes from a model. */
export interface ObjectStoreScope {
  readonly namespace: string;
  readonly serviceAccountName: string;
  /** SwarmConfig of the namespace; the default one when absent. */
  readonly configName?: string | undefined;
  /** Ends every request and every stream of the store that is handed out. */
  readonly signal: AbortSignal;
}

/** Finds the store that the namespace of a call may use. */
export interface ObjectStoreSource {
  /** @throws TerminalError with one readable sentence when the namespace has no object store. */
  store(scope: ObjectStoreScope): Promise<ObjectStore>;
}

/**
 * What Swarm needs of an S3-compatible store. All methods throw ObjectStoreRefusedError when the store (or the policy of
 * the namespace) understood and declined, RetryableError when only time can help, TerminalError when a person must act,
 * and the signal's own reason once it has fired.
 */
export interface ObjectStore {
  /** Those that may be seen, by name. */
  listBuckets(): Promise<readonly Bucket[]>;
  /** `exists`: there is one of that name already, and this account may use it. */
  createBucket(bucket: string): Promise<'created' | 'exists'>;
  /** In the order of their keys, page after page as they are asked for; ends the listing when the reader stops. */
  listObjects(query: ObjectQuery): AsyncIterable<StoredObject>;
  /** Undefined when there is no such object. */
  stat(object: ObjectReference): Promise<ObjectStat | undefined>;
  /** Newest first, at most `limit`; empty where the store keeps no versions. */
  listVersions(object: ObjectReference, limit: number): Promise<readonly ObjectVersion[]>;
  /** Empty where there are none, or where the store knows no tags. */
  getTags(object: ObjectReference): Promise<Readonly<Record<string, string>>>;
  /** The body must be read to its end or destroyed. */
  open(read: ObjectRead): Promise<OpenedObject>;
  put(object: NewObject): Promise<PutOutcome>;
  /** Server-side; content type and metadata come from `to`. The source must still be the one with `ifSourceMatch`. */
  copy(copy: ObjectCopy): Promise<Written>;
  /** An object that is gone is fine. Where the store keeps versions, only the newest becomes hidden. */
  remove(object: ObjectReference): Promise<void>;
  /** A link with which anybody can download the object, on the host that people can reach. Asks nobody. */
  presign(link: PresignedLink): Promise<string>;
}

export interface Bucket {
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

export interface ObjectReference {
  readonly bucket: string;
  readonly key: string;
}

export interface ObjectQuery {
  readonly bucket: string;
  /** Beginning of the keys; all when empty or absent. */
  readonly prefix?: string;
  /** Only keys after this one. */
  readonly startAfter?: string;
}

/** What a listing says of an object. */
export interface StoredObject extends ObjectReference {
  readonly sizeBytes: number;
  /** RFC 3339. */
  readonly modifiedAt: string;
  /** Without quotes; changes with the content. */
  readonly etag: string;
}

export interface ObjectStat extends StoredObject {
  readonly contentType: string;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly versionId?: string;
}

export interface ObjectVersion {
  readonly versionId: string;
  readonly sizeBytes: number;
  /** RFC 3339. */
  readonly modifiedAt: string;
  readonly isLatest: boolean;
  /** A deletion, kept as a version. */
  readonly isDeletion: boolean;
}

export interface ObjectRead extends ObjectReference {
  /** From the beginning when absent; nothing is read when it is the size or more. */
  readonly offsetBytes?: number;
  /** To the end when absent. */
  readonly lengthBytes?: number;
  /** ETag the object must still have, for reading one version in several parts. Otherwise refused as `Changed`. */
  readonly ifMatch?: string;
}

export interface OpenedObject {
  /** Fails with RetryableError when the connection breaks; destroying it closes the connection. */
  readonly body: Readable;
  /** Of the whole object, not of the part that was asked for. */
  readonly sizeBytes: number;
  readonly etag: string;
  readonly contentType: string;
}

export interface NewObject extends ObjectReference {
  /** At most `maxPutBytes`. */
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Names in lower case, without `x-amz-meta-`; values printable ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Only when there is no object of that key. */
  readonly ifAbsent?: boolean;
  /** Only when the object has this ETag. */
  readonly ifMatch?: string;
}

/** One request is one write, so that it can be conditional. */
export const maxPutBytes = 64 * 1024 * 1024;

/** Largest object that S3 copies in one request. */
export const maxCopyBytes = 5 * 1024 * 1024 * 1024;

export interface Written {
  readonly etag: string;
  readonly versionId?: string;
}

/** `unmet`: the condition did not hold, and nothing was written. */
export type PutOutcome = ({ readonly kind: 'stored' } & Written) | { readonly kind: 'unmet' };

export interface ObjectCopy {
  readonly from: ObjectReference;
  readonly to: ObjectReference & Pick<NewObject, 'contentType' | 'metadata'>;
  readonly ifSourceMatch: string;
}

export interface PresignedLink extends ObjectReference {
  /** At most seven days, a rule of S3. */
  readonly expiresInSeconds: number;
}
